#include "apps/cli/ui/table.h"

#include <algorithm>
#include <utility>

#include "base/safe_text.h"

namespace dz::cli {
namespace {

// Characters as a terminal shows them: UTF-8 continuation bytes take no place.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::vector<std::size_t> widths_of(const Row& header, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& cell : header) widths.push_back(width_of(cell));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  return widths;
}

void add_row(std::string& out, const Row& row, const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    out += i == 0 ? " " : " | ";
    out += row[i];
    out.append(widths[i] - width_of(row[i]), ' ');
  }
  out += '\n';
}

// What others named makes neither rows nor commands to the terminal.
std::vector<Row> escaped_cells(std::vector<Row> rows) {
  for (auto& row : rows) {
    for (auto& cell : row) cell = escaped(cell);
  }
  return rows;
}

std::string draw(const Row& header, const std::vector<Row>& rows) {
  const auto widths = widths_of(header, rows);
  std::string out;
  add_row(out, header, widths);
  for (const auto& row : rows) add_row(out, row, widths);
  return out;
}

}  // namespace

std::string cut_to(const std::string& text, std::size_t characters) {
  if (width_of(text) <= characters) return text;
  std::string cut;
  std::size_t width = 0;
  for (const char c : text) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (begins && ++width > characters - std::min<std::size_t>(2, characters)) break;
    cut += c;
  }
  return cut + std::string(std::min<std::size_t>(2, characters), '.');
}

std::string render_fitted(Row header, std::vector<Row> rows, const Fit& fit) {
  rows = escaped_cells(std::move(rows));
  if (fit.width <= 0 || header.empty()) return draw(header, rows);
  // The last column needs no more than this to be worth its place.
  constexpr std::size_t kLeast = 14;
  const auto room = static_cast<std::size_t>(fit.width);
  auto gone = fit.first_to_go.begin();
  for (;;) {
    const auto widths = widths_of(header, rows);
    std::size_t rest = 1 + 3 * (widths.size() - 1);
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) rest += widths[i];
    if (rest + std::min(widths.back(), kLeast) <= room || gone == fit.first_to_go.end()) {
      const auto last = rest < room ? room - rest : 0;
      for (auto& row : rows) row.back() = cut_to(row.back(), std::max(last, header.back().size()));
      return draw(header, rows);
    }
    const auto found = std::find(header.begin(), header.end(), *gone++);
    if (found == header.end()) continue;
    const auto at = found - header.begin();
    header.erase(found);
    for (auto& row : rows) row.erase(row.begin() + at);
  }
}

std::string render_record(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::size_t width = 0;
  for (const auto& [name, value] : fields) width = std::max(width, width_of(name));
  std::string out;
  for (const auto& [name, value] : fields) {
    out += ' ' + name + std::string(width - width_of(name), ' ') + " | " + escaped(value) + '\n';
  }
  return out;
}

}  // namespace dz::cli
