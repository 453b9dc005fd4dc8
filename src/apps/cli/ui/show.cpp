#include "apps/cli/ui/show.h"

#include "apps/cli/ui/json_text.h"

namespace dz::cli {

void show_record(Context& context, const OutputArgs& output, const boost::json::object& record) {
  if (wants_json(output)) return print_json(context, record, output);
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& member : record) {
    const auto& value = member.value();
    if (value.is_array() || value.is_object()) continue;
    const auto* text = value.if_string();
    fields.emplace_back(std::string(member.key()),
                        text != nullptr ? std::string(*text) : render_json(value, JsonStyle::Compact));
  }
  context.out(render_record(fields));
}

void print_written(Context& context, const client::Written& written, Wrote what, std::string_view status) {
  print(context, "Signature: {}", to_text(written.signature));
  if (what == Wrote::NewRecord) print(context, "Account: {}", to_text(written.record));
  print(context, "Status: {}", status);
}

}  // namespace dz::cli
