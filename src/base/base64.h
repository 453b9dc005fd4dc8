// Base64 (RFC 4648, with padding): the text form of account data and transactions.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace dz {

std::string encode_base64(ByteView bytes);

// Refused: a character outside the alphabet, missing padding, or bits set beyond the last byte.
Result<Bytes> decode_base64(std::string_view text);

}  // namespace dz
