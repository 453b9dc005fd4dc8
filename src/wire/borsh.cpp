#include "wire/borsh.h"

#include <bit>

namespace dz::wire {

void BorshWriter::put(double value) { put(std::bit_cast<std::uint64_t>(value)); }

void BorshWriter::put(const std::string& text) {
  put(static_cast<std::uint32_t>(text.size()));
  raw(as_bytes(text));
}

void BorshWriter::put(const NetworkV4& net) {
  put(net.address);
  put(net.prefix);
}

std::optional<ByteView> BorshCursor::take(std::size_t count) {
  if (count > rest_.size()) {
    rest_ = {};
    return std::nullopt;
  }
  const auto taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}

bool BorshCursor::get(bool& value) {
  std::uint8_t byte = 0;
  if (!get(byte)) return false;
  value = byte == 1;
  return byte <= 1;
}

bool BorshCursor::get(double& value) {
  std::uint64_t bits = 0;
  if (!get(bits)) return false;
  value = std::bit_cast<double>(bits);
  return true;
}

bool BorshCursor::get(std::string& text) {
  std::uint32_t length = 0;
  if (!get(length)) return false;
  const auto bytes = take(length);
  if (!bytes || !is_utf8(*bytes)) return false;
  text = as_text(*bytes);
  return true;
}

bool BorshCursor::get(Pubkey& key) { return get(key.bytes); }
bool BorshCursor::get(Ipv4& ip) { return get(ip.octets); }
bool BorshCursor::get(NetworkV4& net) { return get(net.address) && get(net.prefix) && net.prefix <= 32; }

void write_borsh(BorshWriter& out, const FlexAlgoSegment& segment) { out(segment.topology, segment.node_segment_idx); }
bool read_borsh(BorshCursor& in, FlexAlgoSegment& segment) {
  return in.get(segment.topology) && in.get(segment.node_segment_idx);
}

bool is_utf8(ByteView bytes) {
  std::size_t i = 0;
  while (i < bytes.size()) {
    const std::uint8_t lead = bytes[i++];
    if (lead < 0x80) continue;
    const int more = lead >= 0xC2 && lead <= 0xDF   ? 1
                     : lead >= 0xE0 && lead <= 0xEF ? 2
                     : lead >= 0xF0 && lead <= 0xF4 ? 3
                                                    : 0;
    if (more == 0) return false;
    std::uint32_t point = lead & (0x3FU >> more);
    for (int k = 0; k < more; ++k) {
      if (i == bytes.size() || (bytes[i] & 0xC0) != 0x80) return false;
      point = point << 6 | (bytes[i++] & 0x3FU);
    }
    const bool overlong = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
    if (overlong || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
  }
  return true;
}

}  // namespace dz::wire
