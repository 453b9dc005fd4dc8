#include "client/ledger_view.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "client/key_file.h"

namespace dz::client {
namespace {

constexpr Duration kTakenAgain = std::chrono::seconds{5};  // requests of one pass, and of the next, share a hash
constexpr int kSkippedSlots = 8;                           // slots without a block that are stepped over
constexpr std::size_t kMostLedgers = 64;                   // lines of the file

using SlotLines = std::map<std::string, Slot, std::less<>>;

// What is no line of ours was written by nobody we know: it is refused rather than lost.
Result<SlotLines> parse_lines(const std::string& path, std::string_view text) {
  SlotLines lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto space = line.find(' ');
    std::uint64_t slot = 0;
    const auto digits = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), slot);
    if (digits.empty() || error != std::errc() || rest != digits.data() + digits.size()) {
      return corrupt(
          fmt::format("{}: expected lines of a genesis hash and a slot, found '{}'; remove the file to "
                      "begin anew",
                      path, line.substr(0, 80)));
    }
    lines.insert_or_assign(std::string(line.substr(0, space)), Slot{slot});
  }
  return lines;
}

Result<SlotLines> read_lines(const std::string& path) {
  const auto text = read_small_file(path);
  if (!text && text.error().kind == ErrorKind::NotFound) return SlotLines{};
  if (!text) return tl::unexpected(text.error());
  return parse_lines(path, *text);
}

// Another process may have written meanwhile: no slot becomes smaller.
Result<void> add_line(const std::string& path, const std::string& genesis, Slot slot) {
  DZ_TRY_ASSIGN(auto lines, read_lines(path));
  if (lines.size() >= kMostLedgers && !lines.contains(genesis)) lines.clear();
  lines[genesis] = std::max(lines[genesis], slot);
  std::string text;
  for (const auto& [name, kept] : lines) text += fmt::format("{} {}\n", name, kept.value);
  return write_file_atomically(path, text, 0644);
}

}  // namespace

KeptSlots slots_in_file(const std::string& path) {
  return {[path](const wire::Blockhash& genesis) -> Result<std::optional<Slot>> {
            DZ_TRY_ASSIGN(const auto lines, read_lines(path));
            const auto found = lines.find(to_text(genesis));
            return found == lines.end() ? std::nullopt : std::optional(found->second);
          },
          [path](const wire::Blockhash& genesis, Slot slot) { return add_line(path, to_text(genesis), slot); }};
}

KeptSlots no_slots() {
  return {[](const wire::Blockhash&) -> Result<std::optional<Slot>> { return std::nullopt; },
          [](const wire::Blockhash&, Slot) -> Result<void> { return {}; }};
}

Result<LatestBlockhash> take_hash(LedgerClient& ledger) {
  DZ_TRY_ASSIGN(const auto latest, ledger.get_latest_blockhash());
  ledger.require_slot(latest.slot);
  return latest;
}

Result<std::optional<Timestamp>> block_time_near(LedgerClient& ledger, Slot slot) {
  for (int i = 0; i < kSkippedSlots; ++i, --slot.value) {
    DZ_TRY_ASSIGN(const auto time, ledger.get_block_time(slot));
    if (time || slot == Slot{}) return time;
  }
  return std::nullopt;
}

Result<void> LedgerView::resume() {
  if (genesis_ || !options_.kept.load) return {};
  DZ_TRY_ASSIGN(const auto genesis, ledger_.get_genesis_hash());
  auto kept = options_.kept.load(genesis);
  if (!kept) return with_context("the slot that was seen last", kept.error());
  kept_ = kept->value_or(Slot{});
  seen_ = std::max(seen_, kept_);
  ledger_.require_slot(seen_);
  genesis_ = genesis;
  return {};
}

void LedgerView::saw(Slot slot) {
  ledger_.require_slot(slot);
  seen_ = std::max(seen_, slot);
  if (const auto kept = keep(); !kept) problem_ = kept.error().message;
}

Result<void> LedgerView::keep() {
  if (!genesis_ || kept_ >= seen_) return {};
  if (auto saved = options_.kept.save(*genesis_, seen_); !saved) {
    return fail(ErrorKind::Retry,
                "what was seen of the ledger cannot be kept, so a restart would not know it: " + saved.error().message);
  }
  kept_ = seen_;
  return {};
}

Result<LatestBlockhash> LedgerView::anchor(Timestamp now) {
  DZ_TRY(resume());
  if (taken_ && problem_.empty() && now >= taken_->at && now - taken_->at < kTakenAgain) return taken_->hash;
  taken_.reset();
  DZ_TRY_ASSIGN(const auto latest, take_hash(ledger_));
  DZ_TRY_ASSIGN(const auto made, block_time_near(ledger_, latest.slot));
  seen_ = std::max(seen_, latest.slot);
  block_age_.reset();
  looked_at_ = now;
  if (made) block_age_ = now - *made;
  problem_ = problem_with_age(latest.slot);
  if (const auto kept = keep(); !kept && problem_.empty()) problem_ = kept.error().message;
  if (!problem_.empty()) return fail(ErrorKind::Retry, problem_);
  note_current(now);
  taken_ = Taken{latest, now};
  return latest;
}

// A clock that was set back tells of no time between two looks.
void LedgerView::note_current(Timestamp now) {
  const bool goes_on = current_at_ && now >= *current_at_ && now - *current_at_ <= options_.most_apart;
  if (!goes_on) followed_since_ = now;
  current_at_ = now;
}

std::string LedgerView::problem_with_age(Slot slot) const {
  if (!block_age_) {
    return fmt::format("the ledger does not tell when its newest block, of slot {}, was made", slot.value);
  }
  if (*block_age_ <= options_.most_age) return {};
  return fmt::format(
      "the newest block of this node, of slot {}, is {} old, and nothing is acted on from more than {}: "
      "the node is behind, or the clock of this machine is wrong",
      slot.value, duration_text(*block_age_), duration_text(options_.most_age));
}

}  // namespace dz::client
