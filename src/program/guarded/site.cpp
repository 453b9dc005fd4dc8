// Locations and exchanges, where the guarded program checks more than the live one.
#include "base/valid_text.h"
#include "program/guarded/handlers.h"
#include "program/rules/site_rules.h"

namespace dz::program::guarded {
namespace {

// A name that a terminal would obey, or that breaks a line, is no name. The live program takes it.
Check check_shown(std::string_view what, const std::string& text) {
  const auto checked = check_text(what, text, text.size());  // its length is the record's own rule
  return checked ? Check{} : reject(wire::ProgramError::InvalidArgument, checked.error().message);
}
Check check_shown(std::string_view what, const std::optional<std::string>& text) {
  return text ? check_shown(what, *text) : Check{};
}

// An exchange without a community is legal (0), so an exhausted range must be refused where one is handed out.
Check check_community(std::uint16_t community) {
  if (community >= kFirstBgpCommunity && community <= kLastBgpCommunity) return {};
  return reject(wire::ProgramError::InvalidBgpCommunity,
                fmt::format("the next BGP community is {}, expected {} to {}; set another in the global config",
                            community, kFirstBgpCommunity, kLastBgpCommunity));
}

}  // namespace

Check create_location(Accounts& accounts, const wire::CreateLocationArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("location"));
  DZ_TRY_ASSIGN(auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_empty(at));
  DZ_TRY(authorize(accounts, *state, permission::kInfraAdmin, "create a location"));
  DZ_TRY(check_shown("name", args.name));
  DZ_TRY(check_shown("country", args.country));
  return create_indexed(accounts, state, at, new_location(accounts.payer().key, args));
}

Check update_location(Accounts& accounts, const wire::UpdateLocationArgs& args) {
  DZ_TRY_ASSIGN(auto location, open_site<Location>(accounts, "location", "change a location"));
  DZ_TRY(check_shown("name", args.name));
  DZ_TRY(check_shown("country", args.country));
  set_fields(*location, args);
  return accounts.save(location);
}

Check create_exchange(Accounts& accounts, const wire::CreateExchangeArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("exchange"));
  DZ_TRY_ASSIGN(auto config, accounts.record<GlobalConfig>("global config"));
  DZ_TRY_ASSIGN(auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_empty(at));
  DZ_TRY(authorize(accounts, *state, permission::kInfraAdmin, "create an exchange"));
  DZ_TRY(check_shown("name", args.name));
  auto exchange = new_exchange(accounts.payer().key, args);
  exchange.bgp_community = next_community(*config);
  DZ_TRY(check_community(exchange.bgp_community));
  DZ_TRY(accounts.save(config));
  return create_indexed(accounts, state, at, exchange);
}

Check update_exchange(Accounts& accounts, const wire::UpdateExchangeArgs& args) {
  DZ_TRY_ASSIGN(auto exchange, accounts.record<Exchange>("exchange"));
  DZ_TRY_ASSIGN(auto config, accounts.record<GlobalConfig>("global config"));
  DZ_TRY_ASSIGN(const auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(authorize(accounts, *state, permission::kInfraAdmin, "change an exchange"));
  DZ_TRY(check_shown("name", args.name));
  set_fields(*exchange, args);
  if (args.bgp_community) {  // asks for the next one; the value given does not count
    exchange->bgp_community = next_community(*config);
    DZ_TRY(check_community(exchange->bgp_community));
    DZ_TRY(accounts.save(config));
  }
  return accounts.save(exchange);
}

Check delete_exchange(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto exchange, open_site<Exchange>(accounts, "exchange", "delete an exchange"));
  DZ_TRY(check_unreferenced(exchange));
  if (!exchange->device1.is_zero() || !exchange->device2.is_zero()) {
    return reject(wire::ProgramError::ReferenceCountNotZero,
                  fmt::format("exchange '{}' still names its devices; remove them first", exchange->code));
  }
  return close(exchange.at, accounts.payer());
}

namespace {

Check unseat_device(Pubkey& seat, Record<Device>& device) {
  if (seat.is_zero()) return reject(wire::ProgramError::DeviceNotSet, "the exchange has no device there");
  if (seat != device.at.key) {
    return reject(wire::ProgramError::ExchangeDeviceMismatch,
                  fmt::format("the exchange has device {} there, found {}", to_text(seat), to_text(device.at.key)));
  }
  seat = Pubkey{};
  drop_reference(device);
  return {};
}

}  // namespace

Check set_device_exchange(Accounts& accounts, const wire::SetDeviceExchangeArgs& args) {
  DZ_TRY_ASSIGN(auto exchange, accounts.record<Exchange>("exchange"));
  DZ_TRY_ASSIGN(auto device, accounts.record<Device>("device"));
  DZ_TRY_ASSIGN(const auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(authorize(accounts, *state, permission::kInfraAdmin, "set the devices of an exchange"));
  DZ_TRY_ASSIGN(Pubkey* const seat, seat_of(*exchange, args.index));
  switch (args.action) {
    case wire::SetDeviceExchangeArgs::kSet: DZ_TRY(seat_device(*seat, device)); break;
    case wire::SetDeviceExchangeArgs::kRemove: DZ_TRY(unseat_device(*seat, device)); break;
    default:
      return reject(wire::ProgramError::InvalidArgument,
                    fmt::format("expected {} (set) or {} (remove), found {}", wire::SetDeviceExchangeArgs::kSet,
                                wire::SetDeviceExchangeArgs::kRemove, args.action));
  }
  return accounts.save(device, exchange);
}

}  // namespace dz::program::guarded
