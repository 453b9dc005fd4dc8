// When enough judges hold the same: pure. A change that raises a record goes only with k opinions that agree, those of
// this monitor among them; so does one that lowers a record in service, for that takes traffic away. One that lowers
// what carries nothing needs no one else: it is on the safe side.
//
// An opinion counts when a known judge signed it, of the same network, account, policy and health, not long ago, and
// over minutes that end about where this judge's do. Of one judge the newest counts, once; two of the same time that
// differ show that the judge is not to be believed, and neither counts. Why another does not count is told with it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/words.h"
#include "quorum/opinion.h"

namespace dz::quorum {

inline constexpr Duration kOldest = std::chrono::minutes{2};  // an opinion that counts, both ends included
inline constexpr Duration kAhead = std::chrono::seconds{10};  // of this clock: judges' clocks differ that much
inline constexpr std::chrono::minutes kApart{10};             // between the ends of two windows, at most

enum class Refusal : std::uint8_t {
  UnknownJudge,
  WrongSignature,
  OtherNetwork,
  OtherRecord,
  OtherAccount,  // the record was read before or after it changed
  OtherPolicy,
  OtherHealth,    // the judges disagree
  OtherWindow,    // its minutes end much earlier or later
  WindowNotOver,  // its minutes end after it was made
  FromTheFuture,
  TooOld,
  Superseded,   // the same judge gave a newer one
  Twice,        // the same opinion once more
  Equivocates,  // the same judge gave another at the same time
};
std::string_view to_text(Refusal refusal);  // "other-account", ...

// What has to be held, as the judge that asks holds it.
struct Matter {
  Network network;
  Pubkey record;
  RecordKind kind = RecordKind::Link;
  Hash account{};
  Health health = Health::Unknown;
  std::optional<Minute> window_end;  // none: windows are not compared
  Hash policy{};
};
Matter matter_of(const Opinion& own);

struct RefusedOpinion {
  Opinion opinion;
  Refusal why = Refusal::UnknownJudge;
};

struct Counted {
  std::vector<SignedOpinion> agreeing;  // one a judge, ordered by the judge's key
  std::vector<RefusedOpinion> refused;  // in the order in which they came
};

// `at`: when they are to count. Costs one check of a signature for each that agrees in everything else.
Counted count_opinions(const Matter& matter, std::span<const SignedOpinion> opinions, const std::set<Pubkey>& judges,
                       Timestamp at);

// k of n, this monitor among the n.
struct Rules {
  std::uint32_t k = 1;
  std::set<Pubkey> judges;  // all n keys
};
// Refused, with what was expected: k is 0 or more than there are judges.
Result<void> check_rules(const Rules& rules);

// How many judges must hold it before it is written.
std::uint32_t opinions_needed(Health from, Health to, Status status, std::uint32_t k);

struct Change {
  Health from = Health::Unknown;
  Status status = Status::Pending;
};

struct Agreement {
  std::uint32_t needed = 1;
  Counted counted;
  std::vector<Pubkey> unheard;  // judges that no opinion of this record came from
  bool reached() const { return counted.agreeing.size() >= needed; }
};

// own: the opinion behind the change, signed by this monitor. opinions: what others said.
Agreement agreement(const Change& change, const SignedOpinion& own, std::span<const SignedOpinion> opinions,
                    const Rules& rules, Timestamp now);

}  // namespace dz::quorum
