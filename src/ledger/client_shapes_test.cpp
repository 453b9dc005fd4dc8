// Replays what each of DoubleZero's own clients asks, and checks every field of what it gets: client_shapes/*.txt, a
// script for each client. In a script,
//   == says what comes; the names of transactions begin anew
//   >  is a request by HTTP, < the answer it must get; ws> and ws< are messages of one WebSocket
//   !  is something that happens on the ledger
//   #  is a comment; an indented line goes on with the line before it.
// $NAME is a value of client_shapes_fixture.h. A text in <> in an answer matches any value of its kind.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "base/zstd.h"
#include "ledger/client_shapes_fixture.h"

namespace dz::ledger {
namespace {

namespace json = boost::json;

bool is_number(const json::value& value) { return value.is_number(); }
bool is_text(const json::value& value) { return value.is_string() && !value.get_string().empty(); }
bool is_list_of(const json::value& value, bool (*kind)(const json::value&)) {
  const auto* array = value.if_array();
  return array != nullptr && !array->empty() && std::all_of(array->begin(), array->end(), kind);
}
std::string text_of(const json::value& value) { return value.is_string() ? std::string(value.get_string()) : ""; }

// What getSignaturesForAddress gives: at least two, newest first, each with its six members.
bool is_history(const json::value& value) {
  if (!value.is_array() || value.get_array().size() < 2) return false;
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
  for (const auto& entry : value.get_array()) {
    const auto& object = entry.as_object();
    if (object.size() != 6 || !wire::parse_signature(text_of(object.at("signature"))) || !object.at("memo").is_null() ||
        !object.contains("err") || !is_number(object.at("blockTime")) ||
        object.at("confirmationStatus") != "finalized" || object.at("slot").to_number<std::int64_t>() > last) {
      return false;
    }
    last = object.at("slot").to_number<std::int64_t>();
  }
  return true;
}

class Script {
 public:
  explicit Script(const std::string& client) {
    std::ifstream file(std::string(DZ_CLIENT_SHAPES_DIR) + "/" + client + ".txt");
    EXPECT_TRUE(file.is_open()) << client;
    for (std::string line; std::getline(file, line); ++lines_read_) {
      if (line.empty() || line.starts_with("#")) continue;
      if (line.starts_with(" ")) {
        steps_.back().text += line.substr(line.find_first_not_of(' ') - 1);
      } else {
        const auto space = line.find(' ');
        steps_.push_back({lines_read_ + 1, line.substr(0, space), line.substr(space + 1)});
      }
    }
  }

  // How many answers were compared.
  int run() {
    for (const auto& step : steps_) {
      SCOPED_TRACE(fmt::format("{} (line {}): {}", section_, step.line, step.text));
      run(step);
      if (testing::Test::HasFailure()) break;
    }
    EXPECT_EQ(world_.hear(), "") << "a message that nobody waited for";
    return compared_;
  }

 private:
  struct Step {
    int line = 0;
    std::string kind, text;
  };

  void run(const Step& step) {
    if (step.kind == "==") {
      section_ = step.text;
      world_.next_section();
    } else if (step.kind == ">") {
      answer_ = world_.ask(filled(step.text));
    } else if (step.kind == "<") {
      compare(step.text, std::exchange(answer_, ""));
    } else if (step.kind == "ws>") {
      world_.say(filled(step.text));
    } else if (step.kind == "ws<") {
      compare(step.text, world_.hear());
    } else {
      EXPECT_TRUE(step.kind == "!" && world_.act(step.text)) << "no such step";
    }
  }

  std::string filled(const std::string& text) {
    static const std::regex kName(R"(\$([A-Z0-9_]+))");
    std::string out;
    auto rest = text.cbegin();
    for (std::sregex_iterator at(text.begin(), text.end(), kName), end; at != end; ++at) {
      const std::string value = world_.value((*at)[1]);
      EXPECT_NE(value, "") << "no such name: " << at->str();
      out.append(rest, (*at)[0].first).append(value);
      rest = (*at)[0].second;
    }
    return out.append(rest, text.cend());
  }

  void compare(const std::string& expected, const std::string& found) {
    ++compared_;
    boost::system::error_code error;
    const auto wanted = json::parse(filled(expected), error);
    ASSERT_FALSE(error) << "the script's answer is not JSON";
    const auto answer = json::parse(found, error);
    ASSERT_FALSE(error) << "no JSON came: " << found;
    EXPECT_EQ(difference(wanted, answer, "answer"), "") << found;
  }

  // Empty when they agree; else where they do not.
  std::string difference(const json::value& wanted, const json::value& found, const std::string& where) {
    const auto differ = [&] {
      return fmt::format("{}: expected {}, found {}", where, json::serialize(wanted), json::serialize(found));
    };
    if (wanted.is_string() && wanted.get_string().starts_with("<")) {
      return is_of_kind(text_of(wanted), found) ? "" : differ();
    }
    if (wanted.is_object()) {
      if (!found.is_object() || found.get_object().size() != wanted.get_object().size()) return differ();
      for (const auto& [name, value] : wanted.get_object()) {
        const auto* member = found.get_object().if_contains(name);
        if (member == nullptr) return fmt::format("{}.{} is missing", where, std::string_view(name));
        const auto below = difference(value, *member, where + "." + std::string(name));
        if (!below.empty()) return below;
      }
      return "";
    }
    if (wanted.is_array()) {
      if (!found.is_array() || found.get_array().size() != wanted.get_array().size()) return differ();
      for (std::size_t i = 0; i < wanted.get_array().size(); ++i) {
        const auto below = difference(wanted.get_array()[i], found.get_array()[i], fmt::format("{}[{}]", where, i));
        if (!below.empty()) return below;
      }
      return "";
    }
    return json::serialize(wanted) == json::serialize(found) ? "" : differ();
  }

  bool is_of_kind(const std::string& kind, const json::value& value) {
    if (kind == "<number>") return is_number(value);
    if (kind == "<text>") return is_text(value);
    if (kind == "<numbers>") return is_list_of(value, is_number);
    if (kind == "<texts>") return is_list_of(value, is_text);
    if (kind == "<key>") return parse_pubkey(text_of(value)).has_value();
    if (kind == "<signature>") return wire::parse_signature(text_of(value)).has_value();
    if (kind == "<version>") return std::regex_match(text_of(value), std::regex(R"(\d+\.\d+\.\d+)"));
    if (kind == "<history>") return is_history(value);
    if (kind == "<zstd of the location>") {
      const auto frame = decode_base64(text_of(value));
      const auto data = frame ? decompress_zstd(*frame, 1000) : corrupt("no base64");
      return data && *data == world_.location_data();
    }
    ADD_FAILURE() << "no such kind: " << kind;
    return false;
  }

  ShapesFixture world_;
  std::vector<Step> steps_;
  std::string section_, answer_;
  int compared_ = 0, lines_read_ = 0;
};

class ClientShapes : public testing::TestWithParam<const char*> {};

TEST_P(ClientShapes, AreAnsweredFieldByField) { EXPECT_GE(Script(GetParam()).run(), 4); }

INSTANTIATE_TEST_SUITE_P(Clients, ClientShapes, testing::Values("rust", "go", "typescript", "python"),
                         [](const auto& client) { return std::string(client.param); });

}  // namespace
}  // namespace dz::ledger
