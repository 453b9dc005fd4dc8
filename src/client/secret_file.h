// Files that hold secrets: keys, tokens, urls of webhooks. What others on the machine can read is no secret, so such a
// file is not used, as ssh does not use it.
#pragma once

#include <string>

#include "base/result.h"

namespace dz::client {

struct SecretRules {
  bool allow_readable = false;   // --allow-readable-secrets: whoever can read them
  std::string credentials = {};  // the folder in which a service manager put them for this process alone
};

// Refused, with the command that mends it, when the file's group or others may read or change it. What is not there, or
// no regular file, is not judged.
Result<void> check_secret_file(const std::string& path, const SecretRules& rules = {});

// The rules of a program: what its flag says, and $CREDENTIALS_DIRECTORY.
SecretRules secret_rules_of_process(bool allow_readable);

inline constexpr const char* kAllowReadableSecrets = "--allow-readable-secrets";
inline constexpr const char* kAllowReadableSecretsHelp =
    "Use keys, tokens and settings with secrets also from files that others can read";

}  // namespace dz::client
