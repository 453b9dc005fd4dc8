// Where a request ends is said once and in one way: whatever two readers could read in two ways (a proxy in front of
// us, and we) is refused. Beast refuses most of that; this is the rest, in one place.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dz::net {

// Names lower-cased, in their order, repeated ones repeated.
using HeaderFields = std::vector<std::pair<std::string, std::string>>;

struct FramingFault {
  int status = 400;
  std::string what;
};

struct RequestShape {
  unsigned version = 11;  // of HTTP, times ten
  bool upgrade = false;   // asks for WebSocket
};

std::optional<FramingFault> check_framing(RequestShape shape, const HeaderFields& fields);

// What a chunked body costs beside itself: sizes, extensions and trailers. Room for chunks of one byte each, and not
// for extensions or trailers without end.
inline constexpr std::size_t kMostBesideBody = 16U << 10;
inline bool has_too_much_beside_body(std::size_t taken, std::size_t body) {
  return taken > body && taken - body > kMostBesideBody + body * 8;
}

}  // namespace dz::net
