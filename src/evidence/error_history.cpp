#include "evidence/error_history.h"

#include <algorithm>

namespace dz::evidence {
namespace {

using namespace std::chrono_literals;

constexpr Duration kTogether = 5s;           // an error row this close to an octet reset was reset too
constexpr std::size_t kManyValues = 64;      // with so many more, values that say nothing are left out
constexpr std::size_t kTooManyValues = 512;  // and with so many, values in the midst of a minute
constexpr Duration kMostCadence = 60s;       // of senders that repeat a value: how far apart folded rows may lie
constexpr MinuteIndex kOldest = (kRingWords - 1) * 64 + 11;  // values before it are one, the last
constexpr std::size_t kBlock = 64;      // values that are passed over at once, where none of them is looked for
constexpr MinuteIndex kFoldAfter = 12;  // minutes; until then they may be part of an undecided fall

MinuteIndex minute_of_value(const ErrorValue& value) { return index_of(minute_of(value.reading.at)); }

// Whether the counter began anew before a row, with the octets. NearBy: perhaps, or before another row near by, because
// it is not known exactly when the octets fell; Within: certainly, but perhaps before another row near by.
enum class Began : std::uint8_t { No, NearBy, Perhaps, Within, Yes };

}  // namespace

// One walk over the values.
class ErrorHistory::Judge {
 public:
  Judge(std::span<ErrorValue> values, const PortOctets& octets, MinuteIndex closed)
      : values_(values),
        octets_(octets),
        closed_(closed),
        began_(values.size(), Began::No),
        open_(values.size(), false) {
    for (const auto& fall : octets.falls()) {
      if (!fall.is_replay()) note_reset(fall);
    }
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i].anew) began_[i] = Began::Yes;
      values_[i].began = began_[i] != Began::No;
    }
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (i % kBlock == 0) greatest_.push_back(0);
      auto& greatest = greatest_.back();
      greatest = std::max(greatest, began_[i] == Began::No ? values_[i].reading.value : UINT64_MAX);
    }
  }

  void run() {
    for (std::size_t i = 0; i < values_.size();) i = take(i);
  }
  // Some fall is not decided, of this counter or of the octets near it.
  bool is_open() const { return low_.has_value() || std::find(open_.begin(), open_.end(), true) != open_.end(); }
  // The last of the first `count` values that the next one is compared with; `count` when there is none.
  std::size_t last_certain(std::size_t count) {
    auto certain = count;
    for (std::size_t i = 0; i < count;) {
      const auto next = take(i);
      if (!low_ && next == i + 1) certain = i;
      i = next;
    }
    return certain;
  }

 private:
  // The last row at most kTogether before it, else the first at most that after it.
  void note_reset(const OctetFall& fall) {
    const auto reset = fall.is_reset(closed_) ? Began::Yes : Began::Perhaps;
    const auto at_of = [](const ErrorValue& value, Timestamp t) { return value.reading.at < t; };
    if (fall.from != fall.at) {  // at any time in between: every row that may be meant is
      auto near = std::lower_bound(values_.begin(), values_.end(), fall.from - kTogether, at_of);
      const auto near_by = reset == Began::Yes ? Began::Within : Began::NearBy;
      for (; near != values_.end() && near->reading.at <= fall.at + kTogether; ++near) note(near, near_by);
      return;
    }
    const auto after = std::lower_bound(values_.begin(), values_.end(), fall.at, at_of);
    if (after != values_.begin() && fall.at - std::prev(after)->reading.at <= kTogether) {
      note(std::prev(after), reset);
    } else if (after != values_.end() && after->reading.at - fall.at <= kTogether) {
      note(after, reset);
    }
  }
  void note(std::span<ErrorValue>::iterator value, Began reset) {
    const auto i = static_cast<std::size_t>(value - values_.begin());
    began_[i] = std::max(began_[i], reset);
    open_[i] = open_[i] || reset == Began::NearBy || reset == Began::Perhaps;
  }

  std::size_t take(std::size_t i) {
    auto& value = values_[i];
    const auto number = value.reading.value;
    value.now = ErrorFinding::None;
    if (began_[i] == Began::Yes) {
      if (number > 0) value.now = ErrorFinding::Rise;
      settle_at(number);
    } else if (began_[i] == Began::Within) {
      take_within(i);
    } else if (began_[i] == Began::NearBy) {
      take_near_by(i);
    } else if (began_[i] == Began::Perhaps) {
      if (number > 0) value.now = above_high(number) ? ErrorFinding::Rise : ErrorFinding::Undecided;
      low_ = number;
      if (!high_) high_ = number;
    } else if (low_) {
      take_below(value);
    } else if (!high_) {
      if (number > 0 && !value.baseline && octets_.in_contact_before(value.reading.at)) value.now = ErrorFinding::First;
      settle_at(number);
    } else if (number >= *high_) {
      if (number > *high_) value.now = ErrorFinding::Rise;
      settle_at(number);
    } else {
      return take_fall(i);
    }
    return i + 1;
  }

  // It may have begun anew before another row, and this one then lies after a fall that is not decided.
  void take_within(std::size_t i) {
    auto& value = values_[i];
    const auto number = value.reading.value;
    if (number > 0) value.now = ErrorFinding::Rise;
    if (!open_[i] && !low_) return settle_at(number);
    high_ = high_ ? std::min(*high_, number) : number;
    low_ = number;
  }

  // The worse of what it is when the counter began anew before it, and when it did so before another row.
  void take_near_by(std::size_t i) {
    const auto high = high_, low = low_;
    began_[i] = Began::No;
    take(i);
    const auto elsewhere = values_[i].now;
    const bool settled = !low_;
    high_ = high;
    low_ = low;
    began_[i] = Began::Perhaps;
    take(i);
    began_[i] = Began::NearBy;
    values_[i].now = std::max(values_[i].now, elsewhere);
    if (settled) high_ = std::min(*high_, values_[i].reading.value);
  }

  // After a fall of which it is not known what it was.
  void take_below(ErrorValue& value) {
    const auto number = value.reading.value;
    const bool moved = number > *low_ || (number < *low_ && number > 0);
    if (moved) value.now = above_high(number) ? ErrorFinding::Rise : ErrorFinding::Undecided;
    low_ = number;
  }

  std::size_t take_fall(std::size_t i) {
    auto& value = values_[i];
    if (const auto back = return_after(i); back < values_.size()) {
      for (auto j = i; j < back; ++j) values_[j].now = ErrorFinding::None;
      return back;
    }
    const bool reset = closed_ > decisive_minute(value.reading.at);
    if (value.reading.value > 0) value.now = reset ? ErrorFinding::Rise : ErrorFinding::Undecided;
    if (reset) {
      settle_at(value.reading.value);
    } else {
      low_ = value.reading.value;
    }
    return i + 1;
  }

  // The row that is back where the counter was before the fall at i. Blocks without one are passed over.
  std::size_t return_after(std::size_t i) const {
    for (auto j = i + 1; j < values_.size(); ++j) {
      if (began_[j] != Began::No || values_[j].reading.at - values_[i].reading.at > kReplayTime) break;
      if (j % kBlock == 0 && greatest_[j / kBlock] < *high_) {
        j += kBlock - 1;
        continue;
      }
      if (values_[j].reading.value >= *high_) return j;
    }
    return values_.size();
  }

  bool above_high(std::uint64_t number) const { return high_ && number > *high_; }
  void settle_at(std::uint64_t number) {
    high_ = number;
    low_.reset();
  }

  std::span<ErrorValue> values_;
  const PortOctets& octets_;
  MinuteIndex closed_;
  std::vector<Began> began_;
  std::vector<bool> open_;               // a fall near it is not decided
  std::vector<std::uint64_t> greatest_;  // of kBlock values each; UINT64_MAX: look at them one by one
  std::optional<std::uint64_t> high_;    // the last certain value
  std::optional<std::uint64_t> low_;     // the last value below it, while it is not known whether it was reset
};

