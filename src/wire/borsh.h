// Borsh, the byte format of accounts and instruction arguments: fixed little-endian numbers, u32 counts before
// strings and vectors, one byte 0 or 1 before an optional value.
//
// A layout is written once, as a template over Io, and serves both directions:
//   template <typename Io, typename Args>
//   void fields(Io& io, Args& a) { io(a.code, a.bandwidth); }
// with Io one of BorshWriter, AccountReader, ArgsReader. The readers keep what a field held before when it is missing,
// so a record's own initial values are the defaults of its layout. A struct or union that is one value among others
// gets a pair of functions: void write_borsh(BorshWriter&, const T&) and bool read_borsh(BorshCursor&, T&).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "base/pubkey.h"
#include "base/result.h"
#include "domain/network.h"
#include "domain/profile.h"
#include "domain/records.h"
#include "wire/codes.h"

namespace dz::wire {

class BorshWriter {
 public:
  template <typename... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  // The number that `table` gives the word. A word that the ledger cannot express is remembered: see unexpressible().
  template <typename Word>
  void word(Word value, const CodeTable<Word>& table) {
    const auto code = table.code(value);
    if (!code) unexpressible_ = to_text(value);
    put(code.value_or(0));
  }
  template <typename Word>
  void word(const std::optional<Word>& value, const CodeTable<Word>& table) {
    put(value.has_value());
    if (value) word(*value, table);
  }
  // The readers tell a required field from one that may be missing; writing knows no difference.
  template <typename T>
  void required(const T& value) {
    put(value);
  }
  template <typename Word>
  void required_word(Word value, const CodeTable<Word>& table) {
    word(value, table);
  }
  // Optional fields at the very end, without a byte that says whether they are there.
  template <typename T, typename Fields>
  void tail(const std::optional<T>& values, Fields fields) {
    if (values) fields(*values);
  }
  void raw(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  void zeros(std::size_t count) { bytes_.insert(bytes_.end(), count, 0); }

  std::size_t size() const { return bytes_.size(); }
  std::string_view unexpressible() const { return unexpressible_; }  // empty when every word had a number
  Bytes take() && { return std::move(bytes_); }

 private:
  template <typename Number>
  requires std::is_integral_v<Number> || std::is_same_v<Number, unsigned __int128>
  void put(Number number) {
    std::array<std::uint8_t, sizeof(Number)> bytes;
    for (std::size_t i = 0; i < sizeof(Number); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    raw(bytes);
  }
  void put(bool value) { bytes_.push_back(value ? 1 : 0); }
  void put(double value);
  void put(const std::string& text);
  void put(const Pubkey& key) { raw(key.view()); }
  void put(const Ipv4& ip) { raw(ip.octets); }
  void put(const NetworkV4& net);
  template <typename T>
  requires requires(BorshWriter& out, const T& value) { write_borsh(out, value); }
  void put(const T& value) { write_borsh(*this, value); }
  template <typename Word>
  requires std::is_enum_v<Word>
  void put(Word value) { bytes_.push_back(code_of(value)); }
  template <typename T, std::size_t n>
  requires(sizeof(T) == 1) void put(const std::array<T, n>& values) {
    bytes_.insert(bytes_.end(), values.begin(), values.end());
  }
  void put(const Bytes& bytes);
  template <typename T>
  void put(const std::vector<T>& values) {
    put(static_cast<std::uint32_t>(values.size()));
    for (const auto& value : values) put(value);
  }
  template <typename T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }

  Bytes bytes_;
  std::string_view unexpressible_;
};

// Decodes one value after the other. A value that does not fit the bytes left uses them all up; one that is all there
// but impossible (a bool of 2, an unknown enum number, text that is not UTF-8) uses up its own.
class BorshCursor {
 public:
  explicit BorshCursor(ByteView bytes) : rest_(bytes) {}

  ByteView rest() const { return rest_; }
  bool empty() const { return rest_.empty(); }
  // count bytes, or nothing (and then none are left).
  std::optional<ByteView> take(std::size_t count);

  // A text as it stands, whether or not it is UTF-8.
  bool get_any_text(std::string& text);

