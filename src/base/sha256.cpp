#include "base/sha256.h"

#include <memory>

#include <openssl/evp.h>

#include "base/check.h"

namespace dz {
namespace {

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
};

}  // namespace

// By OpenSSL, which uses the instructions that a processor has for it: a fifth of what libsodium takes. What it works
// in is kept for the next call of the thread, and says nothing of what was hashed before.
Sha256 sha256_of(std::span<const ByteView> parts) {
  thread_local const std::unique_ptr<EVP_MD, FreeDigest> digest(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
  Sha256 hash{};
  bool done = EVP_DigestInit_ex2(context.get(), digest.get(), nullptr) == 1;
  for (const auto part : parts) done = done && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  DZ_CHECK(done && EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1);  // else it is out of memory
  return hash;
}

Sha256 sha256(ByteView bytes) { return sha256_of(std::span(&bytes, 1)); }

}  // namespace dz
