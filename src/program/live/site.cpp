// Locations and exchanges, where the live program checks less than the guarded one, or in another order: a code before
// the signer's rights, the address of a new account before whether it is there.
#include "program/live/site_handlers.h"
#include "program/rules/site_rules.h"

namespace dz::program::live {
namespace {

constexpr std::string_view kAction = "create or change locations and exchanges";

Check authorize_site(const Accounts& accounts, const GlobalState& state) {
  return authorize(accounts, state, permission::kInfraAdmin, kAction);
}

Outcome<Record<GlobalConfig>> load_config(const Accounts& accounts, const AccountRef& at) {
  DZ_TRY_ASSIGN(auto config, accounts.load<GlobalConfig>(at));
  DZ_TRY(check_key(at, wire::global_config_address(accounts.program()).address));
  return config;
}

}  // namespace

Check create_location(Accounts& accounts, const wire::CreateLocationArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("location"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.take_tail());
  DZ_TRY(check_code(args.code));
  DZ_TRY(accounts.check_owner(state_at));
  DZ_TRY(accounts.check_system());
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize_site(accounts, *state));
  DZ_TRY(check_key(at, wire::location_address(accounts.program(), state->account_index + 1).address));
  return create_indexed(accounts, state, at, new_location(accounts.payer().key, args));
}

Check update_location(Accounts& accounts, const wire::UpdateLocationArgs& args) {
  DZ_TRY_ASSIGN(auto location, open_site<Location>(accounts, "location", kAction));
  set_fields(*location, args);
  return accounts.save(location);
}

Check create_exchange(Accounts& accounts, const wire::CreateExchangeArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("exchange"));
  DZ_TRY_ASSIGN(const auto config_at, accounts.next("global config"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.take_tail());
  DZ_TRY(check_code(args.code));
  DZ_TRY(accounts.check_owner(config_at, state_at));
  DZ_TRY(accounts.check_system());
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize_site(accounts, *state));
  DZ_TRY_ASSIGN(auto config, load_config(accounts, config_at));
  auto exchange = new_exchange(accounts.payer().key, args);
  exchange.bgp_community = next_community(*config);
  DZ_TRY(create_indexed(accounts, state, at, exchange));
  return accounts.save(config);
}

Check update_exchange(Accounts& accounts, const wire::UpdateExchangeArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("exchange"));
  DZ_TRY_ASSIGN(const auto config_at, accounts.next("global config"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(at, config_at, state_at));
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize_site(accounts, *state));
  DZ_TRY_ASSIGN(auto config, load_config(accounts, config_at));
  DZ_TRY_ASSIGN(auto exchange, accounts.load<Exchange>(at));
  set_fields(*exchange, args);
  if (args.bgp_community) {  // asks for the next one; the value given does not count
    exchange->bgp_community = next_community(*config);
    DZ_TRY(accounts.save(config));
  }
  return accounts.save(exchange);
}

Check delete_exchange(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto exchange, open_site<Exchange>(accounts, "exchange", kAction));
  DZ_TRY(check_unreferenced(exchange));  // the devices in its seats do not count
  return close(exchange.at, accounts.payer());
}

namespace {

// Whichever device is named: whether it is the one in the seat is not compared, and its count stays at 0.
Check unseat_device(Pubkey& seat, Record<Device>& device) {
  if (seat.is_zero()) return reject(wire::ProgramError::DeviceNotSet, "the exchange has no device there");
  seat = Pubkey{};
  drop_reference(device);
  return {};
}

}  // namespace

Check set_device_exchange(Accounts& accounts, const wire::SetDeviceExchangeArgs& args) {
  if (args.action != wire::SetDeviceExchangeArgs::kSet && args.action != wire::SetDeviceExchangeArgs::kRemove) {
    return reject_accounts(fmt::format("expected {} (set) or {} (remove), found {}", wire::SetDeviceExchangeArgs::kSet,
                                       wire::SetDeviceExchangeArgs::kRemove, args.action));
  }
  DZ_TRY_ASSIGN(const auto at, accounts.next("exchange"));
  DZ_TRY_ASSIGN(const auto device_at, accounts.next("device"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(at, device_at, state_at));
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize_site(accounts, *state));
  DZ_TRY_ASSIGN(auto exchange, accounts.load<Exchange>(at));
  DZ_TRY_ASSIGN(auto device, accounts.load<Device>(device_at));
  DZ_TRY_ASSIGN(Pubkey* const seat, seat_of(*exchange, args.index));
  const bool sets = args.action == wire::SetDeviceExchangeArgs::kSet;
  DZ_TRY(sets ? seat_device(*seat, device) : unseat_device(*seat, device));
  return accounts.save(device, exchange);
}

}  // namespace dz::program::live
