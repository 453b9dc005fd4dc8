#include "apps/cli/ui/list.h"

#include <fmt/ranges.h>

namespace dz::cli {
namespace {

constexpr int kColumnsOfAPage = 80;

Result<std::string> parse_column(const std::vector<std::string>& known, std::string_view text) {
  for (const auto& name : known) {
    if (same_spelling(name, text)) return name;
  }
  return refused(fmt::format("expected a column out of {}; found '{}'{}", fmt::join(known, ", "), text,
                             did_you_mean(text, known)));
}

Result<std::vector<std::string>> parse_columns(const std::vector<std::string>& known, std::string_view text) {
  std::vector<std::string> columns;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    DZ_TRY_ASSIGN(auto column, parse_column(known, part));
    columns.push_back(std::move(column));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  if (columns.empty()) return refused(fmt::format("expected columns out of {}", fmt::join(known, ", ")));
  return columns;
}

std::vector<std::string> filter_words() {
  auto words = filter_keys();
  for (auto& word : words) word += '=';
  return words;
}

}  // namespace

void declare_list_shape(Options& options, ListShape& shape, const std::vector<std::string>& columns) {
  options
      .parsed("--columns", shape.columns, fmt::format("these, comma separated: {}", fmt::join(columns, ", ")),
              [columns](std::string_view text) { return parse_columns(columns, text); })
      .words(columns);
  options
      .parsed("--sort", shape.sort, "by this column (code)",
              [columns](std::string_view text) { return parse_column(columns, text); })
      .words(columns);
  options.flag("--reverse", shape.reverse, "the other way round");
  options
      .each(
          "--filter",
          [&shape](std::string_view text) -> Result<void> {
            DZ_TRY_ASSIGN(auto filter, parse_filter(text));
            shape.filters.push_back(std::move(filter));
            return {};
          },
          fmt::format("only those with KEY=VALUE, may be repeated; keys: {}", fmt::join(filter_keys(), ", ")))
      .words(filter_words());
  options.flag("--wide", shape.wide, "every column, as wide as it is");
  options.flag("--narrow", shape.narrow, "what the ledger says, in few columns");
  declare_watch(options, shape.watch);
  declare_output(options, shape.output);
}

void say_absent(Context& context, const ListShape& shape, const FleetNews& news) {
  const auto asks = [&shape](std::string_view name) {
    return std::find(shape.columns.begin(), shape.columns.end(), name) != shape.columns.end();
  };
  const bool shown = shape.columns.empty()
                         ? !shape.narrow
                         : asks("why") || asks("since") || asks("time") || asks("condition") || asks("maintenance");
  if (!news.absent.empty() && shown && !wants_json(shape.output)) warn(context, "{}", news.absent);
}

void show_news_as_text(const Context& context, boost::json::object& record, const News& news) {
  for (const auto* name : {"condition", "cause", "sentence", "to_do", "healthy_at", "maintenance"}) record.erase(name);
  if (context.ask_monitor) record["monitor"] = news.sentence;
}

int list_width(const Context& context) {
  return context.terminal.out_columns > 0 ? context.terminal.out_columns : kColumnsOfAPage;
}

}  // namespace dz::cli
