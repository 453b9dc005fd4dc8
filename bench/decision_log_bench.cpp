// The log of decisions (transparency/log.h) with many statements: what one more costs, what a proof costs, and the disk
// of each. Statements are as long as those of a link with two judges, random where these are a key, a hash or a
// signature, and alike where they are. Usage: decision_log_bench [STATEMENTS], 1,000,000 by default; figures of another
// size are not extrapolated.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "base/check.h"
#include "transparency/log.h"

namespace dz::transparency {
namespace {

// Random are record, account and minutes' root, the two signatures of opinions, and times.
constexpr std::size_t kStatementBytes = 1550, kRandomBytes = 3 * 32 + 2 * 64 + 8;
constexpr std::size_t kBlock = 32, kApart = 200;  // bytes: of a random piece, and from one to the next
constexpr std::size_t kBatch = 256, kSingle = 2'000, kProofs = 2'000;

// Of this thread, in us: nothing here waits for the disk, and what else the machine does does not count.
double processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

class Statements {
 public:
  Bytes next() {
    auto statement = alike_;
    for (std::size_t i = 0; i < kRandomBytes; ++i)
      statement[i / kBlock * kApart + i % kBlock] = static_cast<std::uint8_t>(random_());
    return statement;
  }
  std::uint64_t below(std::uint64_t n) { return std::uniform_int_distribution<std::uint64_t>(0, n - 1)(random_); }

 private:
  static Bytes text() {
    Bytes bytes;
    while (bytes.size() < kStatementBytes) {
      for (const char c : std::string("link.a.errors enforce met 1440 0 0 counters 29640012 ")) {
        bytes.push_back(static_cast<std::uint8_t>(c));
      }
    }
    bytes.resize(kStatementBytes);
    return bytes;
  }
  Bytes alike_ = text();
  std::mt19937_64 random_{1};
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
  auto log = *Log::open(database);
  Statements statements;
  Costs batches, single, proofs, consistency;
  while (*log.size() + kSingle < count) {
    std::vector<Bytes> entries;
    for (std::size_t i = 0; i < kBatch; ++i) entries.push_back(statements.next());
    batches.time([&] { DZ_CHECK(log.append(entries).has_value()); });
  }
  for (auto& batch : batches.all) batch /= kBatch;
  for (std::size_t i = 0; i < kSingle; ++i) {
    const std::vector<Bytes> entry = {statements.next()};
    single.time([&] { DZ_CHECK(log.append(entry).has_value()); });
  }
  const auto size = *log.size();
  for (std::size_t i = 0; i < kProofs; ++i) {
    const auto index = statements.below(size);
    proofs.time([&] { DZ_CHECK(log.inclusion_proof(index, size).has_value()); });
    consistency.time([&] { DZ_CHECK(log.consistency_proof(index, size).has_value()); });
  }
  DZ_CHECK(database.execute("PRAGMA wal_checkpoint(TRUNCATE)").has_value());
  std::printf("%llu statements of %zu bytes\n", static_cast<unsigned long long>(size), kStatementBytes);
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
