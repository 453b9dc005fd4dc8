// Tails of latency samples against the whole: what the evidence gets must be what reading every account whole gives it.
#include "telemetry/sample_reader.h"

#include <algorithm>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "evidence/snapshot.h"
#include "testbed/forwarding_client.h"
#include "testbed/small_network.h"

namespace dz::telemetry {
namespace {

using std::chrono::seconds;

const Timestamp kStart{std::chrono::hours{494'000}};

Pubkey numbered(std::uint64_t kind, std::uint64_t n) {
  Pubkey key;
  for (std::size_t i = 0; i < 8; ++i) key.bytes[i] = static_cast<std::uint8_t>(n >> (8 * i));
  key.bytes[31] = static_cast<std::uint8_t>(kind);
  return key;
}

// A node whose accounts are whatever the test puts there.
class Node final : public testbed::ForwardingClient {
 public:
  explicit Node(client::LedgerClient& rest) : ForwardingClient(rest) {}

  std::map<Pubkey, Bytes> accounts;
  std::uint64_t epoch = 5;
  Slot slot{100};
  bool knows_slices = true;
  std::function<void()> before_parts;  // what happens to the ledger between two calls
  std::size_t bytes = 0;               // of account data answered
  std::size_t calls = 0;
  Slot required;

  void require_slot(Slot at_least) override { required = std::max(required, at_least); }
  Result<client::EpochInfo> get_epoch_info() override { return client::EpochInfo{.epoch = epoch}; }

  Result<client::AccountsAnswer> get_program_accounts(const Pubkey&, const client::AccountFilters& filters) override {
    ++calls;
    client::AccountsAnswer answer{slot, {}};
    for (const auto& [key, data] : accounts) {
      const auto& head = filters.memcmp.at(0).bytes;
      if (data.size() < head.size() || !std::equal(head.begin(), head.end(), data.begin())) continue;
      answer.accounts.push_back({key, shown(data, filters.slice)});
    }
    return answer;
  }

  Result<client::NamedAccounts> get_account_parts(std::span<const Pubkey> keys, client::DataSlice slice) override {
    ++calls;
    EXPECT_LE(keys.size(), 100U);
    if (before_parts) before_parts();
    if (slot < required) return fail(ErrorKind::Retry, "the node is behind");
    client::NamedAccounts answer{slot, {}};
    for (const auto& key : keys) {
      const auto found = accounts.find(key);
      answer.accounts.push_back(found == accounts.end() ? std::nullopt : std::optional(shown(found->second, slice)));
    }
    return answer;
  }

  // As the monitor read them before: every account, whole.
  std::vector<evidence::SampleRead> read_whole(const evidence::Evidence& evidence) const {
    std::vector<evidence::SampleRead> reads;
    for (const auto of_epoch : {epoch - 1, epoch}) {
      for (const auto& [key, data] : accounts) {
        auto samples = wire::decode_latency_samples(data);
        if (!samples || samples->epoch != of_epoch) continue;
        const auto seen = evidence.samples_seen(key);
        if (seen >= samples->rtt_us.size()) continue;
        samples->rtt_us.erase(samples->rtt_us.begin(), samples->rtt_us.begin() + seen);
        reads.push_back({key, std::move(*samples), seen});
      }
    }
    return reads;
  }

 private:
  wire::Account shown(const Bytes& data, const std::optional<client::DataSlice>& slice) {
    wire::Account account;
    account.lamports = 1;
    account.data = data;
    if (slice && knows_slices) {
      const auto from = std::min<std::size_t>(slice->offset, data.size());
      const auto length = std::min<std::size_t>(slice->length, data.size() - from);
      account.data = Bytes(data.begin() + static_cast<std::ptrdiff_t>(from),
                           data.begin() + static_cast<std::ptrdiff_t>(from + length));
    }
    bytes += account.data.size();
    return account;
  }
};

class SampleReads : public testing::Test {
 protected:
  static LatencySamples samples_of(std::uint64_t link, std::uint64_t epoch, Timestamp start, std::size_t count) {
    LatencySamples samples;
    samples.epoch = epoch;
    samples.link = numbered(2, link);
    samples.origin_device = numbered(3, link % 5);
    samples.sampling_interval_us = 10'000'000;
    samples.start_timestamp_us = static_cast<std::uint64_t>(start.time_since_epoch().count());
    for (std::size_t i = 0; i < count; ++i) samples.rtt_us.push_back(1000 + static_cast<std::uint32_t>(i));
    return samples;
  }
  static Pubkey key_of(std::uint64_t link, std::uint64_t epoch) { return numbered(10 + epoch % 100, link); }
  void put(std::uint64_t link, const LatencySamples& samples) {
    node.accounts[key_of(link, samples.epoch)] = wire::encode(samples);
  }
  // What it gave, observed.
  SampleReading read(Timestamp at) {
    auto reading = reader->read(evidence);
    EXPECT_TRUE(reading) << reading.error().message;
    evidence.observe_samples(at, reading->reads);
    return std::move(*reading);
  }

  testbed::SmallNetwork network{kStart};
  Node node{network.client()};
  evidence::Evidence evidence;
  std::optional<SampleReader> reader{std::in_place, node, Pubkey{}};
};

TEST_F(SampleReads, OfAnAccountThatGrewOnlyTheTailIsRead) {
  for (std::uint64_t link = 0; link < 300; ++link) put(link, samples_of(link, 5, kStart - seconds{86'400}, 8'640));
  EXPECT_EQ(read(kStart).reads.size(), 300U);
  node.bytes = node.calls = 0;
  EXPECT_EQ(read(kStart + seconds{30}).reads.size(), 0U);
  EXPECT_EQ(node.bytes, 300U * 20);
  EXPECT_EQ(node.calls, 2U);
  for (std::uint64_t link = 0; link < 300; ++link) put(link, samples_of(link, 5, kStart - seconds{86'400}, 8'646));
  node.bytes = node.calls = 0;
  const auto grown = read(kStart + seconds{60});
  ASSERT_EQ(grown.reads.size(), 300U);
  EXPECT_EQ(grown.reads[0].first_index, 8'640U);
  EXPECT_EQ(grown.reads[0].samples.rtt_us, (std::vector<std::uint32_t>{9640, 9641, 9642, 9643, 9644, 9645}));
  EXPECT_EQ(grown.reads[0].samples.link, numbered(2, 0));
  EXPECT_EQ(node.bytes, 300U * (20 + 24));
  EXPECT_EQ(node.calls, 2U + 3U);
}

// Accounts whose ends lie far apart are not asked for the place of the longest.
TEST_F(SampleReads, OneRequestAsksLittleThatNobodyNeeds) {
  for (std::uint64_t link = 0; link < 100; ++link) put(link, samples_of(link, 5, kStart, 100 * link));
  read(kStart);
  for (std::uint64_t link = 0; link < 100; ++link) put(link, samples_of(link, 5, kStart, 100 * link + 6));
  node.bytes = 0;
  EXPECT_EQ(read(kStart + seconds{60}).reads.size(), 100U);
  EXPECT_LT(node.bytes, 150'000U);  // up to where the longest one ends it would be 2 MB
}

TEST_F(SampleReads, OnlyTheMarkOfAnEpochLongOverIsForgotten) {
  put(1, samples_of(1, 5, kStart, 6));
  read(kStart);
  node.epoch = 6;
  put(1, samples_of(1, 5, kStart, 9));
  put(1, samples_of(1, 6, kStart + seconds{60}, 3));
  const auto both = read(kStart + seconds{90});
  ASSERT_EQ(both.reads.size(), 2U);
  EXPECT_EQ(both.reads[0].samples.epoch, 5U);
  EXPECT_EQ(both.reads[0].first_index, 6U);
  EXPECT_EQ(both.reads[1].samples.epoch, 6U);
  node.epoch = 7;
  put(1, samples_of(1, 5, kStart, 12));
  EXPECT_EQ(read(kStart + seconds{120}).reads.size(), 0U);
}

TEST_F(SampleReads, AnAccountThatWasMadeAgainIsReadByItsNewHead) {
  put(1, samples_of(1, 5, kStart, 6));
  read(kStart);
  auto again = samples_of(1, 5, kStart + seconds{60}, 4);
  again.sampling_interval_us = 5'000'000;
  put(1, again);
  EXPECT_EQ(read(kStart + seconds{90}).reads.size(), 0U);  // of the new one as many were counted as it has
  again.rtt_us.resize(9, 77);
  put(1, again);
  const auto grown = read(kStart + seconds{120});
  ASSERT_EQ(grown.reads.size(), 1U);
  EXPECT_EQ(grown.reads[0].samples.sampling_interval_us, 5'000'000U);
  EXPECT_EQ(grown.reads[0].samples.rtt_us, (std::vector<std::uint32_t>{77, 77, 77}));
}

TEST_F(SampleReads, WhatIsClosedOrMadeAgainBetweenTwoCallsWaitsForTheNextRead) {
  for (const bool made_again : {false, true}) {
    put(1, samples_of(1, 5, kStart, 6));
    put(2, samples_of(2, 5, kStart, 6));
    node.before_parts = [&] {
      node.accounts.erase(key_of(1, 5));
      if (made_again) put(1, samples_of(1, 5, kStart + seconds{5}, 2));
    };
    evidence = evidence::Evidence();
    reader.emplace(node, Pubkey{});
    const auto reading = read(kStart);
    ASSERT_EQ(reading.reads.size(), 1U) << made_again;
    EXPECT_EQ(reading.reads[0].account, key_of(2, 5));
  }
}

TEST_F(SampleReads, ANodeThatIsBehindTheOneThatToldTheCountsIsNotBelieved) {
  put(1, samples_of(1, 5, kStart, 6));
  node.before_parts = [&] { node.slot = Slot{99}; };
  const auto reading = reader->read(evidence);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().kind, ErrorKind::Retry);
  EXPECT_EQ(evidence.samples_seen(key_of(1, 5)), 0U);
}

TEST_F(SampleReads, AnAccountThatDoesNotDecodeHoldsBackNoOther) {
  put(1, samples_of(1, 5, kStart, 6));
  put(2, samples_of(2, 5, kStart, 6));
  put(3, samples_of(3, 5, kStart, 6));
  put(4, samples_of(4, 5, kStart, 6));
  node.accounts[key_of(1, 5)][217] = 7;  // a count that there is no room for
  for (std::size_t i = 217; i < 221; ++i) node.accounts[key_of(2, 5)][i] = 0xff;
  node.accounts[key_of(3, 5)].resize(210);
  for (const bool slices : {true, false}) {
    node.knows_slices = slices;
    evidence = evidence::Evidence();
    const auto reading = read(kStart);
    EXPECT_EQ(reading.accounts, 4U);
    ASSERT_EQ(reading.reads.size(), 1U) << slices;
    EXPECT_EQ(reading.reads[0].account, key_of(4, 5));
    EXPECT_GE(reading.unreadable.size(), 2U) << slices;
  }
}

// Accounts grow, end, are made again, shrink, get damaged; epochs change; the monitor starts again; some nodes know no
// slices.
class RandomHistory {
 public:
  explicit RandomHistory(std::uint64_t seed) : random_(seed) {}

  std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }
  bool one_in(std::size_t n) { return pick(n) == 0; }

 private:
  std::mt19937_64 random_;
};

TEST_F(SampleReads, TailsGiveTheEvidenceOfWholeReadsOnRandomHistories) {
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    RandomHistory draw(seed);
    node.accounts.clear();
    node.epoch = 5;
    reader.emplace(node, Pubkey{});
    evidence::Evidence by_tails, by_whole;
    std::map<std::pair<std::uint64_t, std::uint64_t>, LatencySamples> ledger;
    auto now = kStart;
    for (int step = 0; step < 60; ++step) {
      now += seconds{static_cast<int>(1 + draw.pick(90))};
      ++node.slot.value;
      if (draw.one_in(25)) ++node.epoch;
      node.knows_slices = !draw.one_in(6);
      if (draw.one_in(15)) reader.emplace(node, Pubkey{});
      for (std::uint64_t link = 0; link < 6; ++link) {
        const auto epoch = node.epoch - draw.pick(2);
        auto& samples = ledger[{link, epoch}];
        if (samples.epoch == 0 || draw.one_in(40)) samples = samples_of(link, epoch, now, 0);
        if (draw.one_in(30)) samples.sampling_interval_us = 1'000'000 * (1 + draw.pick(20));
        if (draw.one_in(30)) samples.rtt_us.resize(draw.pick(samples.rtt_us.size() + 1));
        if (!draw.one_in(4)) {
          for (auto more = draw.pick(draw.one_in(10) ? 400 : 12); more > 0; --more) {
            samples.rtt_us.push_back(draw.one_in(20) ? 0 : 500 + static_cast<std::uint32_t>(draw.pick(1000)));
          }
        }
        put(link, samples);
        if (draw.one_in(40)) node.accounts[key_of(link, epoch)].resize(draw.pick(400));
        if (draw.one_in(40)) node.accounts.erase(key_of(link, epoch));
      }
      by_whole.observe_samples(now, node.read_whole(by_whole));
      const auto reading = reader->read(by_tails);
      ASSERT_TRUE(reading) << reading.error().message;
      by_tails.observe_samples(now, reading->reads);
      ASSERT_EQ(evidence::snapshot_of(by_tails), evidence::snapshot_of(by_whole))
          << "seed " << seed << " step " << step;
    }
  }
}

}  // namespace
}  // namespace dz::telemetry
