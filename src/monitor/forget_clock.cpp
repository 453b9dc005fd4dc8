#include "monitor/forget_clock.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "monitor/archive_columns.h"

namespace dz::monitor {
namespace {

constexpr storage::CheckedTable kLived{"lived", "id, last, leaps"};
constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS lived(id INTEGER PRIMARY KEY CHECK(id = 1), last INTEGER NOT NULL, leaps TEXT NOT "
    "NULL, sum INTEGER NOT NULL)";
constexpr Duration kMostAtOnce = std::chrono::minutes{15};  // between two passes; more is a leap
constexpr Duration kSaveEvery = std::chrono::minutes{5};

std::uint64_t units(Timestamp t) { return static_cast<std::uint64_t>(std::max<std::int64_t>(micros(t), 0)); }

std::string leaps_text(const std::vector<storage::TimeLeap>& leaps) {
  std::string text;
  for (const auto& leap : leaps) text += fmt::format("{} {} ", leap.at, leap.skipped);
  return text;
}

std::vector<storage::TimeLeap> parse_leaps(std::string_view text) {
  std::vector<std::uint64_t> numbers;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    std::from_chars(text.data(), text.data() + end, numbers.emplace_back());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::vector<storage::TimeLeap> leaps;
  for (std::size_t i = 1; i < numbers.size(); i += 2) leaps.push_back({numbers[i - 1], numbers[i]});
  return leaps;
}

}  // namespace

Result<ForgetClock> ForgetClock::open(storage::SqliteDatabase& database, std::optional<Timestamp> newest) {
  DZ_TRY(database.execute(kSchema));
  ForgetClock clock(database);
  DZ_TRY_ASSIGN(auto query, database.prepare("SELECT last, leaps, " + intact_sql(kLived) + " FROM lived"));
  DZ_TRY_ASSIGN(const bool found, query.step());
  if (found && query.integer(2) != 0) {
    clock.last_ = from_micros(query.integer(0));
    clock.lived_ = storage::LivedTime(parse_leaps(query.text(1)));
  } else if (found) {
    clock.last_ = Timestamp{};  // damaged: nothing that is there was lived through yet
  } else {
    clock.last_ = newest;
  }
  return clock;
}

Result<void> ForgetClock::pass(Timestamp now) {
  const bool leapt = last_ && lived_.pass(units(*last_), units(now), units(Timestamp{kMostAtOnce}));
  last_ = now;
  const bool due = !saved_ || now < *saved_ || now - *saved_ >= kSaveEvery;
  return leapt || due ? save() : Result<void>{};
}

Result<void> ForgetClock::save() {
  DZ_TRY_ASSIGN(auto put, database_->prepare(insert_sql(kLived, "INSERT OR REPLACE")));
  put.bind(1, std::int64_t{1}).bind(2, micros(*last_)).bind(3, leaps_text(lived_.leaps()));
  DZ_TRY(put.run());
  saved_ = last_;
  return {};
}

Timestamp ForgetClock::older_than(Duration keep) const {
  if (!last_) return {};
  return from_micros(static_cast<std::int64_t>(lived_.older_than(units(*last_), units(Timestamp{keep}))));
}

}  // namespace dz::monitor
