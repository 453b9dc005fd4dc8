#include "wire/borsh.h"

#include <bit>

#include "base/safe_text.h"

namespace dz::wire {

void BorshWriter::put(double value) { put(std::bit_cast<std::uint64_t>(value)); }

void BorshWriter::put(const std::string& text) {
  put(static_cast<std::uint32_t>(text.size()));
  raw(as_bytes(text));
}

void BorshWriter::put(const Bytes& bytes) {
  put(static_cast<std::uint32_t>(bytes.size()));
  raw(bytes);
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

bool BorshCursor::get_any_text(std::string& text) {
  std::uint32_t length = 0;
  if (!get(length)) return false;
  const auto bytes = take(length);
  if (bytes) text = as_text(*bytes);
  return bytes.has_value();
}

bool BorshCursor::get(Bytes& bytes) {
  std::uint32_t count = 0;
  if (!get(count)) return false;
  const auto found = take(count);
  if (found) bytes.assign(found->begin(), found->end());
  return found.has_value();
}

bool BorshCursor::get(std::string& text) { return get_any_text(text) && is_utf8(text); }

bool BorshCursor::get(Pubkey& key) { return get(key.bytes); }
bool BorshCursor::get(Ipv4& ip) { return get(ip.octets); }
bool BorshCursor::get(NetworkV4& net) { return get(net.address) && get(net.prefix) && net.prefix <= 32; }

void write_borsh(BorshWriter& out, const FlexAlgoSegment& segment) { out(segment.topology, segment.node_segment_idx); }
bool read_borsh(BorshCursor& in, FlexAlgoSegment& segment) {
  return in.get(segment.topology) && in.get(segment.node_segment_idx);
}

}  // namespace dz::wire
