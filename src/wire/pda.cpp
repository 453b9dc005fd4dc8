#include "wire/pda.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <openssl/bn.h>

#include "base/check.h"
#include "base/sha256.h"

namespace dz::wire {
namespace {

// x^2 = (y^2 - 1) / (d y^2 + 1) has a root exactly when (y^2 - 1)(d y^2 + 1) is 0 or a quadratic residue (the divisor
// is never 0, for -1/d is no square): one Kronecker symbol instead of a square root. libsodium's
// crypto_core_ed25519_is_valid_point answers another question (it wants the prime subgroup) and must not be used here.
class Ed25519Curve {
 public:
  bool contains(std::array<std::uint8_t, 32> key) {
    key[31] &= 0x7f;
    BN_lebin2bn(key.data(), 32, y_.get());
    BN_mod_sqr(u_.get(), y_.get(), p_.get(), context_.get());  // y^2
    BN_mod_mul(v_.get(), u_.get(), d_.get(), p_.get(), context_.get());
    BN_add_word(v_.get(), 1);              // d y^2 + 1
    BN_add(u_.get(), u_.get(), p_.get());  // keeps y^2 - 1 from going below zero
    BN_sub_word(u_.get(), 1);
    BN_mod_mul(u_.get(), u_.get(), v_.get(), p_.get(), context_.get());
    const int symbol = BN_kronecker(u_.get(), p_.get(), context_.get());
    DZ_CHECK(symbol >= -1);  // -2: out of memory
    return symbol != -1;
  }

 private:
  struct Free {
    void operator()(BIGNUM* n) const { BN_free(n); }
    void operator()(BN_CTX* c) const { BN_CTX_free(c); }
  };
  using Number = std::unique_ptr<BIGNUM, Free>;
  static Number hex(const char* digits) {
    BIGNUM* n = nullptr;
    BN_hex2bn(&n, digits);
    return Number(n);
  }

  std::unique_ptr<BN_CTX, Free> context_{BN_CTX_new()};
  Number p_ = hex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
  Number d_ = hex("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");
  Number y_{BN_new()}, u_{BN_new()}, v_{BN_new()};
};

}  // namespace

bool is_on_curve(const Pubkey& key) { return Ed25519Curve().contains(key.bytes); }

namespace {

ProgramAddress search(std::span<const ByteView> seeds, const Pubkey& program) {
  Ed25519Curve curve;
  std::uint8_t bump = 255;
  std::vector<ByteView> parts(seeds.begin(), seeds.end());
  parts.insert(parts.end(), {ByteView(&bump, 1), program.view(), as_bytes("ProgramDerivedAddress")});
  for (;; --bump) {
    const auto hash = sha256_of(parts);
    if (!curve.contains(hash)) return {Pubkey{hash}, bump};
    DZ_CHECK(bump > 0);  // 256 hashes in a row on the curve: one chance in 2^256
  }
}

// Addresses that were found lately: of the program's own accounts, a signer's permission, a direction's samples, each
// instruction asks again. An address is a function of its seeds, so what is remembered is never stale; a newer one
// takes the place of an older one.
class KnownAddresses {
 public:
  ProgramAddress find(std::span<const ByteView> seeds, const Pubkey& program) {
    key_.assign(program.bytes.begin(), program.bytes.end());
    for (const auto seed : seeds) {
      key_ += std::to_string(seed.size()) + ':';  // so no two lists of seeds have the same bytes
      key_.append(seed.begin(), seed.end());
    }
    auto& place = places_[std::hash<std::string>{}(key_) % places_.size()];
    if (place.key != key_) place = {key_, search(seeds, program)};
    return place.found;
  }

 private:
  struct Place {
    std::string key;
    ProgramAddress found;
  };
  std::array<Place, 256> places_;
  std::string key_;
};

}  // namespace

ProgramAddress find_program_address(std::span<const ByteView> seeds, const Pubkey& program) {
  thread_local KnownAddresses known;
  return known.find(seeds, program);
}

std::optional<Pubkey> create_program_address(std::span<const ByteView> seeds, const Pubkey& program) {
  std::vector<ByteView> parts(seeds.begin(), seeds.end());
  parts.insert(parts.end(), {program.view(), as_bytes("ProgramDerivedAddress")});
  const Pubkey address{sha256_of(parts)};
  if (is_on_curve(address)) return std::nullopt;
  return address;
}

}  // namespace dz::wire
