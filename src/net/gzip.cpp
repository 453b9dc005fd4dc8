#include "net/gzip.h"

#include <algorithm>

#include <fmt/format.h>
#include <zlib.h>

#include "base/check.h"

namespace dz::net {

namespace {
constexpr int kGzipFormat = 15 + 16;
constexpr int kGzipOrZlib = 15 + 32;

Bytef* bytes_of(const char* text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text)); }

void feed(z_stream& stream, std::string_view input) {
  stream.next_in = bytes_of(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
}

Result<std::string> inflate_all(z_stream& stream, std::size_t max_bytes) {
  std::string out;
  char chunk[16384];
  for (;;) {
    stream.next_out = bytes_of(chunk);
    stream.avail_out = sizeof chunk;
    const int state = inflate(&stream, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END) {
      return corrupt("expected a whole gzip body, found bytes that do not inflate; send it again");
    }
    out.append(chunk, sizeof chunk - stream.avail_out);
    if (out.size() > max_bytes) {
      return refused(
          fmt::format("expected at most {} bytes after inflating the gzip body; send less at once", max_bytes));
    }
    if (state == Z_OK) continue;
    if (stream.avail_in == 0) return out;
    if (inflateReset(&stream) != Z_OK) return corrupt("expected one gzip body");  // further members follow
  }
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

Result<std::string> gunzip(std::string_view compressed, std::size_t max_bytes) {
  z_stream stream{};
  DZ_CHECK(inflateInit2(&stream, kGzipOrZlib) == Z_OK);
  feed(stream, compressed);
  auto out = inflate_all(stream, max_bytes);
  inflateEnd(&stream);
  return out;
}

}  // namespace dz::net
