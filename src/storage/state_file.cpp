#include "storage/state_file.h"

#include <algorithm>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "storage/checksum.h"
#include "storage/open_file.h"

namespace dz::storage {
namespace {

constexpr std::string_view kHead = "checked ";  // then the checksum of the text, and a line feed
constexpr std::size_t kHeadSize = kHead.size() + 16 + 1;

Result<void> write_and_sync(const std::string& path, std::string_view bytes) {
  DZ_TRY_ASSIGN(const auto file, OpenFile::open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  DZ_TRY(file.write(bytes));
  return file.sync();
}

}  // namespace

std::string state_file_bytes(std::string_view text) {
  return std::string(kHead) + checksum_text(checksum_of(text)) + "\n" + std::string(text);
}

Result<void> write_state_file(const std::string& path, std::string_view text) {
  const auto written = path + ".new";
  if (auto done = write_and_sync(written, state_file_bytes(text)); !done) {
    ::unlink(written.c_str());
    return with_context("writing " + path, done.error());
  }
  if (::rename(written.c_str(), path.c_str()) != 0) return with_context("writing " + path, system_error("renaming"));
  auto folder = std::filesystem::path(path).parent_path().string();
  DZ_TRY_ASSIGN(const auto opened, OpenFile::open(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY));
  return opened.sync();
}

Result<std::optional<std::string>> read_state_file(const std::string& path) {
  const auto file = OpenFile::open(path, O_RDONLY);
  if (!file && file.error().kind == ErrorKind::NotFound) return std::nullopt;
  if (!file) return tl::unexpected(file.error());
  auto bytes = file->read_all();
  if (!bytes) return with_context("reading " + path, bytes.error());
  const auto text = std::string_view(*bytes).substr(std::min(kHeadSize, bytes->size()));
  if (*bytes != state_file_bytes(text)) {
    return corrupt(path +
                   ": expected a line 'checked', the checksum of what follows, and that text; found other bytes. The "
                   "file is damaged: remove it, and what it held is forgotten");
  }
  return std::string(text);
}

}  // namespace dz::storage
