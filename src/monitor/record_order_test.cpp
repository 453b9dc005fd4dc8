#include "monitor/record_order.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace dz::monitor {
namespace {

Pubkey numbered(int n) {
  Pubkey key;
  key.bytes[3] = static_cast<std::uint8_t>(n);
  return key;
}

// Records come, go and get other codes, a few or many at a time: the order is the one of all of them sorted.
TEST(RecordOrder, IsTheOneOfAllRecordsWhateverChanged) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    client::Snapshot records;
    control::RecordChanges changes;
    RecordOrder order;
    for (int round = 0; round < 60; ++round) {
      std::vector<Pubkey> changed;
      for (auto count = random() % (round % 10 == 0 ? 200 : 5); count > 0; --count) {
        const auto n = static_cast<int>(random() % 200);
        const auto key = numbered(n);
        changed.push_back(key);
        const auto code = std::string(1, static_cast<char>('a' + random() % 26));
        if (random() % 3 == 0) {
          records.links.erase(key);
          records.devices.erase(key);
        } else if (n % 2 == 0) {
          records.links[key].code = code;
        } else {
          records.devices[key].code = code;
        }
      }
      round % 7 == 6 ? changes.note_everything() : changes.note(changed);
      order.follow(records, changes);
      RecordOrder fresh;
      fresh.follow(records, changes);
      ASSERT_TRUE(
          std::equal(order.places().begin(), order.places().end(), fresh.places().begin(), fresh.places().end()))
          << "seed " << seed << ", round " << round;
      ASSERT_EQ(order.places().size(), records.links.size() + records.devices.size());
      ASSERT_TRUE(std::is_sorted(order.places().begin(), order.places().end()));
    }
  }
}

}  // namespace
}  // namespace dz::monitor
