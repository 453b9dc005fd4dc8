// Which commit of a database was the last, in a small file beside it. A damaged write-ahead log makes SQLite go on with
// an earlier state, whole in itself, and say nothing: only something outside of the database can tell.
//
// The mark is written after the commit is on the disk and is not waited for: a power cut may leave the mark of an
// earlier commit, never of a later one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "storage/open_file.h"

namespace dz::storage {

struct Tip {
  std::uint64_t commit = 0;  // grows by one with every commit
  std::uint64_t sum = 0;     // of the state that it left
  bool operator==(const Tip&) const = default;
};

// Of the database `path`. None: there is no mark. Corrupt: it is damaged, and the message says what to do.
Result<std::optional<Tip>> read_tip(const std::string& path);

// Corrupt: the database holds `found` and is behind the mark, or holds another state of the same commit.
Result<void> check_tip(const std::string& path, const Tip& found);

class TipFile {
 public:
  // Begins with this mark, on disk when it returns.
  static Result<TipFile> open(const std::string& path, const Tip& tip);
  // A failure is not told: the mark then stays that of an earlier commit, which is allowed.
  void write(const Tip& tip) const;

 private:
  explicit TipFile(OpenFile file) : file_(std::move(file)) {}
  OpenFile file_;
};

}  // namespace dz::storage
