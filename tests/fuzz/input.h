// What an input says besides its bytes: targets read their choices from the beginning of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/safe_text.h"

namespace dz::fuzz {

class Input {
 public:
  explicit Input(ByteView bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  ByteView rest() const { return rest_; }
  // 0 at the end.
  std::uint8_t byte() {
    const auto found = take(1);
    return found.empty() ? 0 : found[0];
  }
  // A choice that stands in the input as a letter or a digit: 0 to n - 1.
  std::size_t choice(std::size_t n) { return byte() % n; }
  // As many of the next bytes as there are.
  ByteView take(std::size_t count) {
    const auto found = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(found.size());
    return found;
  }
  // Up to the next such byte, which is dropped; else all.
  ByteView take_until(std::uint8_t end) {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] != end) ++count;
    const auto found = take(count);
    take(1);
    return found;
  }

 private:
  ByteView rest_;
};

inline bool is_text(std::string_view text) { return valid_utf8(std::string(text)) == text; }
// What is told to people: characters, and not more of them than a page.
inline bool can_be_told(std::string_view text) { return is_text(text) && text.size() < 65'536; }

}  // namespace dz::fuzz
