// What people do to the records.
#include <fmt/format.h>

#include "base/check.h"
#include "client/sender.h"
#include "monitor/monitor_api.h"
#include "sim/world.h"
#include "wire/instructions/solana.h"

namespace dz::sim {

const wire::Keypair& World::keypair_of(Person person) const {
  if (person == Person::Alpha) return network_.alpha;
  return person == Person::Beta ? network_.beta : network_.foundation;
}

bool World::tell_maintenance(const Pubkey& record, Timestamp to, std::string why, Person by) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now());
  const control::MaintenanceWindow window{record, second, to, std::move(why)};
  const auto statement = control::statement_of(to_text(*network_.client().get_genesis_hash()), window);
  const auto& key = keypair_of(by);
  bool taken = true;
  for (auto& host : monitors_) {
    if (!host->monitor) continue;
    const auto told = host->monitor->add_maintenance(window, {key.pubkey(), key.sign(as_bytes(statement))}, now());
    tell(fmt::format("{} is told of a maintenance until {}: {}", host->name, dz::to_text(to),
                     told ? told->id : told.error().message));
    taken = taken && told.has_value();
    if (host == monitors_.front() && told) maintenances_.push_back(*told);
  }
  return taken;
}

template <typename Act>
bool World::as(Person person, std::string_view what, const std::string& code, Act act) {
  const auto& key = keypair_of(person);
  constexpr std::array kNames{"alpha", "beta", "the foundation"};
  auto by = network_.as(key);
  const auto done = act(by, key);
  tell(fmt::format("{}: {} {}{}", kNames[static_cast<std::size_t>(person)], what, code,
                   done ? "" : ": refused: " + done.error().message.substr(0, 160)));
  return done.has_value();
}

bool World::drain_link(std::size_t which, Status status, Person person) {
  const auto code = link_specs_[which].code;
  const auto* record = link(which);
  if (record == nullptr) return false;
  const auto copy = *record;
  const bool done = as(person, fmt::format("drain ({})", to_text(status)), code,
                       [&](client::Provisioner& by, const wire::Keypair& key) {
                         return by.drain_link({link_keys_[which], &copy}, status, network_.side_of(key, code));
                       });
  if (done) drains_[link_keys_[which]] = {person, now()};
  return done;
}

bool World::undrain_link(std::size_t which, Person person) {
  const auto code = link_specs_[which].code;
  const auto* record = link(which);
  if (record == nullptr) return false;
  const auto copy = *record;
  return as(person, "undrain", code, [&](client::Provisioner& by, const wire::Keypair& key) {
    return by.undrain_link({link_keys_[which], &copy}, network_.side_of(key, code));
  });
}

bool World::write_health(std::size_t which, Health health, Person person) {
  return as(
      person, fmt::format("write health {}", to_text(health)), link_specs_[which].code,
      [&](client::Provisioner& by, const wire::Keypair&) { return by.set_link_health(link_keys_[which], health); });
}

bool World::want_link(std::size_t which, DesiredStatus desired, Person person) {
  const auto code = link_specs_[which].code;
  const auto* record = link(which);
  if (record == nullptr) return false;
  const auto copy = *record;
  wire::UpdateLinkArgs args;
  args.desired_status = desired;
  const bool done = as(person, fmt::format("want {}", to_text(desired)), code,
                       [&](client::Provisioner& by, const wire::Keypair& key) {
                         return by.update_link({link_keys_[which], &copy}, args, network_.side_of(key, code));
                       });
  if (done && desired != DesiredStatus::Activated) drains_[link_keys_[which]] = {person, now()};
  return done;
}

bool World::drain_device(std::size_t which, Status status, Person person) {
  if (options_.live) status = Status::Drained;  // the only one that devices have there
  const auto copy = *device_record(which);
  const bool done = as(person, fmt::format("drain ({}) device", to_text(status)), copy.code,
                       [&](client::Provisioner& by, const wire::Keypair&) {
                         return by.drain_device({devices_[which].key(), &copy}, status);
                       });
  if (done) drains_[devices_[which].key()] = {person, now()};
  return done;
}

bool World::undrain_device(std::size_t which, Person person) {
  const auto copy = *device_record(which);
  return as(person, "undrain device", copy.code, [&](client::Provisioner& by, const wire::Keypair&) {
    return by.undrain_device({devices_[which].key(), &copy});
  });
}

bool World::override_link(std::size_t which, Status status) {
  const auto* record = link(which);
  if (record == nullptr) return false;
  const auto copy = *record;
  wire::UpdateLinkArgs args;
  args.status = status;
  return as(Person::Foundation, fmt::format("set status {}", to_text(status)), copy.code,
            [&](client::Provisioner& by, const wire::Keypair&) {
              return by.update_link({link_keys_[which], &copy}, args);
            });
}

bool World::override_device(std::size_t which, Status status) {
  const auto copy = *device_record(which);
  wire::UpdateDeviceArgs args;
  args.status = status;
  return as(Person::Foundation, fmt::format("set status {} of device", to_text(status)), copy.code,
            [&](client::Provisioner& by, const wire::Keypair&) {
              return by.update_device({devices_[which].key(), &copy}, args);
            });
}

bool World::accept_link(std::size_t which) {
  const auto& spec = link_specs_[which];
  network_.accept_link(spec.code, devices_[spec.device_z].spec().ports[spec.port_z].name);
  tell("accepted " + spec.code);
  return true;
}

bool World::delete_link(std::size_t which, Person person) {
  const auto code = link_specs_[which].code;
  const auto* record = link(which);
  if (record == nullptr) return false;
  const auto copy = *record;
  return as(person, "delete", code, [&](client::Provisioner& by, const wire::Keypair& key) {
    return by.delete_link({link_keys_[which], &copy}, network_.side_of(key, code));
  });
}

wire::Signature World::pay_link(std::size_t which) {
  const wire::Instruction instructions[] = {wire::transfer(network_.publisher.pubkey(), link_keys_[which], 1)};
  client::TransactionSender sender(network_.client(), {network_.clock(), [](Duration) {}});
  const auto sent = sender.send(instructions, network_.publisher);
  DZ_CHECK(sent && std::holds_alternative<client::Landed>(sent->result));
  tell("somebody pays a lamport to " + link_specs_[which].code);
  hint(link_keys_[which]);
  return sent->signature;
}

net::HttpResponse World::request(std::size_t which, const net::HttpRequest& request) {
  auto& host = *monitors_[which];
  return monitor::answer_monitor_request(*host.monitor, request, now() + host.skew);
}

}  // namespace dz::sim
