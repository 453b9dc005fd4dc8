#include "base/safe_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <utility>

namespace dz {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kMore = "...";

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// What a lead byte says of its character: its length, and between which bytes its second one lies. Overlong forms,
// surrogates and what is beyond U+10FFFF have no row.
struct Lead {
  unsigned char first, last;
  std::size_t length;
  unsigned char second_least, second_most;
};
constexpr Lead kLeads[] = {{0x00, 0x7F, 1, 0, 0},       {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF},
                           {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF},
                           {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F}};

// How many bytes the character at the beginning of the text has; 0: it is none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto* lead = std::find_if(std::begin(kLeads), std::end(kLeads),
                                  [&](const Lead& l) { return byte(0) >= l.first && byte(0) <= l.last; });
  if (lead == std::end(kLeads) || lead->length > text.size()) return 0;
  if (lead->length == 1) return 1;
  if (byte(1) < lead->second_least || byte(1) > lead->second_most) return 0;
  for (std::size_t i = 2; i < lead->length; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  return lead->length;
}

}  // namespace

std::size_t first_invalid_utf8(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  while (at < text.size()) {
    std::uint64_t eight = 0;
    if (text.size() - at >= sizeof eight) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & kHighBits) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const auto length = character_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return at;
}

std::string valid_utf8(std::string text) {
  auto invalid = first_invalid_utf8(text, 0);
  if (invalid == text.size()) return text;
  std::string out;
  std::size_t begin = 0;
  for (; invalid < text.size(); invalid = first_invalid_utf8(text, begin)) {
    out.append(text, begin, invalid - begin).append(kReplacement);
    begin = invalid + 1;
  }
  return out.append(text, begin);
}

namespace {

// The character that begins there, of a length that character_length() told.
char32_t character_at(std::string_view text, std::size_t length) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (length == 1) return byte(0);
  char32_t value = byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = (value << 6U) | (byte(i) & 0x3FU);
  return value;
}

struct Span {
  char32_t first, last;
};
// C1 controls, the soft hyphen, marks and overrides of direction, separators, what has no width, tags.
constexpr Span kActedOn[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},      {0x61C, 0x61C},
                             {0x180E, 0x180E}, {0x200B, 0x200F}, {0x2028, 0x202E},  {0x2060, 0x206F},
                             {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};

bool is_acted_on(char32_t c) {
  return std::any_of(std::begin(kActedOn), std::end(kActedOn),
                     [&](const Span& span) { return c >= span.first && c <= span.last; });
}

void put_escape(std::string& out, char32_t c) {
  constexpr const char* kDigits = "0123456789abcdef";
  const auto put = [&](char32_t unit) {
    out += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U}) out += kDigits[(unit >> shift) & 0xFU];
  };
  if (c < 0x10000) return put(c);
  put(0xD800 + ((c - 0x10000) >> 10U));
  put(0xDC00 + ((c - 0x10000) & 0x3FFU));
}

// How much of the text, from `at` on, is ASCII that nothing acts on: most of it, so eight bytes are looked at together.
std::size_t plain_end(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U, kHighBits = 0x80 * kOnes;
  for (std::uint64_t eight = 0; text.size() - at >= sizeof eight; at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    const bool control = ((eight - 0x20 * kOnes) & ~eight & kHighBits) != 0;
    if (control || ((eight | (eight + kOnes)) & kHighBits) != 0) break;
  }
  while (at < text.size() && text[at] >= ' ' && text[at] < '\x7f') ++at;
  return at;
}

std::string escape_all(std::string_view text, std::string_view kept) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto plain = plain_end(text, i);
    out.append(text, i, plain - i);
    i = plain;
    if (i == text.size()) break;
    const auto length = character_length(text.substr(i));
    if (length == 0) {
      out += kReplacement;
      ++i;
      continue;
    }
    const auto c = character_at(text.substr(i), length);
    if (is_acted_on(c) && (c >= 0x80 || kept.find(static_cast<char>(c)) == std::string_view::npos)) {
      put_escape(out, c);
    } else {
      out.append(text, i, length);
    }
    i += length;
  }
  return out;
}

}  // namespace

std::string escaped(std::string_view text) { return escape_all(text, {}); }
std::string escaped_lines(std::string text) {
  return plain_end(text, 0) == text.size() ? std::move(text) : escape_all(text, "\n\t");
}

std::string cut_text(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  auto end = most - std::min(most, kMore.size());
  for (int i = 0; i < 3 && end > 0 && is_continuation(text[end]); ++i) --end;
  return std::string(text.substr(0, end)).append(kMore.substr(0, most));
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : text) {
    const char kept = is_control(c) ? ' ' : c;
    if (kept == ' ' && (out.empty() || out.back() == ' ')) continue;
    out.push_back(kept);
    if (out.size() > most + kReplacement.size()) break;  // more than cutting needs
  }
  while (out.ends_with(' ')) out.pop_back();
  return cut_text(out, most);
}

std::string header_value(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size() && out.size() <= kMostHeaderValue;) {
    const auto length = std::max<std::size_t>(1, character_length(text.substr(i)));
    out.push_back(length == 1 && static_cast<unsigned char>(text[i]) < 0x80 ? text[i] : '?');
    i += length;
  }
  return one_line(out, kMostHeaderValue);
}

}  // namespace dz
