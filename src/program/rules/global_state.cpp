// The network as a whole: its authorities, allowlists and configuration, which both programs change alike.
#include "program/rules/entities.h"
#include "program/rules/handlers.h"
#include "program/rules/pools.h"

namespace dz::program {
namespace {

// The accounts of all but two instructions here: the global state and the tail; for its admins. Of some it is noticed
// at the end only whether it may be written.
enum class Writable { CheckedFirst, NoticedLast };
Outcome<Record<GlobalState>> open_state(Accounts& accounts, Writable writable = Writable::CheckedFirst) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(at));
  if (writable == Writable::CheckedFirst) DZ_TRY(check_writable(at));
  DZ_TRY(check_key(at, wire::global_state_address(accounts.program()).address));
  DZ_TRY_ASSIGN(auto state, accounts.load<GlobalState>(at));
  DZ_TRY(authorize(accounts, *state, permission::kGlobalStateAdmin, "change the global state"));
  return state;
}

Check add_key(std::vector<Pubkey>& list, const Pubkey& key) {
  if (contains(list, key)) {
    return reject(wire::InstructionErrorKind::InvalidArgument, to_text(key) + " is in the allowlist already");
  }
  list.push_back(key);
  return {};
}

void remove_key(std::vector<Pubkey>& list, const Pubkey& key) {
  list.erase(std::remove(list.begin(), list.end(), key), list.end());
}

Check check_unchanged(std::string_view what, const NetworkV4& old, const NetworkV4& now) {
  if (old == now) return {};
  return reject(wire::ProgramError::ImmutableField,
                fmt::format("{} is {} and cannot become {}", what, to_text(old), to_text(now)));
}

Check check_blocks_unchanged(const GlobalConfig& old, const wire::SetGlobalConfigArgs& args) {
  DZ_TRY(check_unchanged("device_tunnel_block", old.device_tunnel_block, args.device_tunnel_block));
  DZ_TRY(check_unchanged("user_tunnel_block", old.user_tunnel_block, args.user_tunnel_block));
  DZ_TRY(check_unchanged("multicastgroup_block", old.multicastgroup_block, args.multicastgroup_block));
  if (old.multicast_publisher_block.is_default()) return {};
  return check_unchanged("multicast_publisher_block", old.multicast_publisher_block, args.multicast_publisher_block);
}

void set_fields(GlobalConfig& config, const wire::SetGlobalConfigArgs& args) {
  config.local_asn = args.local_asn;
  config.remote_asn = args.remote_asn;
  config.device_tunnel_block = args.device_tunnel_block;
  config.user_tunnel_block = args.user_tunnel_block;
  config.multicastgroup_block = args.multicastgroup_block;
  config.multicast_publisher_block = args.multicast_publisher_block;
  set_if(config.next_bgp_community, args.next_bgp_community);
}

// Of the pools of a network that is configured already only these may be missing: they are younger than it.
constexpr bool is_younger(wire::ResourceKind kind) {
  return kind == wire::ResourceKind::MulticastPublisherBlock || kind == wire::ResourceKind::AdminGroupBits;
}

// Creates those pools that are not there yet; an unset publisher block has none.
Check create_missing_pools(const Accounts& accounts, const std::vector<AccountRef>& pools, const GlobalConfig& config,
                           bool only_younger) {
  for (std::size_t i = 0; i < pools.size(); ++i) {
    const auto kind = wire::kGlobalPools[i];
    if (only_younger && (!pools[i].account->data.empty() || !is_younger(kind))) continue;
    if (kind == wire::ResourceKind::MulticastPublisherBlock && config.multicast_publisher_block.is_default()) continue;
    DZ_TRY(check_key(pools[i], resource_address(accounts.program(), kind).address));
    if (!pools[i].account->data.empty()) continue;
    DZ_TRY(create_pool(accounts, pools[i], wire::ResourceType{.kind = kind}, {config}));
  }
  return {};
}

