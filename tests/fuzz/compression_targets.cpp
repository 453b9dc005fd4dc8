// Compressed bytes: what comes out is bounded, and what is compressed comes back.
#include "base/check.h"
#include "base/zstd.h"
#include "input.h"
#include "net/gzip.h"
#include "targets.h"

namespace dz::fuzz {
namespace {
constexpr std::size_t kMost = 1U << 20;
}

int gzip_target(ByteView bytes) {
  if (const auto text = net::gunzip(as_text(bytes), kMost)) {
    DZ_CHECK(text->size() <= kMost);
  } else {
    DZ_CHECK(can_be_told(text.error().message));
  }
  const auto back = net::gunzip(net::gzip(as_text(bytes)), bytes.size());
  DZ_CHECK(back.has_value() && *back == as_text(bytes));
  return 0;
}

int zstd_target(ByteView bytes) {
  if (const auto plain = decompress_zstd(bytes, kMost)) {
    DZ_CHECK(plain->size() <= kMost);
  } else {
    DZ_CHECK(can_be_told(plain.error().message));
  }
  const auto back = decompress_zstd(compress_zstd(bytes), bytes.size());
  DZ_CHECK(back.has_value() && std::equal(back->begin(), back->end(), bytes.begin(), bytes.end()));
  return 0;
}

}  // namespace dz::fuzz
