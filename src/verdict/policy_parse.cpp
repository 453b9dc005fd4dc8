// The policy file: TOML in, Policy out. Every complaint names file and line.
#include <fmt/format.h>

#include "base/time.h"
#include "evidence/store.h"
#include "verdict/policy.h"
#include "verdict/policy_criteria.h"
#include "verdict/toml_reader.h"

namespace dz {
namespace {

using std::chrono::minutes;

class Reader : public TomlReader {
 public:
  using TomlReader::TomlReader;

  Result<void> whole(const toml::node& node, std::string_view key, std::int64_t least, int& value) const {
    const auto number = node.value_exact<std::int64_t>();
    if (!number || *number < least || *number > kLongestWindow.count()) {
      return complain(node,
                      fmt::format("{}: expected a whole number from {} to {}", key, least, kLongestWindow.count()));
    }
    value = static_cast<int>(*number);
    return {};
  }

  // A duration of whole minutes, as text: "24h", "390m".
  Result<void> span(const toml::node& node, std::string_view key, minutes least, minutes& value) const {
    const auto text = node.value_exact<std::string>();
    if (!text) return complain(node, fmt::format("{}: expected a duration in quotes, such as \"24h\"", key));
    const auto parsed = parse_duration(*text);
    if (!parsed) return complain(node, fmt::format("{}: {}", key, parsed.error().message));
    const auto whole_minutes = std::chrono::duration_cast<minutes>(*parsed);
    if (whole_minutes != *parsed || whole_minutes < least || whole_minutes > kLongestWindow) {
      return complain(node, fmt::format("{}: expected whole minutes from {}m to {}m, found \"{}\"", key, least.count(),
                                        kLongestWindow.count(), *text));
    }
    value = whole_minutes;
    return {};
  }
};

Result<void> read_damping(const Reader& reader, const toml::node& node, const std::string& path, Damping& damping) {
  return reader.table(
      node, path,
      {{"bad", [&](const toml::node& n, const std::string& key) { return reader.whole(n, key, 1, damping.bad); }},
       {"of", [&](const toml::node& n, const std::string& key) { return reader.whole(n, key, 1, damping.of); }}});
}

Result<void> read_policy(const Reader& reader, const toml::table& root, Policy& p) {
  const auto whole = [&](std::int64_t least, int& value) -> Reader::Handler {
    return [&reader, least, &value](const toml::node& n, const std::string& key) {
      return reader.whole(n, key, least, value);
    };
  };
  const auto span = [&](minutes least, minutes& value) -> Reader::Handler {
    return [&reader, least, &value](const toml::node& n, const std::string& key) {
      return reader.span(n, key, least, value);
    };
  };
  const auto damping = [&](Damping& value) -> Reader::Handler {
    return
        [&reader, &value](const toml::node& n, const std::string& key) { return read_damping(reader, n, key, value); };
  };
  const auto nested = [&](std::vector<Reader::Key> keys) -> Reader::Handler {
    return [&reader, keys = std::move(keys)](const toml::node& n, const std::string& key) {
      return reader.table(n, key, keys);
    };
  };
  return reader.table(
      root, "",
      {{"window", span(minutes{1}, p.window)},
       {"recovery_window", span(minutes{1}, p.recovery_window)},
       {"max_staleness", span(minutes{1}, p.max_staleness)},
       {"max_hold", span(minutes{1}, p.max_hold)},
       {"allowed", nested({{"bad", whole(0, p.bad_allowed)}, {"unobserved", whole(0, p.unobserved_allowed)}})},
       {"damping", nested({{"short", damping(p.damping_short)}, {"long", damping(p.damping_long)}})},
       {"qa", nested({{"successes", whole(1, p.qa.successes)}, {"max_gap", span(minutes{1}, p.qa.max_gap)}})},
       // Read last: what a criterion may be depends on the rest.
       {"criterion", [](const toml::node&, const std::string&) -> Result<void> { return {}; }}});
}

}  // namespace

Result<Policy> parse_policy(std::string_view toml, std::string_view file_name) {
  const Reader reader(file_name);
  DZ_TRY_ASSIGN(const auto root, reader.parse(toml));
  Policy policy;
  DZ_TRY(read_policy(reader, root, policy));
  if (const auto* criteria = root.get("criterion")) DZ_TRY(read_criteria(reader, *criteria, policy));
  if (auto checked = check_policy(policy); !checked) return with_context(file_name, std::move(checked).error());
  return policy;
}

}  // namespace dz
