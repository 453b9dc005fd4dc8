#include "lake/row_binary.h"

#include <fmt/format.h>

namespace dz::lake {
namespace {

void add_size(std::string& out, std::size_t size) {  // LEB128
  for (; size >= 0x80; size >>= 7) out += static_cast<char>(0x80 | (size & 0x7F));
  out += static_cast<char>(size);
}

void add_text(std::string& out, std::string_view text) {
  add_size(out, text.size());
  out += text;
}

void add_integer(std::string& out, std::int64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(static_cast<std::uint64_t>(value) >> shift);
}

class Reader {
 public:
  explicit Reader(std::string_view rows) : rows_(rows) {}
  std::string_view rest() const { return rows_; }

  Result<bool> flag() {
    DZ_TRY_ASSIGN(const auto byte, take(1));
    return byte[0] != 0;
  }
  Result<std::int64_t> integer() {
    DZ_TRY_ASSIGN(const auto bytes, take(8));
    std::uint64_t value = 0;
    for (int i = 7; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
    return static_cast<std::int64_t>(value);
  }
  Result<std::string_view> text() {
    std::size_t size = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      DZ_TRY_ASSIGN(const auto byte, take(1));
      size |= static_cast<std::size_t>(byte[0] & 0x7F) << shift;
      if ((byte[0] & 0x80) == 0) return take(size);
    }
    return cut_off();
  }

 private:
  static tl::unexpected<Error> cut_off() {
    return corrupt("the lake's answer: expected whole rows, found the last one cut off");
  }
  Result<std::string_view> take(std::size_t size) {
    if (rows_.size() < size) return cut_off();
    const auto taken = rows_.substr(0, size);
    rows_.remove_prefix(size);
    return taken;
  }

  std::string_view rows_;
};

Result<void> bind_next(Reader& reader, const Column& column, int position, storage::SqliteStatement& insert) {
  if (column.nullable) {
    DZ_TRY_ASSIGN(const bool missing, reader.flag());
    if (missing) {
      insert.bind_null(position);
      return {};
    }
  }
  if (column.kind == ColumnKind::Integer) {
    DZ_TRY_ASSIGN(const auto value, reader.integer());
    insert.bind(position, value);
    return {};
  }
  DZ_TRY_ASSIGN(const auto text, reader.text());
  if (column.kind == ColumnKind::Text) {
    insert.bind(position, text);
  } else {
    insert.bind(position, as_bytes(text));
  }
  return {};
}

}  // namespace

void add_row(std::string& rows, std::string_view store, const Table& table, const storage::SqliteStatement& row,
             ByteView entry) {
  add_text(rows, store);
  for (int i = 0; const auto& column : table.columns) {
    const bool missing = row.is_null(i);
    if (column.nullable) rows += missing ? '\1' : '\0';
    if (!column.nullable || !missing) {
      if (column.kind == ColumnKind::Integer) {
        add_integer(rows, row.integer(i));
      } else if (column.kind == ColumnKind::Text) {
        add_text(rows, row.text(i));
      } else {
        const auto blob = row.blob(i);
        add_text(rows, as_text(column.of_log && blob.empty() ? entry : blob));
      }
    }
    ++i;
  }
}

Result<void> take_row(std::string_view& rows, const Table& table, storage::SqliteStatement& insert) {
  Reader reader(rows);
  for (int position = 1; const auto& column : table.columns) DZ_TRY(bind_next(reader, column, position++, insert));
  rows = reader.rest();
  return {};
}

}  // namespace dz::lake
