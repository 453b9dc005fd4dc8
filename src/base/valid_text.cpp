#include "base/valid_text.h"

#include <fmt/format.h>

#include "base/safe_text.h"

namespace dz {
namespace {

constexpr std::size_t kMostShown = 64;

// Of UTF-8: where the first control character stands; the text's size when there is none.
std::size_t first_control(std::string_view text, std::string_view allowed) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool low = byte < 0x20 || byte == 0x7F;
    const bool high = byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (high || (low && allowed.find(text[i]) == std::string_view::npos)) return i;
  }
  return text.size();
}

Result<void> check_bytes(std::string_view what, std::string_view text, std::string_view allowed) {
  const auto invalid = first_invalid_utf8(text);
  const bool is_text = invalid == text.size();
  const auto at = is_text ? first_control(text, allowed) : invalid;
  if (at == text.size()) return {};
  return refused(
      fmt::format("{}: expected UTF-8 without control characters, found {} 0x{:02X} at byte {}, after '{}'; "
                  "send it without",
                  what, is_text ? "a control character" : "the byte", static_cast<unsigned char>(text[at]), at + 1,
                  escaped(cut_text(text.substr(0, at), kMostShown))));
}

Result<void> check_size(std::string_view what, std::size_t size, std::size_t most) {
  if (size <= most) return {};
  return refused(fmt::format("{}: expected at most {} bytes, found {}; shorten it", what, most, size));
}

}  // namespace

Result<void> check_name(std::string_view what, std::string_view name) {
  if (name.empty()) return refused(fmt::format("{}: expected a name, found nothing; name it", what));
  return check_text(what, name, kMostName);
}

Result<void> check_text(std::string_view what, std::string_view text, std::size_t most) {
  DZ_TRY(check_size(what, text.size(), most));
  return check_bytes(what, text, {});
}

Result<void> check_lines(std::string_view what, std::string_view text, std::size_t most) {
  DZ_TRY(check_size(what, text.size(), most));
  return check_bytes(what, text, "\n\r\t");
}

}  // namespace dz
