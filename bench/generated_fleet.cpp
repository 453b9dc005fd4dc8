#include "generated_fleet.h"

#include <fmt/format.h>

#include "wire/accounts.h"
#include "wire/addresses.h"

namespace dz {
namespace {

// Numbers that no other account has.
AccountIndex device_index(int number) { return AccountIndex{1'000} + static_cast<AccountIndex>(number); }
AccountIndex link_index(int number) { return AccountIndex{1'000'000} + static_cast<AccountIndex>(number); }

wire::ProgramAddress device_place(int number) {
  return wire::device_address(wire::local_program_ids().serviceability, device_index(number));
}
wire::ProgramAddress link_place(int number) {
  return wire::link_address(wire::local_program_ids().serviceability, link_index(number));
}

// Links leave a device by its lower ports and arrive at the upper ones.
std::string port(int number) { return fmt::format("Ethernet{}/1", number + 1); }

Interface interface_named(std::string name) {
  Interface interface;
  interface.status = InterfaceStatus::Activated;
  interface.name = std::move(name);
  interface.type = InterfaceType::Physical;
  interface.bandwidth = 100'000'000'000;
  return interface;
}

Device device_of(int number, int links_of_each, const Pubkey& contributor) {
  Device device;
  device.owner = contributor;
  device.index = device_index(number);
  device.bump = device_place(number).bump;
  device.location = fleet_device(0);  // any key that is not zero
  device.exchange = fleet_device(0);
  const auto low = static_cast<std::uint32_t>(number);
  device.public_ip = ipv4_from(0x2D000000U + low);
  device.code = fmt::format("metro{:03}-dz{:03}", number / 10, number % 10);
  device.dz_prefixes = {*parse_network(fmt::format("45.{}.{}.0/28", 64 + number / 256, number % 256))};
  device.contributor = contributor;
  device.mgmt_vrf = "default";
  device.health = Health::Healthy;
  for (int i = 0; i < 2 * links_of_each; ++i) device.interfaces.push_back(interface_named(port(i)));
  device.interfaces.push_back(interface_named("Ethernet53/1"));
  device.interfaces.back().dia = Dia::Dia;
  return device;
}

Link link_of(int number, const FleetSize& size, const Pubkey& contributor) {
  const int links_of_each = size.links / size.devices;
  const int device = number % size.devices, nth = number / size.devices;
  Link link;
  link.owner = contributor;
  link.index = link_index(number);
  link.bump = link_place(number).bump;
  link.side_a = fleet_device(device);
  link.side_z = fleet_device((device + nth + 1) % size.devices);
  link.bandwidth = 100'000'000'000;
  link.mtu = 9000;
  link.delay_ns = 5'000'000;
  link.jitter_ns = 100'000;
  link.tunnel_id = static_cast<std::uint16_t>(number % 1024);
  link.tunnel_net =
      *parse_network(fmt::format("172.{}.{}.{}/31", 16 + number / 32768 % 16, number / 128 % 256, number % 128 * 2));
  link.code = fmt::format("metro{:03}-dz{:03}:link{}", device / 10, device % 10, nth);
  link.contributor = contributor;
  link.side_a_iface = port(nth);
  link.side_z_iface = port(links_of_each + nth);
  link.health = Health::Healthy;
  if (number < size.waiting) {
    link.status = Status::HardDrained;
    link.health = Health::Pending;
  }
  return link;
}

wire::Account account_of(Bytes data) {
  wire::Account account;
  account.lamports = 6'960 * (128 + data.size());
  account.owner = wire::local_program_ids().serviceability;
  account.data = std::move(data);
  return account;
}

}  // namespace

Pubkey fleet_device(int number) { return device_place(number).address; }
Pubkey fleet_link(int number) { return link_place(number).address; }

Result<void> put_fleet(ledger::Ledger& ledger, const FleetSize& size, const Pubkey& contributor,
                       const Profile& profile) {
  ledger::Batch batch;
  batch.slot = ledger.bank().slot();
  for (int i = 0; i < size.devices; ++i) {
    batch.accounts[fleet_device(i)] =
        account_of(wire::encode(device_of(i, size.links / size.devices, contributor), profile));
  }
  for (int i = 0; i < size.links; ++i) {
    batch.accounts[fleet_link(i)] = account_of(wire::encode(link_of(i, size, contributor), profile));
  }
  return ledger.archive().commit(batch);
}

}  // namespace dz
