#include "sim/spoken_facts.h"

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>

#include <fmt/format.h>

namespace dz::sim {
namespace {

using Minutes = std::set<MinuteNumber>;

constexpr Duration kLateness = std::chrono::seconds{30};

// "11:42", "yesterday 11:42", "tomorrow 11:42", as a page of that time means it; times lie within a day of it.
Timestamp time_of(const std::string& text, Timestamp now) {
  const auto colon = text.find(':');
  const auto day = std::chrono::floor<std::chrono::days>(now);
  auto time = Timestamp{day} + std::chrono::hours{std::stoi(text.substr(colon - 2, 2))} +
              std::chrono::minutes{std::stoi(text.substr(colon + 1, 2))};
  if (text.starts_with("yesterday")) time -= std::chrono::days{1};
  if (text.starts_with("tomorrow")) time += std::chrono::days{1};
  return time;
}

constexpr const char* kTime = R"(((?:yesterday |tomorrow )?\d\d:\d\d))";

std::optional<std::smatch> find(const std::string& text, const std::string& pattern) {
  static std::map<std::string, std::regex> known;
  const auto [at, fresh] = known.try_emplace(pattern);
  if (fresh) at->second = std::regex(pattern);
  std::smatch match;
  return std::regex_search(text, match, at->second) ? std::optional(match) : std::nullopt;
}

}  // namespace

// One page, and what is true of its record.
struct SpokenFacts::Page {
  std::string code, text;
  Timestamp at;
  MinuteNumber from = 0, to = 0;                 // the window
  std::map<std::string, Minutes> bad;            // by criterion, within the window
  std::map<std::string, Minutes> unseen;         // errors are seen where rows come only
  std::map<std::string, std::string> side_code;  // "A" -> "ams-dz001"
  std::map<std::string, std::string> port;       // "A" -> "Switch1/1/1"
  std::string state_line, sentence;

