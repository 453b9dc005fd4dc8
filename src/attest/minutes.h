// The minutes that a statement rests on: a leaf for each criterion and signal, and the root over them. Pure; bytes:
// docs/formats/decision.md.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evidence/minute_marks.h"
#include "evidence/tally.h"
#include "transparency/merkle.h"

namespace dz::attest {

using transparency::Hash;

// Every minute [from, to) of one signal, as one criterion judged it.
struct MinutesLeaf {
  // A minute that is bad by what counters said: which.
  struct Offence {
    Minute minute;
    evidence::CounterBits counters = 0;
    bool operator==(const Offence&) const = default;
  };
  // What an error counter said in the first and in the last bad minute: the value before it, as far as it is known, and
  // the last in it.
  struct Value {
    Minute minute;
    evidence::CounterBits counter = 0;
    std::optional<std::uint64_t> before;
    std::uint64_t value = 0;
    bool operator==(const Value&) const = default;
  };

  std::string criterion;                   // "link.a.errors"
  std::optional<evidence::Signal> signal;  // none: results of QA
  evidence::Subject subject;               // whose minutes
  std::optional<Pubkey> link;              // of a criterion over the links of a device: the link it belongs to
  bool parent_port = false;                // counters of the parent port stand in
  bool derived = false;                    // times were derived from the account
  Minute from, to;
  std::vector<evidence::MinuteState> states;  // one a minute; none of QA
  std::uint64_t damped_bad = 0;               // SignalTally::damped_bad
  std::uint64_t rise = 0;                     // SignalTally::rise
  std::vector<Offence> offences;              // in order of time
  std::vector<Value> values;
  std::vector<evidence::QaResult> results;  // QA of the device, oldest first
  std::vector<Timestamp> runs;              // QA of whomever
  bool operator==(const MinutesLeaf&) const = default;
};

Bytes encode(const MinutesLeaf& leaf);
// Corrupt: as decode_statement().
Result<MinutesLeaf> decode_minutes(ByteView bytes);

// The RFC 6962 root over the encoded leaves, in their order.
Hash minutes_root(std::span<const Bytes> leaves);

// What the leaf counts over all its minutes, as the monitor's own evidence tallies it.
evidence::SignalTally tally_of(const MinutesLeaf& leaf, int bad_allowed, int unobserved_allowed);

}  // namespace dz::attest
