// Which records changed, counted: whoever looks at records remembers the revision that it has seen, and asks what
// changed since. So each pays for what changed and not for the fleet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/pubkey.h"

namespace dz::control {

class RecordChanges {
 public:
  static constexpr std::size_t kKept = 4096;  // changes of single records; of more it says that all may have changed

  std::uint64_t revision() const { return revision_; }  // another number whenever a record changed

  // These changed, came or went.
  void note(std::span<const Pubkey> records);
  void note_everything();

  // What changed after that revision: ordered, each once. None: it is not known any more, look at all records.
  std::optional<std::vector<Pubkey>> since(std::uint64_t revision) const;

 private:
  std::uint64_t revision_ = 0;
  std::uint64_t known_from_ = 0;  // of the changes after this revision all are kept
  std::deque<std::pair<std::uint64_t, Pubkey>> changes_;
};

}  // namespace dz::control
