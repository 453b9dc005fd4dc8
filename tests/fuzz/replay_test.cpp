// The corpus of every fuzz target, and small changes of it, as ordinary tests: what a fuzzer found once is never found
// again, and a target that no longer fits the code is noticed without a fuzzer.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "targets.h"

namespace dz::fuzz {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = DZ_SOURCE_DIR "/tests/fuzz/corpus";

Bytes read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::map<std::string, Bytes> corpus_of(const Target& target) {
  std::map<std::string, Bytes> files;
  for (const auto& entry : fs::directory_iterator(kCorpus / target.name)) {
    files[entry.path().filename().string()] = read(entry.path());
  }
  return files;
}

class FuzzCorpus : public testing::TestWithParam<Target> {};

TEST_P(FuzzCorpus, Replays) {
  const auto files = corpus_of(GetParam());
  EXPECT_FALSE(files.empty());
  std::size_t bytes = 0;
  for (const auto& [name, content] : files) {
    SCOPED_TRACE(name);
    bytes += content.size();
    EXPECT_EQ(GetParam().run(content), 0);
  }
  EXPECT_LE(files.size(), 24U) << "./dev fuzz --merge chooses what to keep";
  EXPECT_LE(bytes, 65'536U);
}

// Cut short, with a byte that is no text, and doubled: what a fuzzer tries first.
TEST_P(FuzzCorpus, ReplaysWithSmallChanges) {
  EXPECT_EQ(GetParam().run({}), 0);
  for (const auto& [name, content] : corpus_of(GetParam())) {
    SCOPED_TRACE(name);
    for (std::size_t part = 1; part < 8; ++part) {
      const auto at = content.size() * part / 8;
      EXPECT_EQ(GetParam().run(ByteView(content).first(at)), 0);
      if (at == content.size()) continue;
      auto changed = content;
      changed[at] = 0xff;
      EXPECT_EQ(GetParam().run(changed), 0);
      changed.insert(changed.end(), content.begin() + static_cast<std::ptrdiff_t>(at), content.end());
      EXPECT_EQ(GetParam().run(changed), 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzCorpus, testing::ValuesIn(kTargets),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(FuzzTargets, EveryCorpusHasATarget) {
  std::set<std::string> wanted, found;
  for (const auto& target : kTargets) wanted.emplace(target.name);
  for (const auto& entry : fs::directory_iterator(kCorpus)) found.insert(entry.path().filename().string());
  EXPECT_EQ(found, wanted);
}

}  // namespace
}  // namespace dz::fuzz
