#include "attest/bundle.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/base64.h"

namespace dz::attest {
namespace {

namespace json = boost::json;

constexpr std::string_view kFormat = "doublezero-decision-bundle/1";

json::array texts(const auto& parts) {
  json::array list;
  for (const auto& part : parts) list.emplace_back(encode_base64(part));
  return list;
}

// Reads one member after the other, and keeps the first complaint.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}

  void read(std::string_view name, std::string& text) {
    if (const auto* string = find(name)) text = std::string_view(*string);
  }
  void read(std::string_view name, Bytes& bytes) {
    if (const auto* string = find(name)) take(name, *string, bytes);
  }
  void read(std::string_view name, std::uint64_t& number) {
    const auto* value = object_.if_contains(name);
    if (value != nullptr && value->is_int64() && value->get_int64() >= 0) {
      number = static_cast<std::uint64_t>(value->get_int64());
    } else {
      complain(name, "a number that is not negative");
    }
  }
  void read(std::string_view name, std::vector<std::string>& list) {
    each(name, [&](const json::string& text) { list.emplace_back(std::string_view(text)); });
  }
  void read(std::string_view name, std::vector<Bytes>& list) {
    each(name, [&](const json::string& text) { take(name, text, list.emplace_back()); });
  }
  void read(std::string_view name, transparency::Proof& list) {
    each(name, [&](const json::string& text) {
      Bytes bytes;
      take(name, text, bytes);
      auto& hash = list.emplace_back();
      if (bytes.size() == hash.size()) {
        std::copy(bytes.begin(), bytes.end(), hash.begin());
      } else {
        complain(name, "hashes of 32 bytes");
      }
    });
  }
  const std::string& problem() const { return problem_; }

 private:
  const json::string* find(std::string_view name) {
    const auto* value = object_.if_contains(name);
    const auto* found = value != nullptr ? value->if_string() : nullptr;
    if (found == nullptr) complain(name, "a string");
    return found;
  }
  template <typename Use>
  void each(std::string_view name, const Use& use) {
    const auto* value = object_.if_contains(name);
    const auto* array = value != nullptr ? value->if_array() : nullptr;
    if (array == nullptr) return complain(name, "a list");
    for (const auto& entry : *array) {
      const auto* text = entry.if_string();
      if (text == nullptr) return complain(name, "a list of strings");
      use(*text);
    }
  }
  void take(std::string_view name, const json::string& text, Bytes& bytes) {
    auto read = decode_base64(text);
    if (read) {
      bytes = std::move(*read);
    } else {
      complain(name, "base64");
    }
  }
  void complain(std::string_view name, std::string_view expected) {
    if (problem_.empty()) problem_ = fmt::format("{}: expected {} in the bundle, found something else", name, expected);
  }

  const json::object& object_;
  std::string problem_;
};

constexpr std::array<std::string_view, 11> kMembers{"format",    "transaction", "statements", "decision",
                                                    "account",   "minutes",     "policy",     "index",
                                                    "inclusion", "checkpoint",  "witnesses"};

// The member in which two texts begin to differ.
std::string_view member_at(std::string_view text, std::size_t at) {
  auto member = kMembers.front();
  for (const auto& name : kMembers) {
    const auto begins = text.find(fmt::format("\"{}\":", name));
    if (begins <= at) member = name;
  }
  return member;
}

}  // namespace

std::string encode(const Bundle& b) {
  json::array witnesses;
  for (const auto& key : b.witnesses) witnesses.emplace_back(key);
  const json::object object{{"format", kFormat},
                            {"transaction", encode_base64(b.transaction)},
                            {"statements", texts(b.statements)},
                            {"decision", b.decision},
                            {"account", encode_base64(b.account)},
                            {"minutes", texts(b.minutes)},
                            {"policy", b.policy},
                            {"index", b.index},
                            {"inclusion", texts(b.inclusion)},
                            {"checkpoint", b.checkpoint},
                            {"witnesses", std::move(witnesses)}};
  return json::serialize(object) + "\n";
}

Result<Bundle> decode_bundle(std::string_view text) {
  if (text.size() > kMostBundle)
    return corrupt(fmt::format("bundle: expected at most {} bytes, found {}", kMostBundle, text.size()));
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  const auto* object = error ? nullptr : value.if_object();
  if (object == nullptr) return corrupt("bundle: expected one JSON object, found something else");
  Bundle b;
  std::string format;
  Reader in(*object);
  in.read("format", format);
  in.read("transaction", b.transaction);
  in.read("statements", b.statements);
  in.read("decision", b.decision);
  in.read("account", b.account);
  in.read("minutes", b.minutes);
  in.read("policy", b.policy);
  in.read("index", b.index);
  in.read("inclusion", b.inclusion);
  in.read("checkpoint", b.checkpoint);
  in.read("witnesses", b.witnesses);
  if (in.problem().empty() && format != kFormat)
    return corrupt(fmt::format("format: expected '{}', found another word", kFormat));
  if (!in.problem().empty()) return corrupt(in.problem());
  const auto again = encode(b);
  if (again == text) return b;
  const auto at = static_cast<std::size_t>(std::mismatch(text.begin(), text.end(), again.begin(), again.end()).first -
                                           text.begin());
  return corrupt(
      fmt::format("{}: expected the one form that a bundle has, found another one from byte {} on; export it "
                  "again",
                  member_at(again, at), at));
}

}  // namespace dz::attest
