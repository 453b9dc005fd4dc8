// The lists of links and devices: which columns, in which order, how wide, which records.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/cli/ui/filters.h"
#include "apps/cli/ui/nearest.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/watching.h"

namespace dz::cli {

struct ListShape {
  std::vector<std::string> columns;  // none: the usual ones
  std::optional<std::string> sort;   // a column
  bool reverse = false;
  std::vector<Filter> filters;
  bool narrow = false, wide = false;
  WatchArgs watch;
  OutputArgs output;
};
// columns: those that there are.
void declare_list_shape(Options& options, ListShape& shape, const std::vector<std::string>& columns);

// One line on stderr when the columns that the monitor fills are empty; not for JSON, nor when other columns were asked
// for.
void say_absent(Context& context, const ListShape& shape, const FleetNews& news);

// A record's members of the monitor as people read them: the sentence alone.
void show_news_as_text(const Context& context, boost::json::object& record, const News& news);

// How many columns of the terminal a list fills.
int list_width(const Context& context);

// The columns of a noun: all of them, and by name those that a list shows by itself, which of them give way to
// narrowness, and those of --narrow.
template <typename Item>
struct ListColumns {
  std::vector<Column<Item>> all;
  std::vector<std::string> usual, first_to_go, narrow;
};

template <typename Item>
const Column<Item>* find_column(const std::vector<Column<Item>>& columns, const std::string& name) {
  for (const auto& column : columns) {
    if (same_spelling(column.header, name)) return &column;
  }
  return nullptr;
}

template <typename Item>
std::vector<std::string> column_names(const std::vector<Column<Item>>& columns) {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.header);
  return names;
}

// Sorted by code unless asked otherwise, as JSON or as a table that fits.
template <typename Item>
Result<void> show_records(Context& context, const ListShape& shape, std::vector<Item> items,
                          const ListColumns<Item>& columns, boost::json::object (*to_json)(const Item&)) {
  sort_by(*find_column(columns.all, "code"), false, items);
  if (shape.sort || shape.reverse)
    sort_by(*find_column(columns.all, shape.sort.value_or("code")), shape.reverse, items);
  if (wants_json(shape.output)) {
    show_list(context, shape.output, items, {columns.all, to_json});
    return {};
  }
  const bool by_itself = shape.columns.empty() && !shape.narrow && !shape.wide;
  const auto& names = !shape.columns.empty() ? shape.columns : shape.narrow ? columns.narrow : columns.usual;
  std::vector<Column<Item>> shown;
  for (const auto& name : names) shown.push_back(*find_column(columns.all, name));
  if (shape.wide && shape.columns.empty()) shown = columns.all;
  context.out(render_list(shown, items, by_itself ? Fit{list_width(context), columns.first_to_go} : Fit{}));
  return {};
}

}  // namespace dz::cli
