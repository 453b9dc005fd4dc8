// Key files: a Solana JSON array of 64 numbers, readable by the owner alone.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "client/secret_file.h"
#include "wire/keypair.h"

namespace dz::client {

// NotFound when there is no such file; Refused when it cannot be read, others can read it too, or it is not a key.
Result<wire::Keypair> read_key_file(const std::string& path, const SecretRules& rules = {});

// The same of a key that a daemon may go without: a file that holds the word "none" says that there is none. The
// package's units hand over such a one where no key was made yet.
Result<std::optional<wire::Keypair>> read_optional_key_file(const std::string& path, const SecretRules& rules = {});

// Mode 0600 from its first byte, complete or not there at all (written beside and renamed), missing folders are made
// (0700). Refused when the file exists, unless overwrite.
Result<void> write_key_file(const std::string& path, const wire::Keypair& key, bool overwrite);

// Writes text to path atomically with the given permission bits, replacing what was there.
Result<void> write_file_atomically(const std::string& path, std::string_view text, unsigned mode);
// The whole file; NotFound when there is none, Refused when it is larger than limit or cannot be read.
Result<std::string> read_small_file(const std::string& path, std::size_t limit = 1U << 20);

}  // namespace dz::client
