#include "net/gzip.h"

#include <utility>

#include <fmt/format.h>
#include <zlib.h>

#include "base/check.h"

namespace dz::net {

namespace {
constexpr int kGzipFormat = 15 + 16;
constexpr int kGzipOrZlib = 15 + 32;
constexpr std::size_t kStep = 64U << 10;
constexpr std::size_t kLong = 1U << 20;

Bytef* bytes_of(const char* text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text)); }

void feed(z_stream& stream, std::string_view input) {
  stream.next_in = bytes_of(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
}
}  // namespace

std::string gzip(std::string_view text) {
  z_stream stream{};
  DZ_CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipFormat, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  feed(stream, text);
  stream.next_out = bytes_of(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  DZ_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Gunzip::Stream : z_stream {
  Stream() : z_stream{} { DZ_CHECK(inflateInit2(this, kGzipOrZlib) == Z_OK); }
  ~Stream() { inflateEnd(this); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
};

Gunzip::Gunzip(std::string_view compressed, std::size_t max_bytes)
    : stream_(std::make_unique<Stream>()), rest_(compressed), max_bytes_(max_bytes) {}
Gunzip::~Gunzip() = default;

Result<bool> Gunzip::step() {
  auto& stream = *stream_;
  if (stream.avail_in == 0) {
    feed(stream, rest_.substr(0, kStep));
    rest_.remove_prefix(stream.avail_in);
  }
  // A long text is not moved again and again while it grows; memory is taken as it is filled.
  if (out_.size() > kLong && out_.capacity() < max_bytes_) out_.reserve(max_bytes_ + kStep);
  const auto before = out_.size();
  out_.resize(before + kStep);
  stream.next_out = bytes_of(out_.data() + before);
  stream.avail_out = static_cast<uInt>(kStep);
  const int state = inflate(&stream, Z_NO_FLUSH);
  out_.resize(before + kStep - stream.avail_out);
  if (state != Z_OK && state != Z_STREAM_END) {
    return corrupt("expected a whole gzip body, found bytes that do not inflate; send it again");
  }
  if (out_.size() > max_bytes_) {
    return refused(
        fmt::format("expected at most {} bytes after inflating the gzip body; send less at once", max_bytes_));
  }
  if (state != Z_STREAM_END) return false;
  if (stream.avail_in == 0 && rest_.empty()) return true;
  if (inflateReset(&stream) != Z_OK) return corrupt("expected one gzip body");  // further members follow
  return false;
}

Result<std::string> gunzip(std::string_view compressed, std::size_t max_bytes) {
  Gunzip inflating(compressed, max_bytes);
  for (;;) {
    DZ_TRY_ASSIGN(const bool done, inflating.step());
    if (done) return std::move(inflating.text());
  }
}

}  // namespace dz::net
