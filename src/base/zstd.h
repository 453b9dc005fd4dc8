// Zstandard frames: account data as JSON-RPC sends it when base64+zstd is asked for.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"

namespace dz {

Bytes compress_zstd(ByteView bytes);

// One frame, whole. Corrupt when it is not that; Refused when more than max_bytes would come out.
Result<Bytes> decompress_zstd(ByteView frame, std::size_t max_bytes);

}  // namespace dz
