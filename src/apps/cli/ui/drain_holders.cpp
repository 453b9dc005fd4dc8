#include "apps/cli/ui/drain_holders.h"

#include <map>

#include <fmt/format.h>

#include "client/record_trail.h"

namespace dz::cli {
namespace {

constexpr std::size_t kMostRequests = 300;  // to go back through the transactions of one link

// What a key last wrote to the record since the record was last in service.
struct LastWord {
  bool drained = false;
  bool wanted = false;  // it wrote desired_status, not only status
  std::optional<Timestamp> time;
};
using LastWords = std::map<Pubkey, LastWord>;

bool says_drained(const RecordEvent& event) {
  return (event.status && is_drained(*event.status)) || (event.desired_status && is_drained(*event.desired_status));
}
bool is_start_of_service(const RecordEvent& event) {
  return event.kind != RecordEventKind::Written || event.status == Status::Activated;
}

// From the newest event backwards; true when it reached the time when the record was last in service.
bool collect(const std::vector<RecordEvent>& events, LastWords& words) {
  words.clear();
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (is_start_of_service(*event)) return true;
    if (event->status || event->desired_status) {
      words.try_emplace(
          event->signer,
          LastWord{.drained = says_drained(*event), .wanted = event->desired_status.has_value(), .time = event->time});
    }
  }
  return false;
}

// Nothing when the ledger no longer keeps the transactions that would tell.
Result<std::optional<LastWords>> last_words(client::LedgerClient& ledger, const client::Snapshot& snapshot,
                                            const Profile& profile, const Pubkey& record) {
  client::RecordTrail trail(record, snapshot.ids, profile);
  std::size_t requests = kMostRequests;
  DZ_TRY_ASSIGN(bool done, trail.catch_up(ledger, requests));
  for (LastWords words; done;) {
    if (collect(trail.known().events, words) || trail.known().from_creation) return words;
    if (trail.exhausted()) break;
    DZ_TRY_ASSIGN(done, trail.reach_back(ledger, requests));
  }
  return std::nullopt;
}

// How people know the key: as a side of the link, or by its address.
std::string name_of(const client::Snapshot& snapshot, const Link& link, const Pubkey& key) {
  const auto roles = roles_for_link(snapshot, link, key);
  if (roles.side_a)
    return fmt::format("side A, contributor '{}'", client::code_of(snapshot.contributors, link.contributor));
  if (roles.side_z) {
    return fmt::format("side Z, contributor '{}'",
                       client::code_of(snapshot.contributors, side_z_contributor(snapshot, link)));
  }
  return fmt::format("key {}, of neither side,", to_text(key));
}

struct Holder {
  std::string name;
  std::optional<Timestamp> since;
};

// Who else drained the record last. A third key that wrote only status may have followed a side's desired_status, as an
// activator does; it counts only when no side wrote anything.
std::vector<Holder> other_holders(const client::Snapshot& snapshot, const Link& link, const Pubkey& signer,
                                  const LastWords& words) {
  const auto own = roles_for_link(snapshot, link, signer);
  std::vector<Holder> sides, third;
  bool side_spoke = false;
  for (const auto& [key, word] : words) {
    const auto roles = roles_for_link(snapshot, link, key);
    side_spoke |= roles.contributor();
    const bool mine = key == signer || (roles.side_a && own.side_a) || (roles.side_z && own.side_z);
    if (mine || !word.drained) continue;
    const Holder holder{name_of(snapshot, link, key), word.time};
    if (roles.contributor() || word.wanted) {
      sides.push_back(holder);
    } else {
      third.push_back(holder);
    }
  }
  if (sides.empty() && !side_spoke) return third;
  return sides;
}

Error undrain_needs_yes(const LifecycleRecord& record, std::string_view reason) {
  return {ErrorKind::Refused, fmt::format("{} '{}' stays as it is: {}\n{}; agree with them, then say --yes",
                                          record.noun, record.code, state_text(record), reason)};
}

}  // namespace

Result<void> check_other_side(client::LedgerClient& ledger, const client::Snapshot& snapshot, const Pubkey& signer,
                              const LifecycleRecord& record, bool yes) {
  const bool kept = record.state.two_sided && is_drained(record.state.status);
  if (!kept || yes || record.rules.program_keeps_holds) return {};
  const auto& link = snapshot.links.at(record.key);
  const auto words = last_words(ledger, snapshot, *record.rules.profile, record.key);
  if (!words || !*words) {
    const auto reason = words ? std::string("the ledger does not keep so much of its history") : words.error().message;
    return tl::unexpected(
        undrain_needs_yes(record, fmt::format("who drained it cannot be told ({}): it may be the other side", reason)));
  }
  const auto holders = other_holders(snapshot, link, signer, **words);
  if (holders.empty()) return {};
  const auto& first = holders.front();
  const auto since = first.since ? fmt::format(" at {}", to_text(*first.since)) : "";
  return tl::unexpected(undrain_needs_yes(record, fmt::format("{} drained it{}", first.name, since)));
}

}  // namespace dz::cli
