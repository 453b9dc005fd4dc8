// permission audit: who would lose a right once every right needs a Permission account.
#include <algorithm>

#include "apps/cli/ui/permission_names.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

// The feature flag of the program that requires Permission accounts.
constexpr int kRequirePermissionAccounts = 1;

// A right that a key has by a list or an authority, without a Permission account that gives it.
struct Gap {
  std::string key, flag, source;
};

// Who has the right by the lists of the global state, as the program reads them.
std::vector<std::pair<Pubkey, std::string_view>> holders_by_lists(const GlobalState& state, PermissionBits flag) {
  using namespace permission;
  constexpr auto kOfFoundation = kPermissionAdmin | kInfraAdmin | kNetworkAdmin | kTenantAdmin | kMulticastAdmin |
                                 kUserAdmin | kAccessPassAdmin | kGlobalStateAdmin | kContributorAdmin |
                                 kTopologyAdmin | kResourceAdmin | kIndexAdmin;
  constexpr auto kOfSentinel = kSentinel | kTenantAdmin | kMulticastAdmin | kAccessPassAdmin;
  std::vector<std::pair<Pubkey, std::string_view>> holders;
  const auto add = [&](bool applies, const Pubkey& key, std::string_view source) {
    if (applies && !key.is_zero()) holders.emplace_back(key, source);
  };
  for (const auto& key : state.foundation_allowlist) add((flag & kOfFoundation) != 0, key, "foundation_allowlist");
  for (const auto& key : state.qa_allowlist) add(flag == kQa, key, "qa_allowlist");
  add(flag == kActivator, state.activator_authority, "activator_authority");
  add((flag & kOfSentinel) != 0, state.sentinel_authority, "sentinel_authority");
  add(flag == kHealthOracle, state.health_oracle, "health_oracle");
  add((flag & (kFeedAuthority | kAccessPassAdmin)) != 0, state.feed_authority, "feed_authority");
  return holders;
}

bool is_covered(const client::Snapshot& snapshot, const Pubkey& key, PermissionBits flag) {
  return std::any_of(snapshot.permissions.begin(), snapshot.permissions.end(), [&](const auto& entry) {
    const auto& p = entry.second;
    return p.user_payer == key && p.status == PermissionStatus::Activated && (p.permissions & flag) != 0;
  });
}

std::vector<Gap> find_gaps(const client::Snapshot& snapshot) {
  const auto& state = *snapshot.global_state;
  std::vector<Gap> gaps;
  for (const auto& [name, bit] : permission_names()) {
    const auto flag = permission::bit(bit);
    for (const auto& [key, source] : holders_by_lists(state, flag)) {
      // The foundation gives itself permissions whatever the flag says.
      if (flag == permission::kPermissionAdmin && source == "foundation_allowlist") continue;
      if (!is_covered(snapshot, key, flag)) gaps.push_back({to_text(key), std::string(name), std::string(source)});
    }
  }
  std::stable_sort(gaps.begin(), gaps.end(),
                   [](const Gap& a, const Gap& b) { return std::tie(a.key, a.flag) < std::tie(b.key, b.flag); });
  return gaps;
}

json::array payers(const client::Snapshot& snapshot, bool (*fits)(const Permission&)) {
  json::array keys;
  for (const auto& [address, p] : snapshot.permissions) {
    if (fits(p)) keys.push_back(json::value(to_text(p.user_payer)));
  }
  return keys;
}

json::object report_of(const client::Snapshot& snapshot, const std::vector<Gap>& gaps) {
  const auto& state = *snapshot.global_state;
  json::array list, foundation;
  for (const auto& gap : gaps)
    list.push_back(json::object{{"key", gap.key}, {"flag", gap.flag}, {"legacy_source", gap.source}});
  for (const auto& key : state.foundation_allowlist) foundation.push_back(json::value(to_text(key)));
  const auto active = [](const Permission& p, PermissionBits flag) {
    return p.status == PermissionStatus::Activated && (p.permissions & flag) != 0;
  };
  static constexpr auto kActive = active;
  return {{"strict_mode_enabled", (state.feature_flags >> kRequirePermissionAccounts & 1) != 0},
          {"gaps", std::move(list)},
          {"permission_admin_holders",
           payers(snapshot, [](const Permission& p) { return kActive(p, permission::kPermissionAdmin); })},
          {"foundation_flag_holders",
           payers(snapshot, [](const Permission& p) { return kActive(p, permission::kFoundation); })},
          {"suspended", payers(snapshot, [](const Permission& p) { return p.status == PermissionStatus::Suspended; })},
          {"unknown_bit_accounts",
           payers(snapshot, [](const Permission& p) { return (p.permissions & ~permission::kDefined) != 0; })},
          {"foundation_allowlist", std::move(foundation)}};
}

Result<void> audit(Context& context, const OutputArgs& output) {
  DZ_TRY_ASSIGN(const auto snapshot, read_types(context, {wire::AccountType::Permission}));
  if (!snapshot.global_state) return not_found("the program is not initialised: run 'doublezero init' first");
  const auto gaps = find_gaps(snapshot);
  auto report = report_of(snapshot, gaps);
  if (wants_json(output)) {
    print_json(context, report, output);
  } else {
    report.erase("gaps");
    show_record(context, output, report);
    const std::vector<Column<Gap>> columns = {{"key", [](const Gap& g) { return g.key; }},
                                              {"flag", [](const Gap& g) { return g.flag; }},
                                              {"legacy_source", [](const Gap& g) { return g.source; }}};
    if (!gaps.empty()) context.out("\n" + render_list(columns, gaps));
  }
  if (gaps.empty()) return {};
  return refused(
      fmt::format("{} rights are held by lists and authorities alone: give each key a Permission account with "
                  "'doublezero permission set --user-payer KEY --add FLAG' before require-permission-accounts is "
                  "enabled",
                  gaps.size()));
}

}  // namespace

void add_permission_audit(Commands& permission) {
  permission.verb<OutputArgs>("audit", "which keys would lose rights when each needs a Permission account",
                              declare_output, audit);
}

}  // namespace dz::cli
