#include "storage/synced_tip.h"

#include <utility>

#include "storage/log_sync.h"

namespace dz::storage {

void SyncedTip::Mark::write(std::uint64_t commit) {
  if (file) return file->write({commit, 0});
  if (auto opened = TipFile::open(path, {commit, 0})) file.emplace(std::move(*opened));
}

SyncedTip::SyncedTip(SqliteDatabase& database) {
  if (database.path().empty()) return;
  mark_ = std::make_shared<Mark>();
  mark_->path = database.path();
  auto* const sync = database.log_sync();
  if (sync == nullptr) return;
  waits_ = true;
  sync->keep_mark([mark = mark_]() -> std::function<void()> {
    return [mark, newest = mark->newest.load()] {
      if (newest > 0) mark->write(newest);
    };
  });
}

void SyncedTip::begin(std::uint64_t commit) {
  if (mark_) mark_->write(commit);
}

void SyncedTip::committed(std::uint64_t commit) {
  if (!mark_) return;
  mark_->newest = commit;
  if (!waits_) mark_->write(commit);
}

}  // namespace dz::storage
