#include "apps/cli/ui/table.h"

#include <algorithm>

#include "base/safe_text.h"

namespace dz::cli {
namespace {

// Characters as a terminal shows them: UTF-8 continuation bytes take no place.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void add_row(std::string& out, const Row& row, const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    out += i == 0 ? " " : " | ";
    out += row[i];
    out.append(widths[i] - width_of(row[i]), ' ');
  }
  out += '\n';
}

}  // namespace

std::string render_table(const Row& header, const std::vector<Row>& foreign) {
  auto rows = foreign;
  for (auto& row : rows) {
    for (auto& cell : row) cell = escaped(cell);
  }
  std::vector<std::size_t> widths;
  for (const auto& cell : header) widths.push_back(width_of(cell));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  add_row(out, header, widths);
  for (const auto& row : rows) add_row(out, row, widths);
  return out;
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
