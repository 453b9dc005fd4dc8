#include "net/frame_watch.h"

#include <algorithm>
#include <cstring>

namespace dz::net {
namespace {

// How many bytes the header has, by its first two (RFC 6455, 5.2).
std::size_t header_length(const unsigned char* header) {
  const auto length = header[1] & 0x7FU;
  return 2U + (length == 126U ? 2U : length == 127U ? 8U : 0U) + ((header[1] & 0x80U) != 0 ? 4U : 0U);
}

std::uint64_t payload_length(const unsigned char* header) {
  const auto length = header[1] & 0x7FU;
  if (length < 126U) return length;
  std::uint64_t value = 0;
  for (std::size_t i = 2; i < (length == 126U ? 4U : 10U); ++i) value = value << 8U | header[i];
  return value;
}

}  // namespace

bool FrameWatch::take(std::string_view bytes, Duration now) {
  while (!bytes.empty()) {
    if (in_payload_) {
      const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size()));
      payload_left_ -= taken;
      if (!is_control_) held_ += taken;
      bytes.remove_prefix(taken);
    } else {
      const auto wanted = header_size_ < 2 ? 2 : header_length(header_);
      const auto taken = std::min(wanted - header_size_, bytes.size());
      std::memcpy(header_ + header_size_, bytes.data(), taken);
      header_size_ += taken;
      bytes.remove_prefix(taken);
      if (header_size_ < 2 || header_size_ < header_length(header_)) continue;
      if (!take_header(now)) return false;
    }
    if (payload_left_ == 0) end_frame();
  }
  return true;
}

bool FrameWatch::take_header(Duration now) {
  in_payload_ = true;
  payload_left_ = payload_length(header_);
  is_control_ = (header_[0] & 0x08U) != 0;
  return is_control_ ? take_control(now) : take_fragment((header_[0] & 0x80U) != 0, now);
}

bool FrameWatch::take_control(Duration now) {
  if (!period_begun_ || now - *period_begun_ >= limits_.period) {
    period_begun_ = now;
    controls_ = 0;
  }
  return ++controls_ <= limits_.controls;
}

bool FrameWatch::take_fragment(bool last, Duration now) {
  ends_message_ = last;
  if (!begun_) begun_ = now;
  return ++fragments_ <= limits_.fragments;
}

void FrameWatch::end_frame() {
  in_payload_ = false;
  header_size_ = 0;
  if (is_control_ || !ends_message_) return;
  fragments_ = 0;
  held_ = 0;
  begun_.reset();
}

}  // namespace dz::net
