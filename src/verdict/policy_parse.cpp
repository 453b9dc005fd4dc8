// The policy file: TOML in, Policy out. Every complaint names file and line.
#include <charconv>

#include <fmt/format.h>

#include "base/time.h"
#include "evidence/evidence.h"
#include "verdict/policy.h"
#include "verdict/policy_criteria.h"
#include "verdict/toml_reader.h"

namespace dz::verdict {
namespace {

using std::chrono::minutes;

class Reader : public TomlReader {
 public:
  using TomlReader::TomlReader;

  Result<void> whole(const toml::node& node, std::string_view key, std::int64_t least, int& value) const {
    const auto number = node.value_exact<std::int64_t>();
    if (!number || *number < least || *number > evidence::kLongestWindow.count()) {
      return complain(
          node, fmt::format("{}: expected a whole number from {} to {}", key, least, evidence::kLongestWindow.count()));
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
    if (whole_minutes != *parsed || whole_minutes < least || whole_minutes > evidence::kLongestWindow) {
      return complain(node, fmt::format("{}: expected whole minutes from {}m to {}m, found \"{}\"", key, least.count(),
                                        evidence::kLongestWindow.count(), *text));
    }
    value = whole_minutes;
    return {};
  }

  // A duration, or so many slots: "200000 slots".
  Result<void> window(const toml::node& node, std::string_view key, Window& value) const {
    constexpr std::string_view kSlots = " slots";
    constexpr std::uint64_t kMostSlots = 10'000'000;
    const auto text = node.value_or(std::string{});
    if (!text.ends_with(kSlots)) return span(node, key, minutes{1}, value);
    std::uint64_t slots = 0;
    const auto* end = text.data() + text.size() - kSlots.size();
    const auto [rest, error] = std::from_chars(text.data(), end, slots);
    if (error != std::errc{} || rest != end || slots < 1 || slots > kMostSlots) {
      return complain(node, fmt::format("{}: expected from 1 to {} slots, found \"{}\"", key, kMostSlots, text));
    }
    value = window_in_slots(slots);
    return {};
  }

  Result<void> span(const toml::node& node, std::string_view key, minutes least, Window& value) const {
    minutes length{};
    DZ_TRY(span(node, key, least, length));
    value = length;
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
  const auto window = [&](Window& value) -> Reader::Handler {
    return [&reader, &value](const toml::node& n, const std::string& key) { return reader.window(n, key, value); };
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
      {// Read first: the defaults depend on it.
       {"profile", [](const toml::node&, const std::string&) -> Result<void> { return {}; }},
       {"window", window(p.window)},
       {"recovery_window", window(p.recovery_window)},
       {"max_staleness", span(minutes{1}, p.max_staleness)},
       {"max_hold", span(minutes{1}, p.max_hold)},
       {"allowed", nested({{"bad", whole(0, p.bad_allowed)}, {"unobserved", whole(0, p.unobserved_allowed)}})},
       {"damping", nested({{"short", damping(p.damping_short)}, {"long", damping(p.damping_long)}})},
       {"qa", nested({{"successes", whole(1, p.qa.successes)}, {"max_gap", span(minutes{1}, p.qa.max_gap)}})},
       // Read last: what a criterion may be depends on the rest.
       {"criterion", [](const toml::node&, const std::string&) -> Result<void> { return {}; }}});
}

Result<const Profile*> profile_of(const Reader& reader, const toml::table& root, const Profile* expected) {
  const auto* node = root.get("profile");
  if (node == nullptr) return expected == nullptr ? &rfc_profile() : expected;
  const auto found = find_profile(node->value_or(std::string{}));
  if (!found) return reader.complain(*node, found.error().message);
  if (expected != nullptr && *found != expected) {
    return reader.complain(*node,
                           fmt::format("profile: this policy is for {}, and the network is {}; expected a policy "
                                       "made for it",
                                       (*found)->name, expected->name));
  }
  return *found;
}

}  // namespace

Result<Policy> parse_policy(std::string_view toml, std::string_view file_name, const Profile* profile) {
  const Reader reader(file_name);
  DZ_TRY_ASSIGN(const auto root, reader.parse(toml));
  DZ_TRY_ASSIGN(profile, profile_of(reader, root, profile));
  auto policy = default_policy(*profile);
  DZ_TRY(read_policy(reader, root, policy));
  if (const auto* criteria = root.get("criterion")) DZ_TRY(read_criteria(reader, *criteria, policy));
  if (auto checked = check_policy(policy); !checked) return with_context(file_name, std::move(checked).error());
  return policy;
}

}  // namespace dz::verdict