  // Each returns false when the bytes are not such a value; `value` is then unspecified.
  template <typename Number>
  requires std::is_integral_v<Number> || std::is_same_v<Number, unsigned __int128>
  bool get(Number& value) {
    const auto bytes = take(sizeof(Number));
    if (!bytes) return false;
    value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      value = static_cast<Number>(value | static_cast<Number>((*bytes)[i]) << (8 * i));
    }
    return true;
  }
  bool get(bool& value);
  bool get(double& value);
  bool get(std::string& text);
  bool get(Pubkey& key);
  bool get(Ipv4& ip);
  bool get(NetworkV4& net);
  template <typename T>
  requires requires(BorshCursor& in, T& value) { read_borsh(in, value); }
  bool get(T& value) { return read_borsh(*this, value); }
  template <typename Word>
  requires std::is_enum_v<Word>
  bool get(Word& value) {
    std::uint8_t code = 0;
    if (!get(code)) return false;
    const auto word = word_of(code, std::type_identity<Word>{});
    if (word) value = *word;
    return word.has_value();
  }
  template <typename T, std::size_t n>
  requires(sizeof(T) == 1) bool get(std::array<T, n>& values) {
    const auto bytes = take(n);
    if (!bytes) return false;
    for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<T>((*bytes)[i]);
    return true;
  }
  bool get(Bytes& bytes);
  template <typename T>
  bool get(std::vector<T>& values) {
    std::uint32_t count = 0;
    if (!get(count)) return false;
    values.clear();  // grows by what is really there: the count is not to be trusted
    for (std::uint32_t i = 0; i < count; ++i) {
      T value{};
      if (!get(value)) return false;
      values.push_back(std::move(value));
    }
    return true;
  }
  template <typename T>
  bool get(std::optional<T>& value) {
    bool present = false;
    if (!get(present)) return false;
    value.reset();
    if (!present) return true;
    return get(value.emplace());
  }
  // A word with the numbers of `table`.
  template <typename Word>
  bool get_word(Word& value, const CodeTable<Word>& table) {
    std::uint8_t code = 0;
    if (!get(code)) return false;
    const auto word = table.word(code);
    if (word) value = *word;
    return word.has_value();
  }
  template <typename Word>
  bool get_word(std::optional<Word>& value, const CodeTable<Word>& table) {
    bool present = false;
    if (!get(present)) return false;
    value.reset();
    if (!present) return true;
    return get_word(value.emplace(), table);
  }

 private:
  ByteView rest_;
};

// The rule of accounts: a field that does not decode keeps its default and reading goes on, so an older, shorter
// account reads as one with defaults for the missing tail, and trailing bytes are ignored.
class AccountReader {
 public:
  explicit AccountReader(ByteView bytes) : cursor_(bytes) {}

  template <typename... T>
  void operator()(T&... fields) {
    (field(fields), ...);
  }
  template <typename Word>
  void word(Word& value, const CodeTable<Word>& table) {
    const bool missing = cursor_.empty();
    if (!cursor_.get_word(value, table)) value = missing ? table.missing : table.invalid;
  }
  // A field that must decode: if it does not, broken() says so from then on.
  template <typename T>
  void required(T& field) {
    T value{};
    if (cursor_.get(value)) {
      field = std::move(value);
    } else {
      broken_ = true;
    }
  }
  void mark_broken() { broken_ = true; }
  bool broken() const { return broken_; }
  BorshCursor& cursor() { return cursor_; }

 private:
  template <typename T>
  void field(T& field) {
    T value{};
    if (cursor_.get(value)) field = std::move(value);
  }

  BorshCursor cursor_;
  bool broken_ = false;
};

// The rule of instruction arguments: fields may be left out at the end (older clients), but what is there must decode.
class ArgsReader {
 public:
  explicit ArgsReader(ByteView bytes) : cursor_(bytes) {}

  template <typename... T>
  void operator()(T&... fields) {
    (field(fields), ...);
  }
  template <typename Word>
  void word(Word& value, const CodeTable<Word>& table) {
    if (!broken_ && !cursor_.empty()) broken_ = !cursor_.get_word(value, table);
  }
  template <typename Word>
  void word(std::optional<Word>& value, const CodeTable<Word>& table) {
    if (!broken_ && !cursor_.empty()) broken_ = !cursor_.get_word(value, table);
  }
  template <typename T, typename Fields>
  void tail(std::optional<T>& values, Fields fields) {
    if (!broken_ && !cursor_.empty()) fields(values.emplace());
  }
  // A field that may not be left out.
  template <typename T>
  void required(T& field) {
    if (!broken_) broken_ = !cursor_.get(field);
  }
  template <typename Word>
  void required_word(Word& value, const CodeTable<Word>& table) {
    if (!broken_) broken_ = !cursor_.get_word(value, table);
  }
  bool broken() const { return broken_; }

 private:
  template <typename T>
  void field(T& field) {
    if (!broken_ && !cursor_.empty()) broken_ = !cursor_.get(field);
  }

  BorshCursor cursor_;
  bool broken_ = false;
};

void write_borsh(BorshWriter& out, const FlexAlgoSegment& segment);
bool read_borsh(BorshCursor& in, FlexAlgoSegment& segment);

}  // namespace dz::wire
