// The log of decisions (transparency/log.h) with many statements: what one more costs, what a proof costs, and the disk
// of each. Usage: decision_log_bench [STATEMENTS], 1,000,000 by default; figures of another
// size are not extrapolated.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "attest/statement.h"
#include "base/check.h"
#include "transparency/log.h"

namespace dz::transparency {
namespace {

// A network as large as the largest that pass_bench measures.
constexpr std::size_t kRecords = 10'000;
constexpr std::size_t kBatch = 256, kSingle = 2'000, kProofs = 2'000;

// Of this thread, in us: nothing here waits for the disk, and what else the machine does does not count.
double processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// Of links of a network, each raised on 24 hours of every criterion by two judges that agree: only the record, hashes,
// signatures, times and counts are not those of the one before.
class Statements {
 public:
  Statements() {
    for (std::size_t i = 0; i < kRecords; ++i) random_bytes(records_.emplace_back().bytes);
    random_bytes(alike_.genesis);
    random_bytes(alike_.program.bytes);
    random_bytes(alike_.monitor.bytes);
    random_bytes(alike_.policy);
    alike_.status = Status::HardDrained;
    alike_.from = Health::Impaired;
    alike_.to = Health::Healthy;
    alike_.reason = verdict::HealthReason::Recovered;
    alike_.window_minutes = 1440;
    alike_.opinions.resize(2);
    for (auto& opinion : alike_.opinions) random_bytes(opinion.key.bytes);
    for (const auto* source : {"counters", "samples"}) alike_.sources.push_back({.name = source});
    for (const auto* name : {"link.a.data", "link.a.errors", "link.a.utilization", "link.z.data", "link.z.errors",
                             "link.z.utilization", "link.az.probes", "link.za.probes"}) {
      alike_.criteria.push_back({.name = name, .gates = true, .judgement = verdict::Judgement::Met});
    }
    for (const auto* name : {"link.drained", "link.desired_activated"})
      alike_.criteria.push_back({.name = name, .judgement = verdict::Judgement::Met});
  }

  Bytes next() {
    auto s = alike_;
    at_ += std::chrono::microseconds{below(20'000'000)};
    s.record = records_[below(kRecords)];
    random_bytes(s.account);
    random_bytes(s.minutes);
    s.slot.value = static_cast<std::uint64_t>(at_.time_since_epoch().count()) / 400'000;
    s.at = at_;
    s.present_since = at_ - std::chrono::microseconds{below(200'000'000'000)};
    s.evidence_known_at = at_;
    const auto end = minute_of(at_);
    for (auto& source : s.sources) source.watermark = end;
    for (auto& criterion : s.criteria) {
      if (!criterion.gates) continue;
      const auto unobserved = static_cast<std::uint32_t>(below(20) == 0 ? below(15) : 0);
      criterion.counts = {end - std::chrono::minutes{1440}, end, 1440 - unobserved, 0, unobserved};
    }
    for (auto& opinion : s.opinions) {
      const bool own = &opinion == &s.opinions.front();
      opinion.made_at = own ? at_ : at_ - std::chrono::microseconds{below(30'000'000)};
      opinion.window_end = end;
      random_bytes(opinion.signature.bytes);
    }
    return encode(s);
  }
  std::uint64_t below(std::uint64_t n) { return std::uniform_int_distribution<std::uint64_t>(0, n - 1)(random_); }

 private:
  template <typename Array>
  void random_bytes(Array& bytes) {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_());
  }

  std::mt19937_64 random_{1};
  attest::Statement alike_;
  std::vector<Pubkey> records_;
  Timestamp at_{std::chrono::hours{494'000}};
};

struct Costs {
  std::vector<double> all;
  template <typename Call>
  void time(const Call& call) {
    const double begin = processor_time();
    call();
    all.push_back(processor_time() - begin);
  }
  void print(const char* what) {
    std::sort(all.begin(), all.end());
    double sum = 0;
    for (const double one : all) sum += one;
    std::printf("%-42s mean %8.1f us  median %8.1f us  99 %% below %8.1f us\n", what,
                sum / static_cast<double>(all.size()), all[all.size() / 2], all[all.size() * 99 / 100]);
  }
};

void run(std::uint64_t count, const std::string& folder) {
  auto database = *storage::SqliteDatabase::open(folder + "/log.db");
  DZ_CHECK(database.sync_when_asked().has_value());  // as the monitor's
  auto log = *Log::open(database, attest::kRecordAt);
  Statements statements;
  std::size_t bytes = 0;
  Costs batches, single, proofs, consistency;
  while (*log.size() + kSingle < count) {
    std::vector<Bytes> entries;
    for (std::size_t i = 0; i < kBatch; ++i) bytes += entries.emplace_back(statements.next()).size();
    batches.time([&] { DZ_CHECK(log.append(entries).has_value()); });
  }
  for (auto& batch : batches.all) batch /= kBatch;
  for (std::size_t i = 0; i < kSingle; ++i) {
    const std::vector<Bytes> entry = {statements.next()};
    bytes += entry[0].size();
    single.time([&] { DZ_CHECK(log.append(entry).has_value()); });
  }
  const auto size = *log.size();
  for (std::size_t i = 0; i < kProofs; ++i) {
    const auto index = statements.below(size);
    proofs.time([&] { DZ_CHECK(log.inclusion_proof(index, size).has_value()); });
    consistency.time([&] { DZ_CHECK(log.consistency_proof(index, size).has_value()); });
  }
  DZ_CHECK(database.execute("PRAGMA wal_checkpoint(TRUNCATE)").has_value());
  std::printf("%llu statements of %.0f bytes, of %zu links\n", static_cast<unsigned long long>(size),
              static_cast<double>(bytes) / static_cast<double>(size), kRecords);
  batches.print("append, 256 at once, each");
  single.print("append, one alone");
  proofs.print("inclusion proof");
  consistency.print("consistency proof");
  std::printf("disk: %.1f bytes a statement\n",
              static_cast<double>(std::filesystem::file_size(folder + "/log.db")) / static_cast<double>(size));
  auto hashes = *database.prepare("SELECT sum(length(hashes)) FROM log_tile");
  DZ_CHECK(hashes.step().has_value());
  std::printf("of these %.1f for the tree\n", static_cast<double>(hashes.integer(0)) / static_cast<double>(size));
}

}  // namespace
}  // namespace dz::transparency

int main(int argc, char** argv) {
  const std::uint64_t given = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0;
  auto folder = (std::filesystem::temp_directory_path() / "dz-log-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  dz::transparency::run(given > 0 ? given : 1'000'000, folder);
  std::filesystem::remove_all(folder);
}
