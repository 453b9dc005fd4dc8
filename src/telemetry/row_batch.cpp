#include "telemetry/row_batch.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/valid_text.h"
#include "wire/borsh.h"

namespace dz::telemetry {
namespace {

std::int64_t micros(Timestamp t) { return t.time_since_epoch().count(); }
Timestamp from_micros(std::int64_t n) { return Timestamp{Duration{n}}; }

template <typename Row, typename Write>
void put_rows(wire::BorshWriter& writer, const std::vector<Row>& rows, Write write) {
  writer(static_cast<std::uint32_t>(rows.size()));
  for (const auto& row : rows) write(row);
}

template <typename Row, typename Read>
bool get_rows(wire::BorshCursor& cursor, std::vector<Row>& rows, Read read) {
  std::uint32_t count = 0;
  if (!cursor.get(count)) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!read(rows.emplace_back())) return false;  // grows by what is there: the count is not trusted
  }
  return true;
}

bool get_time(wire::BorshCursor& cursor, Timestamp& t) {
  std::int64_t n = 0;
  if (!cursor.get(n)) return false;
  t = from_micros(n);
  return true;
}

constexpr std::uint32_t kMostMinutes = 24 * 60;

Result<void> check_value(const RowBatch::Value& value) {
  if (value.minutes > kMostMinutes) {
    return refused("a value: expected that it speaks for a day at most, found " + std::to_string(value.minutes) +
                   " minutes; ask for it more often");
  }
  return value.subject.interface.empty() ? Result<void>{} : check_name("interface", value.subject.interface);
}

// Discards and carrier transitions stand behind all else, of the rows that have some: batches were written before there
// were any, and most have none.
bool has_events(const evidence::CounterRow& row) {
  return row.in_discards || row.out_discards || row.carrier_transitions;
}

void put_events(wire::BorshWriter& w, const RowBatch& batch) {
  const auto count = std::count_if(batch.counters.begin(), batch.counters.end(),
                                   [](const RowBatch::Counters& c) { return has_events(c.row); });
  if (count == 0 && batch.presences.empty()) return;
  w(static_cast<std::uint32_t>(count));
  for (std::size_t i = 0; i < batch.counters.size(); ++i) {
    const auto& row = batch.counters[i].row;
    if (has_events(row)) w(static_cast<std::uint32_t>(i), row.in_discards, row.out_discards, row.carrier_transitions);
  }
}

bool get_events(wire::BorshCursor& c, RowBatch& batch) {
  std::uint32_t count = 0;
  if (!c.get(count) || count > batch.counters.size()) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t number = 0;
    if (!c.get(number) || number >= batch.counters.size()) return false;
    auto& row = batch.counters[number].row;
    if (!c.get(row.in_discards) || !c.get(row.out_discards) || !c.get(row.carrier_transitions)) return false;
  }
  return true;
}

// Behind the events; only a monitor of a part of the fleet has any.
void put_presences(wire::BorshWriter& w, const RowBatch& batch) {
  if (batch.presences.empty()) return;
  put_rows(w, batch.presences, [&](const auto& p) { w(p.device, micros(p.at)); });
}

bool get_presences(wire::BorshCursor& c, RowBatch& batch) {
  return get_rows(c, batch.presences, [&](auto& p) { return c.get(p.device) && get_time(c, p.at); }) &&
         !batch.presences.empty();
}

// Bit 0: success. Bit 1: it shows no run.
std::uint8_t qa_bits(const RowBatch::Qa& q) {
  return static_cast<std::uint8_t>((q.success ? 1U : 0U) | (q.shows_run ? 0U : 2U));
}

bool get_qa_bits(wire::BorshCursor& cursor, RowBatch::Qa& q) {
  std::uint8_t bits = 0;
  if (!cursor.get(bits) || bits > 3) return false;
  q.success = (bits & 1U) != 0;
  q.shows_run = (bits & 2U) == 0;
  return true;
}

bool get_value(wire::BorshCursor& cursor, const RowBatch& batch, RowBatch::Value& m) {
  return cursor.get(m.criterion) && m.criterion < batch.added.size() && cursor.get(m.subject.key) &&
         cursor.get_any_text(m.subject.interface) && get_time(cursor, m.at) && cursor.get(m.minutes) &&
         m.minutes <= kMostMinutes && cursor.get(m.in_bounds);
}

// What `wanted` says of a row goes from one list to the other, in order.
template <typename Row, typename Wanted>
void move_rows(std::vector<Row>& from, std::vector<Row>& to, const Wanted& wanted) {
  const auto moved = std::stable_partition(from.begin(), from.end(), [&](const Row& row) { return !wanted(row); });
  to.assign(std::make_move_iterator(moved), std::make_move_iterator(from.end()));
  from.erase(moved, from.end());
}

void drop_unused_ports(RowBatch& batch) {
  constexpr auto kUnused = static_cast<std::uint32_t>(-1);
  std::vector<std::uint32_t> moved(batch.ports.size(), kUnused);
  std::vector<RowBatch::Port> used;
  for (auto& row : batch.counters) {
    auto& to = moved[row.port];
    if (to == kUnused) {
      to = static_cast<std::uint32_t>(used.size());
      used.push_back(std::move(batch.ports[row.port]));
    }
    row.port = to;
  }
  batch.ports = std::move(used);
}

}  // namespace

