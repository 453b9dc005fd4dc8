#include "verdict/policy_criteria.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/time.h"
#include "base/valid_text.h"
#include "evidence/evidence.h"
#include "verdict/policy_words.h"

namespace dz::verdict {
namespace {

using std::chrono::minutes;
using Handler = TomlReader::Handler;

// One table as it is written, before it is known whether it changes one of the RFC's criteria or adds one.
struct Declared {
  std::string id;
  std::optional<std::string> subject, source, signal, absent, meaning, query, device_label, interface_label, link_label;
  std::optional<Mode> mode;
  std::optional<Stage> stage;
  std::optional<std::vector<std::string>> types;
  std::optional<minutes> window, every;
  std::optional<int> bad_allowed, unobserved_allowed;
  std::optional<double> at_least, at_most;
};

constexpr std::size_t kMostText = 64U << 10;

class Reader {
 public:
  explicit Reader(const TomlReader& toml) : toml_(toml) {}

  Result<Declared> read(const toml::node& node) const {
    Declared d;
    const auto into = [this](auto& value) { return handler(value); };
    DZ_TRY(toml_.table(node, "criterion",
                       {{"id", text(d.id)},
                        {"subject", into(d.subject)},
                        {"source", into(d.source)},
                        {"signal", into(d.signal)},
                        {"query", into(d.query)},
                        {"device_label", into(d.device_label)},
                        {"interface_label", into(d.interface_label)},
                        {"link_label", into(d.link_label)},
                        {"meaning", into(d.meaning)},
                        {"at_least", into(d.at_least)},
                        {"at_most", into(d.at_most)},
                        {"absent", into(d.absent)},
                        {"every", into(d.every)},
                        {"types", into(d.types)},
                        {"window", into(d.window)},
                        {"allowed_bad", into(d.bad_allowed)},
                        {"allowed_unobserved", into(d.unobserved_allowed)},
                        {"stage", into(d.stage)},
                        {"mode", into(d.mode)}}));
    if (d.id.empty()) return toml_.complain(node, "criterion: expected an id");
    return d;
  }

 private:
  Handler text(std::string& value) const {
    return [this, &value](const toml::node& n, const std::string& key) -> Result<void> {
      const auto found = n.value_exact<std::string>();
      if (!found || found->empty()) return toml_.complain(n, key + ": expected a text in quotes");
      if (const auto checked = check_lines(key, *found, kMostText); !checked) {
        return toml_.complain(n, checked.error().message);
      }
      value = *found;
      return {};
    };
  }
  Handler handler(std::optional<std::string>& value) const {
    return [this, &value](const toml::node& n, const std::string& key) { return text(value.emplace())(n, key); };
  }
  Handler handler(std::optional<Mode>& value) const {
    return [this, &value](const toml::node& n, const std::string& key) -> Result<void> {
      value = parse_mode(n.value_or(std::string{}));
      if (!value) return toml_.complain(n, key + ": expected \"enforce\", \"shadow\" or \"off\"");
      return {};
    };
  }
  Handler handler(std::optional<Stage>& value) const {
    return [this, &value](const toml::node& n, const std::string& key) -> Result<void> {
      value = parse_stage(n.value_or(std::string{}));
      if (!value) return toml_.complain(n, key + ": expected \"ready-for-links\" or \"ready-for-users\"");
      return {};
    };
  }
  Handler handler(std::optional<std::vector<std::string>>& value) const {
    return [this, &value](const toml::node& n, const std::string& key) -> Result<void> {
      value.emplace();
      const auto* list = n.as_array();
      if (list == nullptr || list->empty()) return toml_.complain(n, key + ": expected a list of types in quotes");
      for (const auto& entry : *list) DZ_TRY(text(value->emplace_back())(entry, key));
      return {};
    };
  }
  Handler handler(std::optional<minutes>& value) const {
    return [this, &value](const toml::node& n, const std::string& key) -> Result<void> {
      const auto parsed = parse_duration(n.value_or(std::string{}));
      if (!parsed) return toml_.complain(n, key + ": expected a duration in quotes, such as \"24h\"");
      const auto whole = std::chrono::duration_cast<minutes>(*parsed);
      if (whole != *parsed || whole < minutes{1} || whole > evidence::kLongestWindow) {
        return toml_.complain(
            n, fmt::format("{}: expected whole minutes from 1m to {}m", key, evidence::kLongestWindow.count()));
      }
      value = whole;
      return {};
    };
  }
  Handler handler(std::optional<int>& value) const {
    return [this, &value](const toml::node& n, const std::string& key) -> Result<void> {
      const auto number = n.value_exact<std::int64_t>();
      if (!number || *number < 0 || *number >= evidence::kLongestWindow.count()) {
        return toml_.complain(
            n, fmt::format("{}: expected a whole number from 0 to {}", key, evidence::kLongestWindow.count() - 1));
      }
      value = static_cast<int>(*number);
      return {};
    };
  }
  Handler handler(std::optional<double>& value) const {
    return [this, &value](const toml::node& n, const std::string& key) -> Result<void> {
      value = n.value<double>();
      if (!value || !std::isfinite(*value)) return toml_.complain(n, key + ": expected a number");
      return {};
    };
  }

