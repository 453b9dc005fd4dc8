// Tables as psql draws them without rules: a leading blank, columns padded, " | " between them.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace dz::cli {

using Row = std::vector<std::string>;

// header and every row have the same number of cells.
std::string render_table(const Row& header, const std::vector<Row>& rows);

// One line for each field: " header | value".
std::string render_record(const std::vector<std::pair<std::string, std::string>>& fields);

// What a list shows of one item.
template <typename Item>
struct Column {
  std::string header;
  std::function<std::string(const Item&)> text;
};

template <typename Item>
std::string render_list(const std::vector<Column<Item>>& columns, const std::vector<Item>& items) {
  Row header;
  for (const auto& column : columns) header.push_back(column.header);
  std::vector<Row> rows;
  for (const auto& item : items) {
    Row& row = rows.emplace_back();
    for (const auto& column : columns) row.push_back(column.text(item));
  }
  return render_table(header, rows);
}

}  // namespace dz::cli
