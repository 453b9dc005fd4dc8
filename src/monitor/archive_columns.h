// Values as columns of the monitor's archives. Included by their sources alone.
#pragma once

#include <algorithm>
#include <string>

#include "base/pubkey.h"
#include "base/result.h"
#include "base/time.h"

namespace dz::monitor {

inline std::int64_t micros(Timestamp t) { return t.time_since_epoch().count(); }
inline Timestamp from_micros(std::int64_t n) { return Timestamp{Duration{n}}; }

// Corrupt: no key.
inline Result<Pubkey> pubkey_of(ByteView blob) {
  if (blob.size() != 32)
    return corrupt("monitor store: expected a key of 32 bytes, found " + std::to_string(blob.size()));
  Pubkey key;
  std::copy(blob.begin(), blob.end(), key.bytes.begin());
  return key;
}

}  // namespace dz::monitor
