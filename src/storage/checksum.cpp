#include "storage/checksum.h"

#include <new>

#include <fmt/format.h>
#include <sodium.h>

namespace dz::storage {
namespace {

constexpr std::size_t kSize = crypto_generichash_BYTES_MIN;  // its first 8 bytes are taken

crypto_generichash_state* of(std::uint8_t* state) { return reinterpret_cast<crypto_generichash_state*>(state); }

std::uint64_t number_of(const std::array<std::uint8_t, kSize>& hash) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{hash[i]} << (8 * i);
  return value;
}

}  // namespace

Checksum::Checksum() {
  static_assert(sizeof(crypto_generichash_state) <= kStateSize && alignof(crypto_generichash_state) <= 64);
  crypto_generichash_init(of(state_.data()), nullptr, 0, kSize);
}

Checksum& Checksum::add(ByteView bytes) {
  crypto_generichash_update(of(state_.data()), bytes.data(), bytes.size());
  return *this;
}

Checksum& Checksum::add(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return add(ByteView{bytes});
}

std::uint64_t Checksum::value() const {
  alignas(64) auto state = state_;  // more may be added to this one
  std::array<std::uint8_t, kSize> hash;
  crypto_generichash_final(of(state.data()), hash.data(), hash.size());
  return number_of(hash);
}

std::uint64_t checksum_of(ByteView bytes) {
  std::array<std::uint8_t, kSize> hash;
  crypto_generichash(hash.data(), hash.size(), bytes.data(), bytes.size(), nullptr, 0);
  return number_of(hash);
}

std::string checksum_text(std::uint64_t checksum) { return fmt::format("{:016x}", checksum); }

}  // namespace dz::storage
