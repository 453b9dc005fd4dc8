// Tables as psql draws them without rules: a leading blank, columns padded, " | " between them.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace dz::cli {

using Row = std::vector<std::string>;

// One line for each field: " header | value".
std::string render_record(const std::vector<std::pair<std::string, std::string>>& fields);

// What a list shows of one item.
template <typename Item>
struct Column {
  using Text = std::function<std::string(const Item&)>;
  using Number = std::function<double(const Item&)>;
  Column(std::string h, Text t) : header(std::move(h)), text(std::move(t)) {}
  Column(std::string h, Text t, Number n) : header(std::move(h)), text(std::move(t)), number(std::move(n)) {}

  std::string header;
  Text text;
  Number number;  // what it is sorted by, where that is not its text
};

// A table as far as it fits into `width` columns; 0: all of it. Those of first_to_go are left out one after the other
// until the rest fits; the last column is cut to the room that there is. header and every row have the same number of
// cells.
struct Fit {
  int width = 0;
  std::vector<std::string> first_to_go = {};
};
std::string render_fitted(Row header, std::vector<Row> rows, const Fit& fit);

template <typename Item>
std::string render_list(const std::vector<Column<Item>>& columns, const std::vector<Item>& items, const Fit& fit = {}) {
  Row header;
  for (const auto& column : columns) header.push_back(column.header);
  std::vector<Row> rows;
  for (const auto& item : items) {
    Row& row = rows.emplace_back();
    for (const auto& column : columns) row.push_back(column.text(item));
  }
  return render_fitted(std::move(header), std::move(rows), fit);
}

// By the text or the number of a column; what is equal stays in order.
template <typename Item>
void sort_by(const Column<Item>& column, bool descending, std::vector<Item>& items) {
  const auto less = [&](const Item& a, const Item& b) {
    return column.number ? column.number(a) < column.number(b) : column.text(a) < column.text(b);
  };
  std::stable_sort(items.begin(), items.end(),
                   [&](const Item& a, const Item& b) { return descending ? less(b, a) : less(a, b); });
}

// No wider than that many characters; what is cut off shows as "..".
std::string cut_to(const std::string& text, std::size_t characters);

}  // namespace dz::cli
