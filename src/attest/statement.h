// What a monitor states about one change of health: what it judged, by which policy, what every criterion said, and the
// root over the minutes that were judged. It is on disk before the transaction that makes it true is sent, and the
// transaction carries its hash (memo.h). Pure; canonical bytes: docs/formats/decision.md.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/pubkey.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/profile.h"
#include "transparency/merkle.h"
#include "verdict/criterion.h"
#include "verdict/health_table.h"
#include "wire/keypair.h"

namespace dz::attest {

using transparency::Hash;

// How far a source was complete when it was judged by.
struct SourceStatement {
  std::string name;                     // "counters", or the id of an added criterion
  std::optional<Minute> watermark;      // none: it never answered
  std::optional<Minute> suspect_since;  // of a mass silence
  bool disputed = false;                // two stores told different things of it
  Duration delay{};                     // a minute is complete so long after its end
  bool operator==(const SourceStatement&) const = default;
};

struct CriterionStatement {
  // Over minutes: of the signal that decided, as its leaf has them.
  struct Counts {
    Minute from, to;  // [from, to)
    std::uint32_t good = 0, bad = 0, unobserved = 0;
    bool operator==(const Counts&) const = default;
  };
  // Of QA results in [from, to).
  struct Results {
    Minute from, to;
    std::uint32_t successes = 0, failures = 0;
    bool operator==(const Results&) const = default;
  };
  // Over several interfaces or links: how many there were, and how many of them met it. The leaves are those of the one
  // that decided.
  struct Candidates {
    std::uint32_t asked = 0, met = 0;
    bool operator==(const Candidates&) const = default;
  };

  std::string name;  // "link.a.errors"
  verdict::Mode mode = verdict::Mode::Enforce;
  bool gates = false;
  verdict::Judgement judgement = verdict::Judgement::Unknown;
  bool stale = false;           // its source was too old to judge by
  bool damped_failure = false;  // so bad that traffic has to leave
  std::optional<Counts> counts;
  std::optional<Results> results;
  std::optional<Candidates> candidates;
  bool operator==(const CriterionStatement&) const = default;
};

// Another judge that agreed: what its signature is over besides what the statement has (quorum/opinion.h).
struct OpinionStatement {
  Pubkey key;
  Minute window_end;  // up to which its sources were complete
  Timestamp made_at;
  wire::Signature signature;
  bool operator==(const OpinionStatement&) const = default;
};

struct Statement {
  // Whose network, who says it, about what.
  Hash genesis{};
  Pubkey program;  // serviceability
  Pubkey monitor;
  RecordKind kind = RecordKind::Link;
  Pubkey record;

  // The record as it was judged: sha256() of its data, and a slot at which it was read like that.
  Hash account{};
  Slot slot;
  Status status = Status::Pending;
  DesiredStatus desired_status = DesiredStatus::Activated;

  Health from = Health::Unknown, to = Health::Unknown;
  verdict::HealthReason reason = verdict::HealthReason::FirstSight;
  bool reset = false;  // before anything was judged: then there are no sources and no criteria

  Hash policy{};  // SHA-256 of its text
  Timestamp at;   // of the judgement
  // What the monitor remembered of the record: since when it saw this status and desired_status, and when evidence last
  // said something.
  std::optional<Timestamp> present_since, evidence_known_at;
  // The window of its health, in minutes; in slots where the policy gives it so, and whether it was known how long
  // these take.
  std::uint32_t window_minutes = 0;
  std::uint64_t window_slots = 0;
  bool window_known = true;

  std::vector<SourceStatement> sources;      // those that criteria read, in their order
  std::vector<CriterionStatement> criteria;  // of the record, in the order in which they are shown
  Hash minutes{};                            // minutes_root() of the leaves (minutes.h)
  std::vector<OpinionStatement> opinions;    // empty where one monitor decides
  bool operator==(const Statement&) const = default;
};

// The record's key in the bytes.
inline constexpr std::uint32_t kRecordAt = 5 + 3 * 32 + 1;
Bytes encode(const Statement& statement);
// Corrupt: any bytes but those that encode() gives of some statement; the message says what was expected where.
Result<Statement> decode_statement(ByteView bytes);

// By which a log and a transaction know it: the RFC 6962 hash of its bytes.
Hash statement_hash(const Statement& statement);

}  // namespace dz::attest
