#include "base/base58.h"

#include <algorithm>
#include <array>

namespace dz {
namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

constexpr std::array<std::int8_t, 256> make_digits() {
  std::array<std::int8_t, 256> digits{};
  digits.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  }
  return digits;
}
constexpr auto kDigits = make_digits();

constexpr int kChunkDigits = 5;
constexpr std::uint32_t kChunk = 58 * 58 * 58 * 58 * 58;
// Of a character beyond ASCII only its first byte is known here.
tl::unexpected<Error> unexpected_character(char c) {
  const bool printable = c > ' ' && c <= '~';
  return refused("expected base58, found " + (printable ? std::string("the character '") + c + "'"
                                                        : std::string("a character that is none of it")));
}

}  // namespace

std::string encode_base58(ByteView bytes) {
  const auto first = std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b != 0; });
  const auto zeros = static_cast<std::size_t>(first - bytes.begin());
  std::vector<std::uint32_t> chunks;  // base 58^5, least significant first: ten times fewer steps than digit by digit
  chunks.reserve(bytes.size() * 138 / 500 + 2);
  const auto put = [&](std::uint32_t next, int bits) {  // the number so far, times 2^bits, and `next`
    std::uint64_t carry = next;
    for (auto& chunk : chunks) {
      carry += std::uint64_t{chunk} << bits;
      chunk = static_cast<std::uint32_t>(carry % kChunk);
      carry /= kChunk;
    }
    for (; carry > 0; carry /= kChunk) chunks.push_back(static_cast<std::uint32_t>(carry % kChunk));
  };
  auto it = first;
  for (; (bytes.end() - it) % 4 != 0; ++it) put(*it, 8);
  for (; it != bytes.end(); it += 4) {
    put(static_cast<std::uint32_t>(it[0]) << 24 | static_cast<std::uint32_t>(it[1]) << 16 |
            static_cast<std::uint32_t>(it[2]) << 8 | it[3],
        32);
  }
  std::string text;  // the last digit first
  text.reserve(zeros + chunks.size() * kChunkDigits);
  for (auto chunk : chunks) {
    for (int digit = 0; digit < kChunkDigits; ++digit, chunk /= 58) text.push_back(kAlphabet[chunk % 58]);
  }
  while (!text.empty() && text.back() == kAlphabet[0]) text.pop_back();  // the first chunk may have fewer digits
  text.append(zeros, kAlphabet[0]);
  std::reverse(text.begin(), text.end());
  return text;
}

Result<Bytes> decode_base58(std::string_view text, std::size_t max_text) {
  if (text.size() > max_text) {
    return refused("expected at most " + std::to_string(max_text) + " base58 characters, found " +
                   std::to_string(text.size()));
  }
  std::size_t zeros = 0;
  while (zeros < text.size() && text[zeros] == '1') ++zeros;
  Bytes value;  // base 256, least significant first
  for (const char c : text.substr(zeros)) {
    const int digit = kDigits[static_cast<unsigned char>(c)];
    if (digit < 0) return unexpected_character(c);
    unsigned carry = static_cast<unsigned>(digit);
    for (auto& byte : value) {
      carry += 58U * byte;
      byte = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    for (; carry > 0; carry >>= 8) value.push_back(static_cast<std::uint8_t>(carry));
  }
  value.insert(value.end(), zeros, 0);
  std::reverse(value.begin(), value.end());
  return value;
}

}  // namespace dz
