#include "wire/keypair.h"

#include <algorithm>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "base/base58.h"
#include "base/check.h"

namespace dz::wire {
namespace {

// Idempotent and cheap; key generation needs it, the rest works without.
void start_sodium() { DZ_CHECK(sodium_init() >= 0); }

// One number 0..255 of a key file. The numbers are secret: errors name positions only.
Result<std::uint8_t> parse_key_byte(const boost::json::value& value, std::size_t position) {
  boost::system::error_code error;
  const auto byte = value.to_number<std::uint8_t>(error);
  if (error) return refused(fmt::format("expected a number 0-255 at position {} of the key", position));
  return byte;
}

}  // namespace

std::string to_text(const Signature& signature) { return encode_base58(signature.view()); }

Result<Signature> parse_signature(std::string_view text) {
  auto bytes = decode_base58(text, 96);
  if (!bytes) return with_context("signature", bytes.error());
  if (bytes->size() != 64) return refused(fmt::format("signature: expected 64 bytes, found {}", bytes->size()));
  Signature signature;
  std::copy(bytes->begin(), bytes->end(), signature.bytes.begin());
  return signature;
}

Keypair Keypair::generate() {
  start_sodium();
  Keypair pair;
  crypto_sign_keypair(pair.pubkey_.bytes.data(), pair.secret_.data());
  return pair;
}

Keypair Keypair::from_seed(const std::array<std::uint8_t, 32>& seed) {
  Keypair pair;
  crypto_sign_seed_keypair(pair.pubkey_.bytes.data(), pair.secret_.data(), seed.data());
  return pair;
}

Result<Keypair> Keypair::parse_json(std::string_view json) {
  boost::system::error_code error;
  const auto value = boost::json::parse({json.data(), json.size()}, error);
  const auto* numbers = error ? nullptr : value.if_array();
  if (numbers == nullptr) return refused("expected a Solana key file: a JSON array of 64 numbers");
  if (numbers->size() != 64) {
    return refused(fmt::format("expected a Solana key file: a JSON array of 64 numbers, found {}", numbers->size()));
  }
  std::array<std::uint8_t, 64> bytes{};
  for (std::size_t i = 0; i < 64; ++i) {
    DZ_TRY_ASSIGN(bytes[i], parse_key_byte((*numbers)[i], i));
  }
  std::array<std::uint8_t, 32> seed{};
  std::copy_n(bytes.begin(), 32, seed.begin());
  auto pair = from_seed(seed);
  if (pair.secret_ != bytes) {
    return refused("the public half of the key file does not belong to its secret half; restore the file from a copy");
  }
  return pair;
}

Signature Keypair::sign(ByteView message) const {
  Signature signature;
  crypto_sign_detached(signature.bytes.data(), nullptr, message.data(), message.size(), secret_.data());
  return signature;
}

std::string Keypair::to_json() const { return fmt::format("[{}]", fmt::join(secret_, ",")); }

bool verify(const Signature& signature, const Pubkey& signer, ByteView message) {
  return crypto_sign_verify_detached(signature.bytes.data(), message.data(), message.size(), signer.bytes.data()) == 0;
}

}  // namespace dz::wire
