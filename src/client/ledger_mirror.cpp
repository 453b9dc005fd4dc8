#include "client/ledger_mirror.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "wire/addresses.h"

namespace dz::client {
namespace {

constexpr Duration kFirstRetry = std::chrono::seconds{1};
constexpr std::size_t kMostKeysARead = 100;
constexpr std::size_t kMostSingleReads = 1000;  // keys; for more, reading everything is the smaller request

// Those that others refer to come first.
std::vector<wire::AccountType> types_to_read(bool places) {
  using enum wire::AccountType;
  if (places) return {Location, Exchange, Contributor, Permission, Device, Link};
  return {Contributor, Permission, Device, Link};
}

template <typename Record>
void add_keys(std::vector<Pubkey>& keys, const Records<Record>& records) {
  for (const auto& [key, record] : records) keys.push_back(key);
}

// Every key that the snapshot holds of the type, ordered.
std::vector<Pubkey> keys_of(const Snapshot& snapshot, wire::AccountType type) {
  std::vector<Pubkey> keys;
  if (type == wire::AccountType::Location) add_keys(keys, snapshot.locations);
  if (type == wire::AccountType::Exchange) add_keys(keys, snapshot.exchanges);
  if (type == wire::AccountType::Contributor) add_keys(keys, snapshot.contributors);
  if (type == wire::AccountType::Permission) add_keys(keys, snapshot.permissions);
  if (type == wire::AccountType::Device) add_keys(keys, snapshot.devices);
  if (type == wire::AccountType::Link) add_keys(keys, snapshot.links);
  for (const auto& [key, bad] : snapshot.undecodable) {
    if (bad.type == type) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

bool holds(const std::optional<Snapshot>& snapshot, const Pubkey& key) {
  return snapshot &&
         (snapshot->links.contains(key) || snapshot->devices.contains(key) || snapshot->contributors.contains(key) ||
          snapshot->permissions.contains(key) || snapshot->exchanges.contains(key) ||
          snapshot->locations.contains(key) || snapshot->undecodable.contains(key));
}

}  // namespace

Duration longest_without_poll(Duration poll_interval) {
  return std::max<Duration>(3 * poll_interval, std::chrono::seconds{30});
}

std::string overdue_text(std::optional<Timestamp> last_poll, Duration poll_interval, Timestamp now) {
  if (!last_poll) return "the ledger has not been read yet";
  const auto longest = longest_without_poll(poll_interval);
  if (now - *last_poll <= longest) return {};
  return fmt::format(
      "the ledger has not been read for {}: expected every {}, and at most {} apart; the log says why reads fail",
      duration_text(now - *last_poll), duration_text(poll_interval), duration_text(longest));
}

LedgerMirror::LedgerMirror(LedgerClient& client, MirrorOptions options)
    : client_(client),
      options_(std::move(options)),
      view_(client, options_.view),
      types_(types_to_read(options_.places)) {
  const auto& program = options_.ids.serviceability;
  head_ = {wire::program_config_address(program).address, wire::global_state_address(program).address,
           wire::global_config_address(program).address};
}

bool LedgerMirror::is_kept(wire::AccountType type) const {
  const bool head = type == wire::AccountType::ProgramConfig || type == wire::AccountType::GlobalState ||
                    type == wire::AccountType::GlobalConfig;
  return head || std::find(types_.begin(), types_.end(), type) != types_.end();
}

void LedgerMirror::look_at(const Pubkey& account, Slot slot) {
  client_.require_slot(slot);
  dirty_.insert(account);
  urgent_ = true;
}

// An account that was closed is shown without data, and by some ledgers not at all.
void LedgerMirror::look_at(const AccountNotification& change) {
  const bool closed = change.account.data.empty() && holds(snapshot_, change.key);
  if (!closed && !is_kept(wire::account_type(change.account.data))) return;
  client_.require_slot(change.slot);
  dirty_.insert(change.key);
}

std::optional<Timestamp> LedgerMirror::next_read() const {
  std::optional<Timestamp> due = next_poll_;
  if (due && !dirty_.empty()) {
    due = dirty_since_ && !urgent_ ? std::optional(std::min(*due, *dirty_since_ + options_.gather)) : std::nullopt;
  }
  if (!due) return not_before_;
  return not_before_ ? std::max(*due, *not_before_) : *due;
}

MirrorUpdate LedgerMirror::step(Timestamp now) {
  MirrorUpdate update;
  if (!dirty_.empty() && !dirty_since_) dirty_since_ = now;
  if (not_before_ && now < *not_before_) return update;
  if (const auto resumed = view_.resume(); !resumed) {
    retry_later(now, resumed.error(), update);
    return update;
  }
  if (!next_poll_ || now >= *next_poll_ || dirty_.size() > kMostSingleReads) poll(now, update);
  const bool gathered = dirty_since_ && (urgent_ || now >= *dirty_since_ + options_.gather);
  if (!update.failure && snapshot_ && gathered) reread_dirty(now, update);
  if (dirty_.empty()) {
    dirty_since_.reset();
    urgent_ = false;
  }
  return update;
}

const LedgerMirror::ReadAccount* LedgerMirror::account(const Pubkey& key) const {
  const auto found = decoded_.find(key);
  return found == decoded_.end() ? nullptr : &found->second;
}

void LedgerMirror::forget_times() {
  next_poll_.reset();
  not_before_.reset();
  dirty_since_.reset();
}

MirrorUpdate LedgerMirror::read(const std::vector<Pubkey>& accounts) {
  MirrorUpdate update;
  if (const auto done = read_accounts(accounts, update); !done) update.failure = done.error();
  counters_.failures += update.failure ? 1 : 0;
  counters_.accounts_reread += update.failure ? 0 : accounts.size();
  return update;
}

// ---- everything

// What was read before a failure need not be read again: slots only go forward.
void LedgerMirror::poll(Timestamp now, MirrorUpdate& update) {
  if (!poll_began_) poll_began_ = now;
  for (; next_part_ <= types_.size(); ++next_part_) {
    if (const auto read = read_part(next_part_, update); !read) return retry_later(now, read.error(), update);
  }
  if (poll_began_ == now) dirty_.clear();  // what was not shown is not kept here; later hints may be of later slots
  last_poll_ = std::exchange(poll_began_, std::nullopt);
  next_part_ = 0;
  next_poll_ = now + options_.poll_interval;
  update.polled = true;
  ++counters_.polls;
  succeeded();
  if (!first_) return;
  snapshot_ = std::exchange(first_, std::nullopt);
  update.changed = update.everything = true;
}

Snapshot& LedgerMirror::target() {
  if (snapshot_) return *snapshot_;
  if (!first_) {
    first_.emplace();
    first_->ids = options_.ids;
  }
  return *first_;
}

Result<void> LedgerMirror::read_part(std::size_t part, MirrorUpdate& update) {
  return part == 0 ? read_head(update) : read_type(types_[part - 1], update);
}

Result<void> LedgerMirror::read_head(MirrorUpdate& update) { return read_accounts(head_, update); }

Result<void> LedgerMirror::read_type(wire::AccountType type, MirrorUpdate& update) {
  AccountFilters filters;
  filters.memcmp.push_back({0, Bytes{static_cast<std::uint8_t>(type)}});
  auto answer = client_.get_program_accounts(options_.ids.serviceability, filters);
  if (!answer) return with_context("reading the ledger", answer.error());
  auto& snapshot = target();
  std::vector<Pubkey> gone;
  auto found = answer->accounts.begin();
  for (const auto& key : keys_of(snapshot, type)) {
    while (found != answer->accounts.end() && found->key < key) ++found;
    if (found == answer->accounts.end() || found->key != key) gone.push_back(key);
  }
  for (const auto& key : gone) take(key, nullptr, answer->slot, update);
  for (const auto& account : answer->accounts) take(account.key, &account.account, answer->slot, update);
  taken(answer->slot, snapshot);
  return {};
}

// ---- what is said to have changed

void LedgerMirror::reread_dirty(Timestamp now, MirrorUpdate& update) {
  const std::vector<Pubkey> keys(dirty_.begin(), dirty_.end());
  for (std::size_t at = 0; at < keys.size() && snapshot_; at += kMostKeysARead) {
    const auto part = std::span(keys).subspan(at, std::min(kMostKeysARead, keys.size() - at));
    if (const auto read = read_accounts({part.begin(), part.end()}, update); !read) {
      return retry_later(now, read.error(), update);
    }
    counters_.accounts_reread += part.size();
  }
  succeeded();
}

Result<void> LedgerMirror::read_accounts(const std::vector<Pubkey>& keys, MirrorUpdate& update) {
  auto answer = client_.get_multiple_accounts(keys);
  if (!answer) return with_context("reading the ledger", answer.error());
  if (answer->accounts.size() != keys.size()) return corrupt("reading the ledger: not one answer for each account");
  auto& snapshot = target();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& account = answer->accounts[i];
    const bool ours = account && account->owner == options_.ids.serviceability;
    take(keys[i], ours ? &*account : nullptr, answer->slot, update);
  }
  taken(answer->slot, snapshot);
  follow_profile(update);
  return {};
}

// With another profile every link and device reads differently: nothing is known until all of them are read again.
void LedgerMirror::follow_profile(MirrorUpdate& update) {
  auto& snapshot = target();
  const auto* profile = profile_for(snapshot, options_.named);
  if (profile == snapshot.profile) return;
  snapshot.profile = profile;
  decoded_.clear();
  if (!snapshot_) return;
  first_ = std::exchange(snapshot_, std::nullopt);
  first_->links.clear();
  first_->devices.clear();
  first_->undecodable.clear();
  next_poll_.reset();
  update.changed = update.everything = true;
}

// ---- what was read

void LedgerMirror::take(const Pubkey& key, const wire::Account* account, Slot slot, MirrorUpdate& update) {
  dirty_.erase(key);
  const bool kept = account != nullptr && is_kept(wire::account_type(account->data));
  if (kept) {
    auto& decoded = decoded_[key];
    decoded.slot = slot;
    if (decoded.data == account->data) return;
    decoded.data = account->data;
  } else {
    decoded_.erase(key);
  }
  if (!put_account(target(), key, kept ? account : nullptr)) return;
  update.changed = true;
  update.records.push_back(key);
}

void LedgerMirror::taken(Slot slot, Snapshot& into) {
  into.slot = std::max(into.slot, slot);
  view_.saw(slot);
}

void LedgerMirror::succeeded() {
  failures_ = 0;
  not_before_.reset();
}

void LedgerMirror::retry_later(Timestamp now, const Error& error, MirrorUpdate& update) {
  ++failures_;
  ++counters_.failures;
  not_before_ = now + std::min<Duration>(options_.poll_interval, kFirstRetry * (1 << std::min(failures_ - 1, 6)));
  update.failure = error;
}

}  // namespace dz::client