  const TomlReader& toml_;
};

// Everything of a table that may differ between two criteria of any kind.
std::optional<std::string> apply_settings(const Declared& d, CriterionSettings& settings) {
  if (d.mode) settings.mode = *d.mode;
  if (d.window) settings.window = d.window;
  if (d.bad_allowed) settings.bad_allowed = d.bad_allowed;
  if (d.unobserved_allowed) settings.unobserved_allowed = d.unobserved_allowed;
  if (d.stage && is_of_links(d.id)) return "stage: only devices have stages";
  if (d.stage) settings.stage = d.stage;
  if (!d.types) return std::nullopt;
  settings.types = 0;
  const auto words = type_words(is_of_links(d.id));
  for (const auto& type : *d.types) {
    const auto known = std::find_if(words.begin(), words.end(), [&](const TypeWord& w) { return w.word == type; });
    if (known == words.end()) {
      std::string list;
      for (const auto& w : words) list += (list.empty() ? "" : ", ") + std::string(w.word);
      return fmt::format("types: expected some of {}, found '{}'", list, type);
    }
    settings.types |= known->bit;
  }
  std::uint8_t all = 0;
  for (const auto& w : words) all |= w.bit;
  if (settings.types == all) settings.types = kAllTypes;
  return std::nullopt;
}

// What one of the RFC's criteria reads cannot be changed; a file may say it all the same, as the default file does.
std::optional<std::string> change(const Declared& d, const Criterion& c, CriterionSettings& settings) {
  const bool record = c.kind == CriterionKind::Record;
  const std::pair<const char*, std::pair<const std::optional<std::string>*, std::string_view>> fixed[] = {
      {"subject", {&d.subject, c.reading.subject}},
      {"source", {&d.source, record ? std::string_view{} : to_text(c.source)}},
      {"signal", {&d.signal, c.reading.signal}}};
  for (const auto& [key, values] : fixed) {
    const auto& [found, expected] = values;
    if (!*found || **found == expected) continue;
    return fmt::format(
        "{}: expected {}, found \"{}\": what this criterion reads is fixed; declare one with an id of your own", key,
        expected.empty() ? "no such key here" : fmt::format("\"{}\"", expected), **found);
  }
  if (d.query || d.at_least || d.at_most || d.absent || d.every || d.meaning || d.device_label || d.interface_label ||
      d.link_label) {
    return "a query and its keys belong to criteria with an id of your own; this one is the RFC's";
  }
  if (record && (d.window || d.bad_allowed || d.unobserved_allowed))
    return "window and allowances belong to evidence; this criterion reads the record";
  if (c.id == CriterionId::DeviceQa && (d.bad_allowed || d.unobserved_allowed))
    return "allowances are minutes, and QA has results: see [qa]";
  return apply_settings(d, settings);
}

std::optional<std::string> check_id(const std::string& id) {
  const bool good = (id.starts_with("link.") || id.starts_with("device.")) && id.size() <= 64 && id.back() != '.' &&
                    id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == std::string::npos;
  if (good) return std::nullopt;
  return "id: expected link. or device. and then lower-case letters, digits, _ and ., such as device.ntp_in_sync";
}

std::optional<AddedKind> parse_subject(std::string_view text) {
  for (const auto subject : {AddedKind::Device, AddedKind::Link, AddedKind::SideA, AddedKind::SideZ}) {
    if (to_text(subject) == text) return subject;
  }
  return std::nullopt;
}

// A criterion of the operator's own.
std::optional<std::string> added(const Declared& d, AddedCriterion& criterion, CriterionSettings& settings) {
  if (auto wrong = check_id(d.id)) return wrong;
  const auto subject = parse_subject(d.subject.value_or(is_of_links(d.id) ? "link" : "device"));
  if (!subject || (*subject == AddedKind::Device) == is_of_links(d.id)) {
    return fmt::format("subject: expected {}, found \"{}\"",
                       is_of_links(d.id) ? "\"link\", \"side-a\" or \"side-z\"" : "\"device\"", *d.subject);
  }
  if (d.signal) return "signal: only the RFC's criteria have one; expected a query";
  if (!d.source) return "expected source: the name of a [[source]] of the monitor";
  if (!d.query) return "expected query: there is nothing to judge without one";
  if (d.absent && *d.absent != "bad" && *d.absent != "unobserved")
    return fmt::format("absent: expected \"bad\" or \"unobserved\", found \"{}\"", *d.absent);
  criterion = {.id = d.id, .subject = *subject, .source = *d.source, .query = *d.query};
  criterion.device_label = d.device_label.value_or(criterion.device_label);
  criterion.interface_label = d.interface_label.value_or(criterion.interface_label);
  criterion.link_label = d.link_label.value_or(criterion.link_label);
  criterion.at_least = d.at_least;
  criterion.at_most = d.at_most;
  criterion.absent_is_bad = d.absent.value_or("bad") == "bad";
  criterion.every = d.every.value_or(criterion.every);
  criterion.meaning = d.meaning.value_or("");
  return apply_settings(d, settings);
}

}  // namespace

Result<void> read_criteria(const TomlReader& toml, const toml::node& node, Policy& policy) {
  const auto* list = node.as_array();
  if (list == nullptr || !list->is_homogeneous(toml::node_type::table))
    return toml.complain(node, "criterion: expected [[criterion]] tables");
  const Reader reader(toml);
  std::set<std::string> seen;
  for (const auto& table : *list) {
    DZ_TRY_ASSIGN(const auto declared, reader.read(table));
    const auto complain = [&](std::string_view what) {
      return toml.complain(table, fmt::format("criterion {}: {}", declared.id, what));
    };
    if (!seen.insert(declared.id).second) return complain("declared twice; expected each id once");
    if (declared.stage && !policy.device_stages) {
      return complain(fmt::format("stage: devices have no stages in profile {}", policy.profile->name));
    }
    auto id = parse_criterion(declared.id);
    std::optional<std::string> wrong;
    if (id) {
      wrong = change(declared, criterion(*id), policy.of(*id));
    } else if (policy.added.size() == evidence::kMostAdded) {
      wrong = fmt::format("expected at most {} criteria besides the RFC's", evidence::kMostAdded);
    } else {
      id = added_criterion(policy.added.size());
      auto& criterion = policy.added.emplace_back();
      wrong = added(declared, criterion, policy.of(*id));
      criterion.line = static_cast<int>(table.source().begin.line);
    }
    if (wrong) return complain(*wrong);
    if (auto checked = check_criterion(policy, *id); !checked)
      return toml.complain(table, "criterion " + checked.error().message);
  }
  return {};
}

}  // namespace dz::verdict
