// Rows of one push request, parsed and ready for the evidence; also what the evidence journal keeps. Interfaces
// are named once per batch, so that a row holds a number instead of a key and a text.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "evidence/evidence.h"

namespace dz::telemetry {

struct RowBatch {
  struct Port {
    Pubkey device;
    std::string interface;
    bool operator==(const Port&) const = default;
  };
  struct Counters {
    std::uint32_t port = 0;  // index into ports
    evidence::CounterRow row;
    bool operator==(const Counters&) const = default;
  };
  struct Getconfig {
    Pubkey device;
    Timestamp at;
    std::uint64_t count = 0;
    bool operator==(const Getconfig&) const = default;
  };
  struct Qa {
    Pubkey device;
    Timestamp at;
    bool success = false;
    bool shows_run = true;  // to every device; false: who sent it may speak of this device alone
    bool operator==(const Qa&) const = default;
  };

  struct Value {                  // a value of an added criterion
    std::uint32_t criterion = 0;  // index into added
    evidence::AddedSubject subject;
    Timestamp at;
    std::uint32_t minutes = 1;  // that it speaks for
    bool in_bounds = false;
    bool operator==(const Value&) const = default;
  };

  struct Presence {  // a counters row of an interface that is not heard
    Pubkey device;
    Timestamp at;
    bool operator==(const Presence&) const = default;
  };

  std::vector<Port> ports;
  std::vector<Counters> counters;
  std::vector<Presence> presences;
  std::vector<Getconfig> getconfigs;
  std::vector<Qa> qa_results;
  std::vector<Timestamp> qa_runs;
  std::vector<std::string> added;  // names: numbers change with the policy
  std::vector<Value> values;

  std::size_t rows() const {
    return counters.size() + presences.size() + getconfigs.size() + qa_results.size() + qa_runs.size() + values.size();
  }
  bool operator==(const RowBatch&) const = default;
};

// Takes the rows of some devices out of a batch, in their order. Neither part keeps a port that it has no row of.
RowBatch take_rows_of(RowBatch& batch, const std::function<bool(const Pubkey& device)>& wanted);

// The counters rows of interfaces that the evidence does not hear become presences of their devices, one a device and
// minute, and none of a minute in which the device is known to have been heard. Returns how many rows went that way.
std::size_t drop_unheard(RowBatch& batch, const evidence::Evidence& evidence, Timestamp now);

// Rows that no door should have let in, for they would not be read again as they are: their interface has a name that
// is none (base/valid_text.h), or a value speaks for more than a day.
bool all_readable(const RowBatch& batch);
struct UnreadableRows {
  std::size_t rows = 0;
  std::vector<std::string> reasons;  // one a name
};
UnreadableRows drop_unreadable(RowBatch& rows);

Bytes encode(const RowBatch& batch);
// Corrupt: anything but what encode() wrote. Names are taken as they stand: earlier versions took any bytes.
Result<RowBatch> decode_row_batch(ByteView bytes);

}  // namespace dz::telemetry
