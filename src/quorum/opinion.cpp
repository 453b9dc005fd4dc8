#include "quorum/opinion.h"

#include <fmt/format.h>

#include "attest/opinion_bytes.h"
#include "base/sha256.h"
#include "wire/borsh.h"

namespace dz::quorum {
namespace {

// Times are signed so that one before 1970 is not a distant future; one that no clock shows is refused.
constexpr std::int64_t kLastMicros = kLastTime.time_since_epoch().count();

bool take(wire::BorshCursor& in, std::string_view word) {
  const auto found = in.take(word.size());
  return found && as_text(*found) == word;
}

bool take(wire::BorshCursor& in, Opinion& o) {
  std::uint8_t kind = 0, health = 0;
  std::int64_t window_end = 0, made_at = 0;
  const bool whole = in.get(o.network.genesis) && in.get(o.network.program) && in.get(o.judge) && in.get(kind) &&
                     in.get(o.record) && in.get(o.account) && in.get(health) && in.get(window_end) &&
                     in.get(o.policy) && in.get(made_at);
  constexpr std::int64_t kLastMinute = kLastMicros / 60'000'000;
  const auto held = attest::opinion_health(health);
  if (!whole || kind > 1 || !held) return false;
  if (window_end < 0 || window_end > kLastMinute || made_at < 0 || made_at > kLastMicros) return false;
  o.kind = kind == 0 ? RecordKind::Link : RecordKind::Device;
  o.health = *held;
  o.window_end = Minute{std::chrono::minutes{window_end}};
  o.made_at = Timestamp{Duration{made_at}};
  return true;
}

std::optional<std::uint8_t> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

}  // namespace

Bytes signed_bytes(const Opinion& o) {
  return attest::opinion_bytes({o.network.genesis.bytes, o.network.program, o.judge, o.kind, o.record, o.account,
                                o.health, o.window_end, o.policy, o.made_at});
}

SignedOpinion sign(Opinion opinion, const wire::Keypair& key) {
  opinion.judge = key.pubkey();
  const auto bytes = signed_bytes(opinion);
  return {std::move(opinion), key.sign(bytes)};
}

bool is_signed(const SignedOpinion& o) { return verify(o.signature, o.opinion.judge, signed_bytes(o.opinion)); }

Bytes encode(const SignedOpinion& o) {
  auto bytes = signed_bytes(o.opinion);
  bytes.insert(bytes.end(), o.signature.bytes.begin(), o.signature.bytes.end());
  return bytes;
}

Result<SignedOpinion> decode_opinion(ByteView bytes) {
  wire::BorshCursor in(bytes);
  SignedOpinion o;
  if (bytes.size() != kOpinionBytes || !take(in, attest::kOpinionBegin) || !take(in, o.opinion) ||
      !in.get(o.signature.bytes)) {
    return corrupt(
        fmt::format("expected the {} bytes of an opinion, found {} bytes that are none", kOpinionBytes, bytes.size()));
  }
  return o;
}

Hash account_hash(ByteView data) { return sha256(data); }

Result<Hash> parse_digest(std::string_view hex) {
  Hash hash{};
  if (hex.size() != 2 * hash.size()) return refused("expected 64 hex digits, found " + std::to_string(hex.size()));
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const auto high = digit_of(hex[2 * i]), low = digit_of(hex[2 * i + 1]);
    if (!high || !low) return refused("expected 64 hex digits of 0 to 9 and a to f, found others");
    hash[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return hash;
}

}  // namespace dz::quorum
