// gzip bodies (zlib), with a bound on what comes out; and who takes them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dz::net {

std::string gzip(std::string_view text);

// Whether an Accept-Encoding header takes gzip: by name or by "*", and not with a weight of 0.
bool accepts_gzip(std::string_view accept_encoding);

// The same of a text that comes in pieces.
class Gzip {
 public:
  Gzip();
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  // last: that was all, and packed() is whole.
  void add(std::string_view piece, bool last);
  std::string& packed() { return out_; }

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  std::string out_;
};

// gzip or zlib format. Corrupt when it is neither or is cut off; Refused when more than max_bytes would come out.
Result<std::string> gunzip(std::string_view compressed, std::size_t max_bytes);

// The same in steps: some KB may hold as many MB.
class Gunzip {
 public:
  // `compressed` outlives it.
  Gunzip(std::string_view compressed, std::size_t max_bytes);
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  // Some 64 KB more, of what goes in or of what comes out. True: that was all, and text() is whole.
  Result<bool> step();
  std::string& text() { return out_; }

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  std::string_view rest_;  // not given to zlib yet
  std::size_t max_bytes_;
  std::string out_;
};

}  // namespace dz::net
