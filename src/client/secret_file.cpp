#include "client/secret_file.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

namespace dz::client {
namespace {

constexpr unsigned kOfOthers = 0077;

// As a shell reads it as one word.
std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=:@%,";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos && word.front() != '-') return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string name_of(uid_t user) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> text(16'384);
  if (::getpwuid_r(user, &entry, text.data(), text.size(), &found) == 0 && found != nullptr) return found->pw_name;
  return std::to_string(user);
}

// Somebody else's file would not be readable here once only its owner may read it.
std::string mend(const std::string& path, uid_t owner) {
  const auto file = quoted(path);
  if (owner == ::geteuid()) return "chmod 600 " + file;
  return fmt::format("chown {} {} && chmod 600 {}", name_of(::geteuid()), file, file);
}

bool is_below(const std::string& path, const std::string& folder) {
  return !folder.empty() && path.starts_with(folder + "/") && path.find("/../") == std::string::npos;
}

}  // namespace

Result<void> check_secret_file(const std::string& path, const SecretRules& rules) {
  struct stat file {};
  if (rules.allow_readable || is_below(path, rules.credentials)) return {};
  if (::stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode) || (file.st_mode & kOfOthers) == 0) return {};
  return refused(
      fmt::format("{} holds a secret and others than its owner have access to it: expected mode 0600, found {:04o}: "
                  "{} (or take it as it is with {})",
                  path, file.st_mode & 07777U, mend(path, file.st_uid), kAllowReadableSecrets));
}

SecretRules secret_rules_of_process(bool allow_readable) {
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  return {allow_readable, credentials != nullptr ? credentials : ""};
}

}  // namespace dz::client
