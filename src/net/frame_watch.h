// Counts the frames of a WebSocket beside whoever reads them: how many pieces a message has, how many bytes of it are
// here, since when it has begun, and how many pings come. Bytes only: no socket, and time is an argument.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace dz::net {

struct FrameLimits {
  std::size_t fragments = 1024;  // of one message
  std::size_t controls = 1024;   // pings, pongs and goodbyes within a period
  Duration period = std::chrono::seconds{10};
};

class FrameWatch {
 public:
  explicit FrameWatch(FrameLimits limits) : limits_(limits) {}

  // What arrived next. False: more frames than may be; what follows is not counted.
  bool take(std::string_view bytes, Duration now);

  // Of the message that has begun and has not ended.
  std::optional<Duration> begun() const { return begun_; }
  std::size_t held() const { return held_; }

 private:
  bool take_header(Duration now);
  bool take_control(Duration now);
  bool take_fragment(bool last, Duration now);
  void end_frame();

  FrameLimits limits_;
  unsigned char header_[14] = {};  // as much of the next frame's as is here
  std::size_t header_size_ = 0;
  std::uint64_t payload_left_ = 0;
  bool in_payload_ = false, ends_message_ = false, is_control_ = false;
  std::size_t fragments_ = 0;
  std::optional<Duration> begun_;
  std::size_t held_ = 0;
  std::size_t controls_ = 0;
  std::optional<Duration> period_begun_;
};

}  // namespace dz::net
