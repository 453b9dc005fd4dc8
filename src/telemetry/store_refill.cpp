#include "telemetry/store_refill.h"

#include <algorithm>

namespace dz::telemetry {
namespace {

constexpr Duration kLongestPause = std::chrono::hours{1};

}  // namespace

void StoreRefill::failed(Timestamp now, std::optional<Timestamp> last_good_answer) {
  stalled_ = true;
  if (last_good_answer && now - *last_good_answer > 2 * lag_) filling_since_.reset();
}

std::optional<Timestamp> StoreRefill::wait_until(Minute from, Timestamp now) {
  if (!stalled_) return std::nullopt;
  if (!filling_since_) {
    filling_since_ = now;
    look_back_later(from - overlap_, now + lag_ + overlap_);
  }
  const auto until = *filling_since_ + lag_;
  return now < until ? std::optional(until) : std::nullopt;
}

void StoreRefill::look_back_later(Minute from, Timestamp at) {
  if (overlap_ == Duration{} || overlap_ > kLongestPause) return;
  const bool looked_at = !look_back_ || look_back_->pause > overlap_;
  if (!looked_at) from = std::min(look_back_->from, from);
  look_back_ = LookBack{from, looked_at ? at : look_back_->at, overlap_};
}

std::optional<Minute> StoreRefill::begin_sweep(Timestamp now) {
  looking_back_ = look_back_ && now >= look_back_->at;
  return looking_back_ ? std::optional(look_back_->from) : std::nullopt;
}

void StoreRefill::end_sweep(bool brought_news, Minute end, Timestamp now) {
  stalled_ = !brought_news;
  if (stalled_) unheard_to_ = end;
  filling_since_.reset();
  if (!looking_back_) return;
  looking_back_ = false;
  look_back_->pause *= 2;
  look_back_->at = now + look_back_->pause;
  if (look_back_->pause > kLongestPause) look_back_.reset();
}

}  // namespace dz::telemetry
