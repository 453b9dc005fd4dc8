// A small file that a program rewrites whole: a line with a checksum, then the text. A reader finds the text of some
// finished write, or is told that the file cannot be trusted; half of a write is never seen.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dz::storage {

// On disk when it returns. Retry: not written, and the file is as it was (a full disk, a folder that nobody may
// write).
Result<void> write_state_file(const std::string& path, std::string_view text);

// None: there is no such file. Corrupt: its bytes are not those that were written. Retry: it cannot be read now.
Result<std::optional<std::string>> read_state_file(const std::string& path);

// The bytes of such a file.
std::string state_file_bytes(std::string_view text);

}  // namespace dz::storage