bool ErrorHistory::add(const Reading& reading, bool late) {
  const auto it = std::lower_bound(values_.begin(), values_.end(), reading,
                                   [](const ErrorValue& value, const Reading& r) { return value.reading < r; });
  if (it != values_.end() && it->reading == reading) {
    const bool better = it->late && !late;
    it->late = it->late && late;
    return better;
  }
  ErrorValue value;
  value.reading = reading;
  value.late = late;
  const auto i = static_cast<std::size_t>(it - values_.begin());
  values_.insert(it, value);
  if (i > 0 && values_[i - 1].folded) unfold(i);
  return true;
}

// Between the row before and the row after it there were rows with the value of the first that were left out. If the
// new one has that value too it is one of them. Else the next of them may have come at any time until kMostCadence
// later, and in each minute until then the counter was perhaps seen to fall from the new value.
void ErrorHistory::unfold(std::size_t i) {
  if (values_[i].reading.value == values_[i - 1].reading.value) {
    values_[i].folded = true;
    return;
  }
  const auto at = values_[i].reading.at;
  const auto value = values_[i - 1];
  for (const auto later : {kMostCadence, Duration{1}}) {
    if (i + 1 < values_.size() && values_[i + 1].reading.at <= at + later) continue;
    assume(i + 1, {at + later, value.reading.value});
  }
}

void ErrorHistory::assume_rows_at(std::span<const OctetFall> falls) {
  for (const auto& fall : falls) {
    if (fall.is_replay()) continue;
    const auto next = std::lower_bound(values_.begin(), values_.end(), fall.from - kTogether,
                                       [](const ErrorValue& value, Timestamp t) { return value.reading.at < t; });
    if (next == values_.begin() || next == values_.end() || next->reading.at <= fall.at + kTogether) continue;
    if (!std::prev(next)->folded) continue;
    const auto value = std::prev(next)->reading.value;
    const auto i = static_cast<std::size_t>(next - values_.begin());
    assume(i, {fall.at + kTogether, value});
    assume(i, {fall.at, value});
    assume(i, {fall.from - kTogether, value});
  }
}

