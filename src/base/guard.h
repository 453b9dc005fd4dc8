// The catch of a door: libraries throw, we do not. Whoever calls what may take memory for a stranger calls it through
// here.
#pragma once

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace dz {

inline constexpr const char* kOutOfMemory = "out of memory";  // short enough that a std::string of it takes none

// Calls it, and says what it threw, if it did: kOutOfMemory when there was none, else the exception's own words.
template <typename Call>
std::optional<std::string> failure_of(const Call& call) noexcept {
  constexpr std::size_t kMostWords = 200;
  try {
    try {
      call();
      return std::nullopt;
    } catch (const std::bad_alloc&) {
      return kOutOfMemory;
    } catch (const std::exception& failure) {
      return std::string(failure.what(), std::min(std::strlen(failure.what()), kMostWords));
    } catch (...) {
      return "unknown";
    }
  } catch (...) {
    return kOutOfMemory;  // not even for the words
  }
}

// At the end of its scope, if that is left by an exception: calls it. What it throws itself is lost.
template <typename Call>
class IfThrown {
 public:
  explicit IfThrown(Call call) : call_(std::move(call)) {}
  ~IfThrown() {
    if (std::uncaught_exceptions() > before_) failure_of(call_);
  }
  IfThrown(const IfThrown&) = delete;
  IfThrown& operator=(const IfThrown&) = delete;

 private:
  Call call_;
  int before_ = std::uncaught_exceptions();
};

}  // namespace dz
