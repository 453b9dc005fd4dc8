// What the monitor keeps on its disk. Its checksums are right here, for every bit of a checksum can be right by bad
// luck or by an older program: what is in there must do no harm even so.
#include <optional>

#include "base/check.h"
#include "evidence/snapshot.h"
#include "input.h"
#include "targets.h"
#include "telemetry/durable_evidence.h"

namespace dz::fuzz {
namespace {

constexpr Timestamp kNow{std::chrono::hours{494'000}};

// As docs/formats/evidence.md has it: FNV-1a of all before it, little-endian.
Bytes with_checksum(ByteView body) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const auto byte : body) hash = (hash ^ byte) * 0x100000001b3U;
  Bytes bytes(body.begin(), body.end());
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<std::uint8_t>(hash >> (8 * i)));
  return bytes;
}

void use(evidence::Evidence& evidence) {
  const auto now = kNow + std::chrono::minutes{3};
  for (const auto& named : evidence.named_interfaces()) {
    (void)evidence.add_counters(named.device, named.name, {now, 1, 1, 1, {}, {}}, now);
  }
  Pubkey device;
  device.bytes.fill(1);
  (void)evidence.add_counters(device, "Ethernet1", {now, 2, 2, 0, {}, {}}, now);
  (void)evidence.add_getconfig(device, now, 1, now);
  evidence.accepting(kNow, now);
  evidence.advance(now);
}

}  // namespace

// A snapshot without its checksum.
int snapshot_target(ByteView bytes) {
  (void)evidence::restore_evidence(bytes);
  const auto whole = with_checksum(bytes);
  auto evidence = evidence::restore_evidence(whole);
  if (!evidence) {
    DZ_CHECK(can_be_told(evidence.error().message));
    return 0;
  }
  // What it says may be written in another order, and by an older version; written once, it stays as it is.
  const auto first = evidence::snapshot_of(*evidence);
  auto again = evidence::restore_evidence(first);
  DZ_CHECK(again.has_value() && evidence::snapshot_of(*again) == first);
  use(*evidence);
  use(*again);
  const auto used = evidence::snapshot_of(*evidence);
  DZ_CHECK(used == evidence::snapshot_of(*again));
  DZ_CHECK(evidence::restore_evidence(used).has_value());
  return 0;
}

// Entries of the journal: a byte for the kind, one for the minutes since the last entry, two for the length, the body.
int journal_target(ByteView bytes) {
  Input input(bytes);
  auto database = std::move(*storage::SqliteDatabase::open(":memory:"));
  {
    auto file = telemetry::EvidenceFile::open(database);
    DZ_CHECK(file.has_value() && file->load().has_value());
    auto at = kNow;
    for (int n = 0; n < 16 && !input.empty(); ++n) {
      const int kind = input.byte() % 10;
      at += std::chrono::minutes{input.byte()};
      const std::size_t low = input.byte();
      const auto body = input.take(low | std::size_t{input.byte()} << 8);
      const telemetry::EvidenceSpan touches{minute_of(at), telemetry::kUntilNoticed, telemetry::kAllSources};
      DZ_CHECK(file->append({kind, at, touches, body}).has_value());
    }
  }
  const auto later = kNow + std::chrono::hours{72};
  auto evidence = telemetry::DurableEvidence::open(database, {}, later);
  DZ_CHECK(evidence.has_value());
  for (const auto& sentence : evidence->damage()) DZ_CHECK(can_be_told(sentence));
  const auto kept = evidence::snapshot_of(evidence->in_memory());
  // The next start has the same, and nothing new to say of it.
  auto again = telemetry::DurableEvidence::open(database, {}, later);
  DZ_CHECK(again.has_value() && evidence::snapshot_of(again->in_memory()) == kept);
  DZ_CHECK(evidence->damage().empty() || again->damage().empty());
  DZ_CHECK(evidence->pass(later + std::chrono::minutes{2}).has_value());
  return 0;
}

}  // namespace dz::fuzz
