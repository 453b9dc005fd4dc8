#include "base/zstd.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <zstd.h>

#include "base/check.h"

namespace dz {

// What the library works in is kept for the next call of the thread: to make it anew costs three times as much as to
// compress the minutes of a decision. It says nothing of what was compressed before.
Bytes compress_zstd(ByteView bytes, int effort) {
  thread_local const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  DZ_CHECK(context != nullptr);
  Bytes frame(ZSTD_compressBound(bytes.size()));
  const std::size_t size =
      ZSTD_compressCCtx(context.get(), frame.data(), frame.size(), bytes.data(), bytes.size(), effort);
  DZ_CHECK(ZSTD_isError(size) == 0);
  frame.resize(size);
  return frame;
}

namespace {

// A frame that tells its size, and one that is in proportion to its own: at once. None: in another way, which also says
// what is wrong with it.
std::optional<Bytes> decompress_at_once(ByteView frame, std::size_t max_bytes) {
  constexpr std::uint64_t kMostProportion = 200;  // no frame makes us take more memory than so many times its own
  const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > max_bytes) return std::nullopt;
  if (size > frame.size() * kMostProportion) return std::nullopt;
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size()) return std::nullopt;
  thread_local const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  DZ_CHECK(context != nullptr);
  Bytes out(size);
  const auto done = ZSTD_decompressDCtx(context.get(), out.data(), out.size(), frame.data(), frame.size());
  return done == size ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

// Frames that were written as a stream do not tell their size, so the output grows as it comes.
Result<Bytes> decompress_zstd(ByteView frame, std::size_t max_bytes) {
  if (auto out = decompress_at_once(frame, max_bytes)) return std::move(*out);
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
  DZ_CHECK(stream != nullptr);
  ZSTD_inBuffer input{frame.data(), frame.size(), 0};
  Bytes out;
  std::size_t left = 1;
  while (left != 0) {
    Bytes chunk(ZSTD_DStreamOutSize());
    ZSTD_outBuffer output{chunk.data(), chunk.size(), 0};
    left = ZSTD_decompressStream(stream.get(), &output, &input);
    if (ZSTD_isError(left) != 0) return corrupt("expected a zstd frame, found other bytes");
    if (output.pos > max_bytes - out.size()) {
      return refused(fmt::format("expected at most {} bytes out of the zstd frame", max_bytes));
    }
    out.insert(out.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(output.pos));
    if (left != 0 && input.pos == input.size && output.pos < output.size) {
      return corrupt("expected a whole zstd frame, found one cut off");
    }
  }
  if (input.pos != input.size) return corrupt("expected one zstd frame, found bytes behind it");
  return out;
}

}  // namespace dz
