#include "client/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

namespace dz::client {
namespace {

// Closes on every way out.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> system_error(std::string_view doing, const std::string& path) {
  const int number = errno;
  return fail(number == ENOENT ? ErrorKind::NotFound : ErrorKind::Refused,
              fmt::format("{} {}: {}", doing, path, std::strerror(number)));
}

Result<void> write_all(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto wrote = ::write(file, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return system_error("writing", path);
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (::fsync(file) != 0) return system_error("writing", path);
  return {};
}

Result<void> make_parent_folder(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (parent.empty() || std::filesystem::exists(parent, error)) return {};
  std::filesystem::create_directories(parent, error);
  if (error) return refused(fmt::format("making the folder {}: {}", parent.string(), error.message()));
  std::filesystem::permissions(parent, std::filesystem::perms::owner_all, error);
  return {};
}

}  // namespace

Result<std::string> read_small_file(const std::string& path, std::size_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return system_error("reading", path);
  std::string text;
  char buffer[4096];
  for (;;) {
    const auto got = ::read(file.number(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("reading", path);
    if (got == 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > limit) return refused(fmt::format("reading {}: expected at most {} bytes", path, limit));
  }
}

Result<void> write_file_atomically(const std::string& path, std::string_view text, unsigned mode) {
  DZ_TRY(make_parent_folder(path));
  std::string beside = path + ".XXXXXX";  // mkstemp creates it 0600
  {
    const Descriptor file(::mkstemp(beside.data()));
    if (file.number() < 0) return system_error("creating a file beside", path);
    auto written = write_all(file.number(), text, path);
    if (written && ::fsync(file.number()) != 0) written = system_error("writing", path);  // a name for whole bytes only
    if (written && ::fchmod(file.number(), mode) != 0) written = system_error("setting the permissions of", path);
    if (!written) {
      ::unlink(beside.c_str());
      return written;
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    const auto error = system_error("writing", path);
    ::unlink(beside.c_str());
    return error;
  }
  return {};
}

namespace {

Result<std::string> read_key_text(const std::string& path, const SecretRules& rules) {
  if (auto closed = check_secret_file(path, rules); !closed) return with_context("key file", closed.error());
  auto text = read_small_file(path, 4096);
  if (!text && text.error().kind == ErrorKind::NotFound) {
    return not_found(
        fmt::format("no key file at {}: make one with 'doublezero keygen', or name one with --keypair", path));
  }
  if (!text) return with_context("key file", text.error());
  return text;
}

Result<wire::Keypair> parse_key(const std::string& path, const std::string& text) {
  auto key = wire::Keypair::parse_json(text);
  if (!key) return with_context("key file " + path, key.error());
  return key;
}

}  // namespace

Result<wire::Keypair> read_key_file(const std::string& path, const SecretRules& rules) {
  DZ_TRY_ASSIGN(const auto text, read_key_text(path, rules));
  return parse_key(path, text);
}

Result<std::optional<wire::Keypair>> read_optional_key_file(const std::string& path, const SecretRules& rules) {
  DZ_TRY_ASSIGN(const auto text, read_key_text(path, rules));
  if (text == "none" || text == "none\n") return std::optional<wire::Keypair>();
  DZ_TRY_ASSIGN(auto key, parse_key(path, text));
  return std::optional<wire::Keypair>(std::move(key));
}

Result<void> write_key_file(const std::string& path, const wire::Keypair& key, bool overwrite) {
  std::error_code error;
  if (!overwrite && std::filesystem::exists(path, error)) {
    return refused(
        fmt::format("{} exists and a lost key cannot be restored: choose another --outfile, or --force", path));
  }
  return write_file_atomically(path, key.to_json() + "\n", 0600);
}

}  // namespace dz::client
