// Reading of canonical bytes, internal to attest/: value after value, and the first that is not there says what was
// expected and where. Layouts are those of Borsh (wire/borsh.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/time.h"
#include "wire/borsh.h"

namespace dz::attest {

class StrictReader {
 public:
  StrictReader(std::string_view whose, ByteView bytes) : whose_(whose), bytes_(bytes), cursor_(bytes) {}

  // Each is about nothing once something was wrong.
  template <typename T>
  void read(std::string_view what, T& value) {
    if (failed()) return;
    const auto at = here();
    if (!cursor_.get(value)) complain(what, at);
  }
  void read(std::string_view what, Timestamp& time) {
    std::int64_t micros = 0;
    read(what, micros);
    time = Timestamp{Duration{micros}};
  }
  void read(std::string_view what, Minute& minute) {
    std::int32_t minutes = 0;
    read(what, minutes);
    minute = Minute{std::chrono::minutes{minutes}};
  }
  template <typename T>
  void read(std::string_view what, std::optional<T>& value) {
    bool present = false;
    read(what, present);
    value.reset();
    if (present && !failed()) read(what, value.emplace());
  }
  // A count, then so many elements, each read by item(element).
  template <typename T, typename Item>
  void read_each(std::string_view what, std::vector<T>& values, const Item& item) {
    std::uint32_t count = 0;
    read(what, count);
    for (std::uint32_t i = 0; i < count && !failed(); ++i) item(values.emplace_back());
  }
  // A word by its text; `parse` gives an optional.
  template <typename Word, typename Parse>
  void read_word(std::string_view what, Word& word, const Parse& parse) {
    const auto at = here();
    std::string text;
    read(what, text);
    if (failed()) return;
    if (const auto found = parse(text)) {
      word = *found;
    } else {
      problem_ = fmt::format("expected {} at byte {}, found another word", what, at);
    }
  }
  void read_magic(std::string_view magic, std::uint8_t version) {
    std::array<char, 4> found{};
    read(fmt::format("'{}'", magic), found);
    if (!failed() && std::string_view(found.data(), found.size()) != magic)
      problem_ = fmt::format("expected '{}' at byte 0, found other bytes", magic);
    std::uint8_t number = 0;
    read("a version", number);
    if (!failed() && number != version) problem_ = fmt::format("expected version {}, found {}", version, number);
  }

  // What else has to hold of what was read.
  void expect(bool holds, std::string_view what) {
    if (!failed() && !holds) problem_ = fmt::format("expected {}, found the contrary", what);
  }
  void expect_end() {
    if (!failed() && !cursor_.empty())
      problem_ = fmt::format("expected the end at byte {}, found {} more bytes", here(), cursor_.rest().size());
  }
  bool failed() const { return !problem_.empty(); }
  tl::unexpected<Error> error() const { return corrupt(fmt::format("{}: {}", whose_, problem_)); }
  // What was read, said again in the one form that is allowed.
  Result<void> expect_canonical(const Bytes& again) {
    expect(std::equal(again.begin(), again.end(), bytes_.begin(), bytes_.end()), "the one canonical form");
    if (failed()) return error();
    return {};
  }

 private:
  std::size_t here() const { return bytes_.size() - cursor_.rest().size(); }
  void complain(std::string_view what, std::size_t at) {
    problem_ = at == bytes_.size() ? fmt::format("expected {} at byte {}, found the end", what, at)
                                   : fmt::format("expected {} at byte {}, found bytes that are none", what, at);
  }

  std::string_view whose_;
  ByteView bytes_;
  wire::BorshCursor cursor_;
  std::string problem_;
};

// Times as they are written.
inline std::int64_t micros(Timestamp t) { return t.time_since_epoch().count(); }
inline std::int32_t minute_number(Minute m) { return static_cast<std::int32_t>(m.time_since_epoch().count()); }

}  // namespace dz::attest
