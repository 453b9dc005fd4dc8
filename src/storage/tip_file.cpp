#include "storage/tip_file.h"

#include <charconv>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "storage/state_file.h"

namespace dz::storage {
namespace {

std::string tip_path(const std::string& path) { return path + "-tip"; }

// All marks have one length, so that one can be written over another.
std::string tip_text(const Tip& tip) { return fmt::format("commit {:016x} state {:016x}\n", tip.commit, tip.sum); }

std::optional<Tip> parse_tip(std::string_view text) {
  constexpr std::size_t kCommit = 7, kState = 30, kDigits = 16;
  if (text.size() < kState + kDigits) return std::nullopt;
  Tip tip;
  std::from_chars(text.data() + kCommit, text.data() + kCommit + kDigits, tip.commit, 16);
  std::from_chars(text.data() + kState, text.data() + kState + kDigits, tip.sum, 16);
  return tip_text(tip) == text ? std::optional(tip) : std::nullopt;
}

}  // namespace

Result<std::optional<Tip>> read_tip(const std::string& path) {
  const auto name = tip_path(path);
  const auto text = read_state_file(name);
  if (text && !*text) return std::nullopt;
  const auto tip = text ? parse_tip(**text) : std::nullopt;
  if (tip) return tip;
  return corrupt(
      fmt::format("{}: expected the mark of the last commit, found other bytes. It is damaged; remove it to "
                  "go on with what {} holds, whether or not that is all that was confirmed",
                  name, path));
}

Result<void> check_tip(const std::string& path, const Tip& found) {
  DZ_TRY_ASSIGN(const auto tip, read_tip(path));
  if (!tip || found.commit > tip->commit || found == *tip) return {};
  if (found.commit == tip->commit) {
    return corrupt(
        fmt::format("{}: expected the state that commit {} left, found another one; put an intact copy in "
                    "its place",
                    path, tip->commit));
  }
  return corrupt(
      fmt::format("{0}: expected commit {1}, which was confirmed, found that it ends at commit {2}: {0}-wal "
                  "is damaged or missing, or this is an older copy. Put an intact copy of both in their "
                  "place; to go on from commit {2} without the later ones, remove {0}-tip",
                  path, tip->commit, found.commit));
}

Result<TipFile> TipFile::open(const std::string& path, const Tip& tip) {
  const auto name = tip_path(path);
  DZ_TRY(write_state_file(name, tip_text(tip)));
  DZ_TRY_ASSIGN(auto file, OpenFile::open(name, O_WRONLY));
  return TipFile(std::move(file));
}

void TipFile::write(const Tip& tip) const {
  const auto bytes = state_file_bytes(tip_text(tip));
  (void)!::pwrite(file_.descriptor(), bytes.data(), bytes.size(), 0);
}

}  // namespace dz::storage