RowBatch take_rows_of(RowBatch& batch, const std::function<bool(const Pubkey& device)>& wanted) {
  RowBatch taken;
  std::vector<char> port_wanted;
  for (const auto& port : batch.ports) port_wanted.push_back(wanted(port.device) ? 1 : 0);
  move_rows(batch.counters, taken.counters, [&](const auto& row) { return port_wanted[row.port] != 0; });
  move_rows(batch.presences, taken.presences, [&](const auto& row) { return wanted(row.device); });
  move_rows(batch.getconfigs, taken.getconfigs, [&](const auto& row) { return wanted(row.device); });
  move_rows(batch.qa_results, taken.qa_results, [&](const auto& row) { return wanted(row.device); });
  if (!taken.counters.empty()) taken.ports = batch.ports;
  drop_unused_ports(taken);
  drop_unused_ports(batch);
  return taken;
}

std::size_t drop_unheard(RowBatch& batch, const evidence::Evidence& evidence, Timestamp now) {
  std::vector<bool> heard;
  for (const auto& port : batch.ports) heard.push_back(evidence.hears(port.device, port.interface));
  if (std::find(heard.begin(), heard.end(), false) == heard.end()) return 0;
  const auto oldest = now - evidence::kRingLength;
  std::set<std::pair<Pubkey, Minute>> told;
  std::size_t dropped = 0;
  std::vector<RowBatch::Counters> kept;
  for (auto& row : batch.counters) {
    if (heard[row.port]) {
      kept.push_back(std::move(row));
      continue;
    }
    ++dropped;
    const auto& device = batch.ports[row.port].device;
    const auto at = row.row.at;
    if (at < oldest || at > now) {  // it may be refused, by its own time
      if (row.row.in_octets || row.row.out_octets || at > now) batch.presences.push_back({device, at});
    } else if (told.emplace(device, minute_of(at)).second &&
               evidence.minute(evidence.find_device(device), evidence::Signal::Reporting, minute_of(at)) !=
                   evidence::MinuteState::Good) {
      batch.presences.push_back({device, at});
    }
  }
  batch.counters = std::move(kept);
  drop_unused_ports(batch);
  return dropped;
}

bool all_readable(const RowBatch& batch) {
  return std::all_of(batch.ports.begin(), batch.ports.end(),
                     [](const auto& port) { return check_name("interface", port.interface).has_value(); }) &&
         std::all_of(batch.values.begin(), batch.values.end(),
                     [](const auto& value) { return check_value(value).has_value(); });
}

UnreadableRows drop_unreadable(RowBatch& rows) {
  UnreadableRows dropped;
  std::vector<bool> readable;
  for (const auto& port : rows.ports) {
    const auto checked = check_name("interface", port.interface);
    readable.push_back(checked.has_value());
    if (!checked) dropped.reasons.push_back("device " + to_text(port.device) + ": " + checked.error().message);
  }
  dropped.rows = std::erase_if(rows.counters, [&](const auto& row) { return !readable[row.port]; });
  drop_unused_ports(rows);
  dropped.rows += std::erase_if(rows.values, [&](const auto& value) {
    const auto checked = check_value(value);
    if (!checked) dropped.reasons.push_back(checked.error().message);
    return !checked;
  });
  return dropped;
}

Bytes encode(const RowBatch& batch) {
  wire::BorshWriter w;
  put_rows(w, batch.ports, [&](const auto& p) { w(p.device, p.interface); });
  put_rows(w, batch.counters, [&](const auto& c) {
    w(c.port, micros(c.row.at), c.row.in_octets, c.row.out_octets, c.row.in_errors, c.row.out_errors,
      c.row.in_fcs_errors);
  });
  put_rows(w, batch.getconfigs, [&](const auto& g) { w(g.device, micros(g.at), g.count); });
  put_rows(w, batch.qa_results, [&](const auto& q) { w(q.device, micros(q.at), qa_bits(q)); });
  put_rows(w, batch.qa_runs, [&](const auto& t) { w(micros(t)); });
  put_rows(w, batch.added, [&](const auto& name) { w(name); });
  put_rows(w, batch.values, [&](const auto& m) {
    w(m.criterion, m.subject.key, m.subject.interface, micros(m.at), m.minutes, m.in_bounds);
  });
  put_events(w, batch);
  put_presences(w, batch);
  return std::move(w).take();
}

Result<RowBatch> decode_row_batch(ByteView bytes) {
  wire::BorshCursor c(bytes);
  RowBatch batch;
  const bool whole =
      get_rows(c, batch.ports, [&](auto& p) { return c.get(p.device) && c.get_any_text(p.interface); }) &&
      get_rows(c, batch.counters,
               [&](auto& r) {
                 return c.get(r.port) && r.port < batch.ports.size() && get_time(c, r.row.at) &&
                        c.get(r.row.in_octets) && c.get(r.row.out_octets) && c.get(r.row.in_errors) &&
                        c.get(r.row.out_errors) && c.get(r.row.in_fcs_errors);
               }) &&
      get_rows(c, batch.getconfigs, [&](auto& g) { return c.get(g.device) && get_time(c, g.at) && c.get(g.count); }) &&
      get_rows(c, batch.qa_results,
               [&](auto& q) { return c.get(q.device) && get_time(c, q.at) && get_qa_bits(c, q); }) &&
      get_rows(c, batch.qa_runs, [&](auto& t) { return get_time(c, t); }) &&
      (c.empty() ||  // written before there were added criteria
       (get_rows(c, batch.added, [&](auto& name) { return c.get(name); }) &&
        get_rows(c, batch.values, [&](auto& m) { return get_value(c, batch, m); }))) &&
      (c.empty() || get_events(c, batch)) && (c.empty() || get_presences(c, batch)) && c.empty();
  if (!whole) return corrupt("evidence journal: expected a batch of rows, found other bytes");
  return batch;
}

}  // namespace dz::telemetry