  bool fails(const std::string& id) const {
    const auto found = bad.find(id);
    return found != bad.end() && found->second.contains(to - 1);
  }
  // Where a window can begin that holds no bad minute, few unseen ones, and none of those first.
  MinuteNumber clean_from(const std::string& id) const {
    constexpr int kAllowed = 15;
    const auto& all = bad.at(id);
    const auto hidden = unseen.contains(id) ? unseen.at(id) : Minutes{};
    auto m = all.empty() ? from : *all.rbegin() + 1;
    while (hidden.contains(m) || std::distance(hidden.lower_bound(m), hidden.end()) > kAllowed) ++m;
    return m;
  }
  std::optional<MinuteNumber> run_begin(const std::string& id) const {
    if (!fails(id)) return std::nullopt;
    auto m = to - 1;
    while (m > from && bad.at(id).contains(m - 1)) --m;
    return m;
  }
};

void SpokenFacts::untrue(const Page& page, const std::string& what, const std::string& text) {
  untrue_.push_back(fmt::format("{} {}: {}: \"{}\"", dz::to_text(page.at), page.code, what, text));
}

namespace {

void add_lane(const Lane& lane, const std::string& id, MinuteNumber from, MinuteNumber to,
              std::map<std::string, Minutes>& bad) {
  for (auto m = from; m < to; ++m) {
    if (!lane.delivered.has(m)) bad[id].insert(m);
  }
}

}  // namespace

// Errors are bad where they rose, data where nothing came, traffic where nothing came or nothing moved.
void SpokenFacts::add_port(const PortTruth& truth, const std::string& prefix, Page& page) {
  const auto from = page.from, to = page.to;
  for (const auto m : truth.rises(page.at)) {
    if (m >= from && m < to) page.bad[prefix + "errors"].insert(m);
  }
  for (auto m = from; m < to; ++m) {
    const bool dark = !truth.lane().delivered.has(m);
    if (dark) page.bad[prefix + "data"].insert(m);
    if (dark || truth.idle(m)) page.bad[prefix + "utilization"].insert(m);
    if (dark && !page.bad[prefix + "errors"].contains(m)) page.unseen[prefix + "errors"].insert(m);
  }
}

void SpokenFacts::check_counts(Page& page, const std::string& id, const std::string& text) {
  const auto known = page.bad.find(id);
  const Minutes none;
  const auto& bad = known == page.bad.end() ? none : known->second;
  const auto length = static_cast<long>(page.to - page.from);
  if (const auto good = find(text, R"(^(\d+) good minutes?(?:, (\d+) unobserved)?)")) {
    ++read_["good minutes"];
    const auto unseen = static_cast<long>(page.unseen[id].size());
    if (!bad.empty() || std::stol((*good)[1]) != length - unseen)
      untrue(page, fmt::format("{} were bad, {} not seen", bad.size(), unseen), text);
    if ((*good)[2].matched && std::stol((*good)[2]) != unseen)
      untrue(page, fmt::format("{} were not seen", unseen), text);
  } else if (const auto unknown = find(text, R"(^(\d+) minutes? unobserved)")) {
    ++read_["unobserved minutes"];
    const auto unseen = page.unseen[id].size();
    if (std::stoul((*unknown)[1]) != unseen) untrue(page, fmt::format("{} were not seen", unseen), text);
  } else if (const auto none_at_all = find(text, R"(^no (counter row|configuration fetch))")) {
    ++read_["nothing in the whole window"];
    if (static_cast<long>(bad.size()) != length) untrue(page, fmt::format("{} were bad", bad.size()), text);
  } else if (const auto some = find(text, fmt::format(R"(^(\d+) minutes? with.*?, (?:last )?{})", kTime))) {
    ++read_["bad minutes"];
    if (std::stoul((*some)[1]) != bad.size()) untrue(page, fmt::format("{} were bad", bad.size()), text);
    if (bad.empty() || begin_of(*bad.rbegin()) != time_of((*some)[2], page.at))
      untrue(page, "another was the last", text);
  }
}

void SpokenFacts::check_present(Page& page, const std::string& id, const std::string& text) {
  const bool fails = page.fails(id);
  if (text.find("clean since") != std::string::npos) {
    ++read_["clean since"];
    if (fails) untrue(page, "it fails now", text);
  }
  if (text.find("if it stays clean") != std::string::npos && fails) untrue(page, "it fails now", text);
  if (const auto since = find(text, fmt::format("failing since {}", kTime))) {
    ++read_["failing since"];
    const auto begin = page.run_begin(id);
    if (!begin || begin_of(*begin) != time_of((*since)[1], page.at)) untrue(page, "not since then", text);
  }
  if (find(text, fmt::format("after it is repaired")) && !fails) untrue(page, "it is repaired", text);
  if (const auto met = find(text, fmt::format("met (?:at )?{} if it stays clean", kTime))) {
    ++read_["met at"];
    const auto expected = minute_of(begin_of(page.clean_from(id) + (page.to - page.from)) + kLateness);
    if (Timestamp{expected} != time_of((*met)[1], page.at)) untrue(page, "not then", text);
  }
}

void SpokenFacts::check_where(Page& page, const std::string& text) {
  const auto side = find(text, R"(\b(?:at|of) ([AZ]) (?:\((\S+)\) )?(\S+?)(?: \(for (\S+)\))?(?:[,;\[ ]|$))");
  if (!side) return;
  ++read_["sides"];
  const std::string name = (*side)[1], named = (*side)[4].matched ? (*side)[4] : (*side)[3];
  if ((*side)[2] != page.side_code[name]) untrue(page, "side " + name + " is " + page.side_code[name], text);
  if (named != page.port[name]) untrue(page, "the port is " + page.port[name], text);
}

void SpokenFacts::check_line(Page& page, const std::string& id, const std::string& text) {
  check_counts(page, id, text);
  check_present(page, id, text);
  if (!page.side_code.empty()) check_where(page, text);
}

void SpokenFacts::check_state(Page& page) {
  const auto& line = page.state_line;
  std::vector<std::string> failing;
  for (const auto& [id, bad] : page.bad) {
    if (page.fails(id) && static_cast<MinuteNumber>(bad.size()) < page.to - page.from) failing.push_back(id);
  }
  const bool says_failing = line.starts_with("State: failing");
  if (says_failing == failing.empty()) {
    untrue(page, failing.empty() ? "nothing fails" : failing.front() + " fails", line);
    return;
  }
  ++read_[line.substr(0, line.find_first_of(" .", 7))];
  if (says_failing) {
    const auto told = find(line, fmt::format(R"(failing since {} \((\S+)\))", kTime));
    const auto begin = told ? page.run_begin((*told)[2]) : std::nullopt;
    if (told && (!begin || begin_of(*begin) != time_of((*told)[1], page.at))) untrue(page, "not since then", line);
  } else if (const auto told = find(line, fmt::format("clean since {}, returns (?:at )?{}", kTime, kTime))) {
    MinuteNumber last = page.from - 1;
    for (const auto& [id, bad] : page.bad) last = bad.empty() ? last : std::max(last, *bad.rbegin());
    if (begin_of(last + 1) != time_of((*told)[1], page.at)) untrue(page, "clean since another minute", line);
    const auto returns = minute_of(begin_of(last + 1 + page.to - page.from) + kLateness);
    if (Timestamp{returns} != time_of((*told)[2], page.at)) untrue(page, "back at another time", line);
  }
}

void SpokenFacts::check_heading(Page& page, Health health, Status status, DesiredStatus desired) {
  std::istringstream lines(page.text);
  std::string line;
  std::getline(lines, line);
  const auto expected = fmt::format("{}: health {}", page.code, dz::to_text(health));
  if (line.find(expected) == std::string::npos) untrue(page, expected, line);
  page.sentence = line;
  std::getline(lines, page.state_line);
  const auto words = fmt::format("status {}, desired {};", dz::to_text(status), dz::to_text(desired));
  if (page.text.find(words) == std::string::npos) untrue(page, words, page.text);
  check_state(page);
  while (std::getline(lines, line)) {
    const auto row = find(line, R"(^  (met|not met|unknown|not applicable) +(\S+) +(.*)$)");
    if (!row) continue;
    const std::string judgement = (*row)[1], id = (*row)[2], text = (*row)[3];
    if (page.bad.contains(id)) check_line(page, id, text);
    const bool in_service = status == Status::Activated;
    const bool of_record = id == "link.drained" || id == "link.desired_activated" || id == "device.max_users_zero";
    if (in_service && of_record && judgement != "not applicable") untrue(page, "not asked in service", line);
    const auto lead = page.sentence.find(" by " + id + ": ");
    if (page.bad.contains(id) && lead != std::string::npos) {
      const auto said = page.sentence.substr(lead + id.size() + 6);
      check_line(page, id, said);
    }
  }
}

void SpokenFacts::check_link(std::size_t which) {
  const auto* link = world_.link(which);
  if (link == nullptr) return;
  const auto& spec = world_.links()[which];
  Page page;
  page.code = link->code;
  page.text = world_.explain_link(which);
  page.at = world_.now();
  page.to = number_of(page.at - kLateness);
  page.from = page.to - world_.options().window.count();
  page.side_code = {{"A", world_.device(spec.device_a).spec().code}, {"Z", world_.device(spec.device_z).spec().code}};
  page.port = {{"A", link->side_a_iface}, {"Z", link->side_z_iface}};
  for (const auto* id : {"data", "errors", "utilization"})
    page.bad["link.a." + std::string(id)] = page.bad["link.z." + std::string(id)] = {};
  const auto& devices = world_.truth().devices;
  add_port(devices[spec.device_a].ports[spec.port_a], "link.a.", page);
  add_port(devices[spec.device_z].ports[spec.port_z], "link.z.", page);
  check_heading(page, link->health, link->status, link->desired_status);
}

void SpokenFacts::check_device(std::size_t which) {
  const auto& record = *world_.device_record(which);
  Page page;
  page.code = record.code;
  page.text = world_.explain_device(which);
  page.at = world_.now();
  page.to = number_of(page.at - kLateness);
  page.from = page.to - world_.options().window.count();
  const auto& truth = world_.truth().devices[which];
  page.bad["device.reporting"] = page.bad["device.config_agent"] = {};
  add_lane(truth.reporting, "device.reporting", page.from, page.to, page.bad);
  add_lane(truth.config, "device.config_agent", page.from, page.to, page.bad);
  // The other criteria of devices are over candidates, agents on the ledger, or QA: their state is not followed here.
  std::istringstream lines(page.text);
  for (std::string line; std::getline(lines, line);) {
    const auto row = find(line, R"(^  (met|not met|unknown|not applicable) +(\S+) +(.*)$)");
    if (row && page.bad.contains((*row)[2])) check_line(page, (*row)[2], (*row)[3]);
    if (row && record.status == Status::Activated && (*row)[2] == "device.max_users_zero" &&
        (*row)[1] != "not applicable")
      untrue(page, "not asked in service", line);
  }
}

void SpokenFacts::check() {
  for (std::size_t i = 0; i < world_.links().size(); ++i) check_link(i);
  for (std::size_t i = 0; i < world_.devices(); ++i) check_device(i);
}

}  // namespace dz::sim
