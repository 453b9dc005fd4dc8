#include "ledger/kept_batch.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/safe_text.h"
#include "ledger/stored_transaction.h"
#include "wire/borsh.h"

namespace dz::ledger {
namespace {

constexpr std::size_t kCompared = 64;    // bytes that are compared at once
constexpr std::size_t kWorthAPart = 16;  // so many equal bytes between two parts: what a part itself takes

void put_bytes(wire::BorshWriter& out, ByteView bytes) {
  out(static_cast<std::uint32_t>(bytes.size()));
  out.raw(bytes);
}

bool get_bytes(wire::BorshCursor& in, Bytes& bytes) {
  std::uint32_t size = 0;
  if (!in.get(size)) return false;
  const auto taken = in.take(size);
  if (taken) bytes.assign(taken->begin(), taken->end());
  return taken.has_value();
}

// Where the two differ next, from `at` on; `end` when they do not.
std::size_t next_difference(ByteView a, ByteView b, std::size_t at, std::size_t end) {
  while (at + kCompared <= end && std::memcmp(a.data() + at, b.data() + at, kCompared) == 0) at += kCompared;
  while (at < end && a[at] == b[at]) ++at;
  return at;
}

std::vector<AccountChange::Part> parts_between(ByteView before, ByteView after) {
  std::vector<AccountChange::Part> parts;
  const auto common = std::min(before.size(), after.size());
  const auto add = [&](std::size_t from, std::size_t to) {
    if (from == to) return;
    parts.push_back({from, Bytes(after.begin() + static_cast<std::ptrdiff_t>(from),
                                 after.begin() + static_cast<std::ptrdiff_t>(to))});
  };
  auto from = next_difference(before, after, 0, common);
  while (from < common) {
    auto to = from + 1, equal = std::size_t{0};
    for (auto i = to; i < common && equal < kWorthAPart; ++i) {
      equal = before[i] == after[i] ? equal + 1 : 0;
      if (equal == 0) to = i + 1;
    }
    const auto next = next_difference(before, after, to, common);
    if (next == common && after.size() > common && common - to < kWorthAPart) break;  // one part with what was added
    add(from, to);
    from = next;
  }
  add(from, after.size());
  return parts;
}

void put_record(wire::BorshWriter& out, const TransactionRecord& record, ByteView stored) {
  out(record.signature.bytes, record.slot.value);
  put_bytes(out, stored);
  out(record.error ? std::optional(boost::json::serialize(to_json(*record.error))) : std::nullopt);
  out(record.logs, record.fee, record.units_consumed, record.pre_balances, record.post_balances);
}

Result<TransactionRecord> get_record(wire::BorshCursor& in) {
  TransactionRecord record;
  std::optional<std::string> error;
  const bool whole = in.get(record.signature.bytes) && in.get(record.slot.value) && get_bytes(in, record.bytes) &&
                     in.get(error) && in.get(record.logs) && in.get(record.fee) && in.get(record.units_consumed) &&
                     in.get(record.pre_balances) && in.get(record.post_balances);
  if (!whole) return corrupt("expected a whole transaction in a batch");
  if (error) {
    boost::system::error_code wrong;
    const auto value = boost::json::parse(*error, wrong);
    if (wrong) return corrupt("expected the error of a transaction as JSON");
    DZ_TRY_ASSIGN(record.error, wire::parse_transaction_error(value));
  }
  DZ_TRY_ASSIGN(auto stored, parse_stored(record.bytes));
  record.bytes.resize(stored.size);
  record.addresses = std::move(stored.addresses);
  return record;
}

void put_change(wire::BorshWriter& out, const AccountChange& change) {
  out(change.key, change.lamports, change.owner, change.executable, change.size_before, change.size);
  out(static_cast<std::uint32_t>(change.parts.size()));
  for (const auto& part : change.parts) {
    out(part.offset);
    put_bytes(out, part.bytes);
  }
}

Result<AccountChange> get_change(wire::BorshCursor& in) {
  AccountChange change;
  std::uint32_t parts = 0;
  bool whole = in.get(change.key) && in.get(change.lamports) && in.get(change.owner) && in.get(change.executable) &&
               in.get(change.size_before) && in.get(change.size) && in.get(parts);
  for (std::uint32_t i = 0; whole && i < parts; ++i) {
    auto& part = change.parts.emplace_back();
    whole = in.get(part.offset) && get_bytes(in, part.bytes);
  }
  if (!whole) return corrupt("expected a whole change of an account in a batch");
  return change;
}

template <typename T, typename Get>
Result<std::vector<T>> get_all(wire::BorshCursor& in, Get get) {
  std::uint32_t count = 0;
  if (!in.get(count)) return corrupt("expected how many follow in a batch");
  std::vector<T> all;
  for (std::uint32_t i = 0; i < count; ++i) {
    DZ_TRY_ASSIGN(auto one, get(in));
    all.push_back(std::move(one));
  }
  return all;
}

Result<SlotAnchor> get_anchor(wire::BorshCursor& in) {
  SlotAnchor anchor{};
  std::int64_t time = 0, length = 0;
  if (!in.get(anchor.slot.value) || !in.get(time) || !in.get(length)) return corrupt("expected a whole anchor");
  anchor.time = Timestamp{Duration{time}};
  anchor.length = Duration{length};
  return anchor;
}

Result<storage::TimeLeap> get_leap(wire::BorshCursor& in) {
  storage::TimeLeap leap{};
  if (!in.get(leap.at) || !in.get(leap.skipped)) return corrupt("expected a whole leap of time");
  return leap;
}

}  // namespace

AccountChange change_of(const Pubkey& key, const wire::Account* before, const wire::Account& after) {
  AccountChange change{key, after.lamports, after.owner, after.executable, std::nullopt, after.data.size(), {}};
  if (before != nullptr) {
    change.size_before = before->data.size();
    change.parts = parts_between(before->data, after.data);
  } else if (!after.data.empty()) {
    change.parts = {{0, after.data}};
  }
  return change;
}

Result<void> apply_change(const AccountChange& change, wire::Account& account) {
  if (change.size_before && *change.size_before != account.data.size()) {
    return corrupt(fmt::format("account {}: expected {} bytes before a change, found {}", to_text(change.key),
                               *change.size_before, account.data.size()));
  }
  account.lamports = change.lamports;
  account.owner = change.owner;
  account.executable = change.executable;
  if (!change.size_before) account.data.clear();
  account.data.resize(change.size);
  for (const auto& part : change.parts) {
    if (part.offset > change.size || part.bytes.size() > change.size - part.offset) {
      return corrupt(
          fmt::format("account {}: expected a change within its {} bytes", to_text(change.key), change.size));
    }
    std::copy(part.bytes.begin(), part.bytes.end(), account.data.begin() + static_cast<std::ptrdiff_t>(part.offset));
  }
  return {};
}

KeptBatch keep(const Batch& batch) {
  KeptBatch kept{batch.slot, batch.forget_before, batch.transactions, {}, batch.new_anchors, batch.leaps};
  for (auto& record : kept.transactions) {
    for (auto& line : record.logs) line = valid_utf8(line);
  }
  for (const auto& [key, account] : batch.accounts) {
    const auto before = batch.before.find(key);
    kept.accounts.push_back(change_of(key, before == batch.before.end() ? nullptr : &before->second, account));
  }
  return kept;
}

Result<Bytes> encode(const KeptBatch& batch) {
  wire::BorshWriter out;
  out(batch.slot.value, batch.forget_before.value);
  out(static_cast<std::uint32_t>(batch.transactions.size()));
  for (const auto& record : batch.transactions) {
    DZ_TRY_ASSIGN(const auto stored, stored_bytes(record.bytes, record.addresses));
    put_record(out, record, stored);
  }
  out(static_cast<std::uint32_t>(batch.accounts.size()));
  for (const auto& change : batch.accounts) put_change(out, change);
  out(static_cast<std::uint32_t>(batch.new_anchors.size()));
  for (const auto& anchor : batch.new_anchors) {
    out(anchor.slot.value, std::int64_t{anchor.time.time_since_epoch().count()}, std::int64_t{anchor.length.count()});
  }
  out(static_cast<std::uint32_t>(batch.leaps.size()));
  for (const auto& leap : batch.leaps) out(leap.at, leap.skipped);
  return std::move(out).take();
}

Result<KeptBatch> decode_kept_batch(ByteView bytes) {
  wire::BorshCursor in(bytes);
  KeptBatch batch;
  if (!in.get(batch.slot.value) || !in.get(batch.forget_before.value)) return corrupt("expected a batch, found less");
  DZ_TRY_ASSIGN(batch.transactions, get_all<TransactionRecord>(in, get_record));
  DZ_TRY_ASSIGN(batch.accounts, get_all<AccountChange>(in, get_change));
  DZ_TRY_ASSIGN(batch.new_anchors, get_all<SlotAnchor>(in, get_anchor));
  DZ_TRY_ASSIGN(batch.leaps, get_all<storage::TimeLeap>(in, get_leap));
  if (!in.empty()) return corrupt("expected a batch, found more after it");
  return batch;
}

}  // namespace dz::ledger
