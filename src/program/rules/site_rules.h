// New sites and contributors from the arguments, and what updates set: the same whoever may do it.
#pragma once

#include <limits>

#include "program/rules/entities.h"
#include "wire/instructions/site.h"

namespace dz::program {

// The accounts of most instructions on a site, which infrastructure admins run. `action` completes "may not ...".
template <typename T>
Outcome<Record<T>> open_site(Accounts& accounts, std::string_view what, std::string_view action) {
  DZ_TRY_ASSIGN(const auto opening, open_list(accounts, what));
  DZ_TRY(authorize(accounts, *opening.state, permission::kInfraAdmin, action));
  return accounts.load<T>(opening.at);
}

inline Location new_location(const Pubkey& owner, const wire::CreateLocationArgs& args) {
  Location location;
  location.owner = owner;
  location.code = args.code;
  location.name = args.name;
  location.country = args.country;
  location.lat = args.lat;
  location.lng = args.lng;
  location.loc_id = args.loc_id;
  return location;
}

inline void set_fields(Location& location, const wire::UpdateLocationArgs& args) {
  set_if(location.code, args.code);
  set_if(location.name, args.name);
  set_if(location.country, args.country);
  set_if(location.lat, args.lat);
  set_if(location.lng, args.lng);
  set_if(location.loc_id, args.loc_id);
}

// Its BGP community is handed out by the caller.
inline Exchange new_exchange(const Pubkey& owner, const wire::CreateExchangeArgs& args) {
  Exchange exchange;
  exchange.owner = owner;
  exchange.code = args.code;
  exchange.name = args.name;
  exchange.lat = args.lat;
  exchange.lng = args.lng;
  return exchange;
}

// All but the BGP community.
inline void set_fields(Exchange& exchange, const wire::UpdateExchangeArgs& args) {
  set_if(exchange.code, args.code);
  set_if(exchange.name, args.name);
  set_if(exchange.lat, args.lat);
  set_if(exchange.lng, args.lng);
}

inline std::uint16_t next_community(GlobalConfig& config) {
  const auto community = config.next_bgp_community;
  if (config.next_bgp_community < std::numeric_limits<std::uint16_t>::max()) ++config.next_bgp_community;
  return community;
}

// The two devices that an exchange names are its seats 1 and 2; else InvalidIndex. The pointer lives as long as the
// exchange.
inline Outcome<Pubkey*> seat_of(Exchange& exchange, std::uint8_t index) {
  if (index == 1) return &exchange.device1;
  if (index == 2) return &exchange.device2;
  return reject(wire::ProgramError::InvalidIndex, fmt::format("an exchange has devices 1 and 2, found {}", index));
}

inline Check seat_device(Pubkey& seat, Record<Device>& device) {
  if (!seat.is_zero()) {
    return reject(wire::ProgramError::DeviceAlreadySet,
                  fmt::format("the exchange has device {} there; remove it first", to_text(seat)));
  }
  seat = device.at.key;
  add_reference(device);
  return {};
}

inline Contributor new_contributor(const Pubkey& owner, const wire::CreateContributorArgs& args) {
  Contributor contributor;
  contributor.owner = owner;
  contributor.code = args.code;
  contributor.status = ContributorStatus::Activated;
  return contributor;
}

inline void set_fields(Contributor& contributor, const wire::UpdateContributorArgs& args) {
  set_if(contributor.code, args.code);
  set_if(contributor.owner, args.owner);
  set_if(contributor.ops_manager, args.ops_manager);
}

}  // namespace dz::program
