#include "net/gzip.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <zlib.h>

#include "base/check.h"

namespace dz::net {

namespace {
constexpr int kGzipFormat = 15 + 16;
constexpr int kGzipOrZlib = 15 + 32;
constexpr std::size_t kStep = 64U << 10;
constexpr std::size_t kPacked = 32U << 10;
constexpr std::size_t kLong = 1U << 20;

Bytef* bytes_of(const char* text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text)); }

void feed(z_stream& stream, std::string_view input) {
  stream.next_in = bytes_of(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
}
}  // namespace

std::string gzip(std::string_view text) {
  Gzip packing;
  packing.add(text, true);
  return std::move(packing.packed());
}

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool same_word(std::string_view text, std::string_view small) {
  return std::equal(text.begin(), text.end(), small.begin(), small.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? char(a + 32) : a) == b; });
}

// "q=0", "q=0.000": not wanted at all.
bool is_refusal(std::string_view parameter) {
  parameter = trimmed(parameter);
  if (parameter.size() < 3 || !same_word(parameter.substr(0, 2), "q=")) return false;
  return parameter.find_first_not_of("0.", 2) == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;  // what "*" says, for who does not name gzip
  while (!accept_encoding.empty()) {
    const auto item = accept_encoding.substr(0, accept_encoding.find(','));
    accept_encoding.remove_prefix(std::min(accept_encoding.size(), item.size() + 1));
    const auto mark = item.find(';');
    const auto name = trimmed(item.substr(0, mark));
    const bool wanted = mark == std::string_view::npos || !is_refusal(item.substr(mark + 1));
    if (same_word(name, "gzip") || same_word(name, "x-gzip")) return wanted;
    if (name == "*") any = wanted;
  }
  return any;
}

struct Gzip::Stream : z_stream {
  Stream() : z_stream{} {
    DZ_CHECK(deflateInit2(this, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipFormat, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  }
  ~Stream() { deflateEnd(this); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
};

Gzip::Gzip() : stream_(std::make_unique<Stream>()) {}
Gzip::~Gzip() = default;

void Gzip::add(std::string_view piece, bool last) {
  auto& stream = *stream_;
  feed(stream, piece);
  int state = Z_OK;
  do {
    const auto before = out_.size();
    out_.resize(before + kPacked);
    stream.next_out = bytes_of(out_.data() + before);
    stream.avail_out = static_cast<uInt>(kPacked);
    state = deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
    out_.resize(before + kPacked - stream.avail_out);
  } while (stream.avail_in > 0 || (last && state != Z_STREAM_END));
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
