// Ed25519 keys and signatures (libsodium). The secret never leaves this class except as the key-file text.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/pubkey.h"
#include "base/result.h"

namespace dz::wire {

struct Signature {
  std::array<std::uint8_t, 64> bytes{};
  auto operator<=>(const Signature&) const = default;
  ByteView view() const { return bytes; }
};
std::string to_text(const Signature& signature);  // base58
Result<Signature> parse_signature(std::string_view text);

class Keypair {
 public:
  static Keypair generate();  // from the system's random source
  static Keypair from_seed(const std::array<std::uint8_t, 32>& seed);
  // The Solana key file: a JSON array of 64 numbers, secret seed then public key. Refused when it is anything else or
  // when the two halves do not belong together.
  static Result<Keypair> parse_json(std::string_view json);

  const Pubkey& pubkey() const { return pubkey_; }
  Signature sign(ByteView message) const;
  std::string to_json() const;

 private:
  Keypair() = default;
  std::array<std::uint8_t, 64> secret_{};
  Pubkey pubkey_;
};

bool verify(const Signature& signature, const Pubkey& signer, ByteView message);

}  // namespace dz::wire

template <>
struct std::hash<dz::wire::Signature> {
  std::size_t operator()(const dz::wire::Signature& s) const noexcept {
    std::size_t value;
    std::memcpy(&value, s.bytes.data(), sizeof value);
    return value;
  }
};