// The blocks, whose addresses are looked at whether or not they are created.
Check check_blocks(const Accounts& accounts, const std::vector<AccountRef>& pools) {
  for (std::size_t i = 0; i < pools.size(); ++i) {
    const auto kind = wire::kGlobalPools[i];
    if (kind != wire::ResourceKind::DeviceTunnelBlock && kind != wire::ResourceKind::UserTunnelBlock &&
        kind != wire::ResourceKind::MulticastGroupBlock) {
      continue;
    }
    DZ_TRY(check_key(pools[i], resource_address(accounts.program(), kind).address));
  }
  return {};
}

}  // namespace

Check set_authority(Accounts& accounts, const wire::SetAuthorityArgs& args) {
  DZ_TRY_ASSIGN(auto state, open_state(accounts));
  set_if(state->activator_authority, args.activator);
  set_if(state->sentinel_authority, args.sentinel);
  set_if(state->health_oracle, args.health_oracle);
  set_if(state->feed_authority, args.feed_authority);
  return accounts.save(state);
}

Check set_global_config(Accounts& accounts, const wire::SetGlobalConfigArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("global config"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  std::vector<AccountRef> pools;
  for (std::size_t i = 0; i < std::size(wire::kGlobalPools); ++i) {
    DZ_TRY_ASSIGN(const auto pool, accounts.next("pool"));
    pools.push_back(pool);
  }
  DZ_TRY(accounts.tail());
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize(accounts, *state, permission::kGlobalStateAdmin, "change the global config"));
  if (!is_rfc1918(args.device_tunnel_block.address) && !is_link_local(args.device_tunnel_block.address)) {
    return reject(wire::ProgramError::InvalidDeviceTunnelBlock,
                  fmt::format("device_tunnel_block is {}, expected a private or link-local network",
                              to_text(args.device_tunnel_block)));
  }
  const auto address = wire::global_config_address(accounts.program());
  DZ_TRY(check_key(at, address.address));
  DZ_TRY(check_blocks(accounts, pools));
  const bool exists = !at.account->data.empty();
  Record<GlobalConfig> config{at, {}};
  if (exists) {
    DZ_TRY_ASSIGN(config, accounts.load<GlobalConfig>(at));
    DZ_TRY(check_blocks_unchanged(*config, args));
  }
  set_fields(*config, args);
  config->owner = accounts.payer().key;
  config->bump = address.bump;
  DZ_TRY(exists ? accounts.save(config) : accounts.create(at, address, *config));
  return create_missing_pools(accounts, pools, *config, exists);
}

Check add_foundation(Accounts& accounts, const wire::AddFoundationArgs& args) {
  DZ_TRY_ASSIGN(auto state, open_state(accounts));
  DZ_TRY(add_key(state->foundation_allowlist, args.key));
  return accounts.save(state);
}

Check remove_foundation(Accounts& accounts, const wire::RemoveFoundationArgs& args) {
  DZ_TRY_ASSIGN(auto state, open_state(accounts));
  if (args.key == accounts.payer().key || state->foundation_allowlist.size() <= 1) {
    return reject(wire::ProgramError::InvalidFoundationAllowlist,
                  "nobody takes himself, or the last key, off the foundation allowlist");
  }
  remove_key(state->foundation_allowlist, args.key);
  return accounts.save(state);
}

Check add_qa(Accounts& accounts, const wire::AddQaArgs& args) {
  DZ_TRY_ASSIGN(auto state, open_state(accounts));
  DZ_TRY(add_key(state->qa_allowlist, args.key));
  return accounts.save(state);
}

Check remove_qa(Accounts& accounts, const wire::RemoveQaArgs& args) {
  DZ_TRY_ASSIGN(auto state, open_state(accounts));
  remove_key(state->qa_allowlist, args.key);
  return accounts.save(state);
}

Check set_airdrop(Accounts& accounts, const wire::SetAirdropArgs& args) {
  DZ_TRY_ASSIGN(auto state, open_state(accounts, Writable::NoticedLast));
  set_if(state->contributor_airdrop_lamports, args.contributor_lamports);
  set_if(state->user_airdrop_lamports, args.user_lamports);
  return accounts.save(state);
}

Check set_feature_flags(Accounts& accounts, const wire::SetFeatureFlagsArgs& args) {
  DZ_TRY_ASSIGN(auto state, open_state(accounts, Writable::NoticedLast));
  state->feature_flags = args.flags;
  return accounts.save(state);
}

}  // namespace dz::program