// A row that may have been there, and then told of an error.
void ErrorHistory::assume(std::size_t i, const Reading& reading) {
  ErrorValue assumed;
  assumed.reading = reading;
  assumed.late = assumed.decided = assumed.folded = true;
  assumed.kept = reading.value > 0 ? ErrorFinding::Rise : ErrorFinding::None;
  values_.insert(values_.begin() + static_cast<std::ptrdiff_t>(i), assumed);
}

void ErrorHistory::judge(const PortOctets& octets, MinuteIndex closed, bool decide) {
  undecided_ = false;
  if (values_.empty()) return;
  Judge judge(values_, octets, closed);
  judge.run();
  undecided_ = judge.is_open();
  for (auto& value : values_) {
    const bool open = value.now == ErrorFinding::Undecided;
    if (decide && !open && !value.late && !value.decided) {
      value.kept = value.now;
      value.decided = true;
    }
    if (!value.late && !value.decided) undecided_ = true;
  }
}

void ErrorHistory::take_back(MinuteIndex closed) {
  std::erase_if(values_, [&](const ErrorValue& value) { return minute_of_value(value) >= closed; });
}

ErrorFinding ErrorHistory::finding(MinuteIndex m) const {
  auto worst = ErrorFinding::None;
  auto it = std::lower_bound(values_.begin(), values_.end(), Timestamp{minute_at(m)},
                             [](const ErrorValue& value, Timestamp t) { return value.reading.at < t; });
  for (; it != values_.end() && minute_of_value(*it) == m; ++it) worst = std::max(worst, it->shown);
  return worst;
}

void ErrorHistory::fold(MinuteIndex closed, const PortOctets& octets) {
  if (values_.empty()) return;
  const auto is_before = [](const ErrorValue& value, MinuteIndex m) { return minute_of_value(value) < m; };
  const auto old = static_cast<std::size_t>(
      std::lower_bound(values_.begin(), values_.end(), closed - kOldest, is_before) - values_.begin());
  if (old > 1) {
    const auto baseline = Judge(values_, octets, closed).last_certain(old);
    if (baseline < old && baseline > 0) {
      values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(baseline));
      values_.front().baseline = true;
    }
  }
  if (values_.size() > folded_size_ + kManyValues || is_full()) leave_out(closed - kFoldAfter);
}

// Of equal values in a row the first and the last stay. When that is not enough, of the values of a minute too; what
// one that goes said of its minute, the last one says, and the counter counts as begun anew with it.
void ErrorHistory::leave_out(MinuteIndex before) {
  leave_out_if(before, [](const ErrorValue& previous, const ErrorValue& value, const ErrorValue& next) {
    return value.worst() == ErrorFinding::None && !value.began && !next.began && !previous.baseline &&
           value.reading.value == previous.reading.value && value.reading.value == next.reading.value;
  });
  if (values_.size() > kTooManyValues) {
    leave_out_if(before, [](const ErrorValue& previous, const ErrorValue& value, const ErrorValue& next) {
      return minute_of_value(previous) == minute_of_value(value) && minute_of_value(next) == minute_of_value(value);
    });
  }
  folded_size_ = static_cast<std::uint32_t>(values_.size());
}

template <typename GoesOut>
void ErrorHistory::leave_out_if(MinuteIndex before, const GoesOut& goes_out) {
  std::vector<ErrorValue> stay;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const auto& value = values_[i];
    const bool inner = i > 0 && i + 1 < values_.size() && minute_of_value(value) < before;
    if (!inner || !goes_out(stay.back(), value, values_[i + 1])) {
      stay.push_back(value);
      continue;
    }
    stay.back().folded = true;
    auto& next = values_[i + 1];
    next.kept = std::max(next.kept, value.worst());
    next.shown = std::max(next.shown, value.shown);
    next.anew = next.anew || value.anew || value.worst() != ErrorFinding::None;
  }
  values_ = std::move(stay);
}

// What lies below the greatest value is a replay, or began anew from 0.
std::uint64_t ErrorHistory::rise(MinuteIndex from, MinuteIndex to) const {
  std::uint64_t sum = 0, high = 0;
  for (const auto& value : values_) {
    const auto m = minute_of_value(value);
    if (m >= to) break;
    const auto number = value.reading.value;
    const bool rose = value.worst() == ErrorFinding::Rise;
    const bool anew = value.began || value.anew || (rose && number < high);
    if (rose && m >= from) sum += anew ? number : number - high;
    high = anew ? number : std::max(high, number);
  }
  return sum;
}

std::optional<Reading> ErrorHistory::newest() const {
  if (values_.empty()) return std::nullopt;
  return values_.back().reading;
}

ErrorHistory::Kept ErrorHistory::kept_of(MinuteIndex m) const {
  Kept kept;
  const auto is_before = [](const ErrorValue& value, MinuteIndex minute) { return minute_of_value(value) < minute; };
  auto value = std::lower_bound(values_.begin(), values_.end(), m, is_before);
  if (value != values_.begin()) kept.before = std::prev(value)->reading;
  for (; value != values_.end() && minute_of_value(*value) == m; ++value) {
    kept.values.push_back(value->reading);
    kept.folded = kept.folded || value->folded;
  }
  return kept;
}

}  // namespace dz::evidence
