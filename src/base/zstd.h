// Zstandard frames: account data as JSON-RPC sends it when base64+zstd is asked for.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"

namespace dz {

inline constexpr int kUsualEffort = 3, kLittleEffort = -1;
// effort: levels of the library.
Bytes compress_zstd(ByteView bytes, int effort = kUsualEffort);

// One frame, whole. Corrupt when it is not that; Refused when more than max_bytes would come out.
Result<Bytes> decompress_zstd(ByteView frame, std::size_t max_bytes);

}  // namespace dz
