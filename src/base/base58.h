// Base58 (Bitcoin alphabet), the text form of keys, signatures and block hashes.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace dz {

std::string encode_base58(ByteView bytes);

// Refused: a character outside the alphabet, or text longer than max_text (the work is quadratic in the length).
Result<Bytes> decode_base58(std::string_view text, std::size_t max_text = 256);

}  // namespace dz
