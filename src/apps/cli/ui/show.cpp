#include "apps/cli/ui/show.h"

#include "wire/json_text.h"

namespace dz::cli {

namespace {

// As people read it: text without quotes, lists with commas, what is not set as "(none)".
std::string plain_text(const boost::json::value& value) {
  if (value.is_null()) return "(none)";
  if (const auto* text = value.if_string()) return std::string(*text);
  const auto* list = value.if_array();
  if (list == nullptr) return wire::render_json(value, wire::JsonStyle::Compact);
  std::string text;
  for (const auto& item : *list) text += (text.empty() ? "" : ",") + plain_text(item);
  return text;
}

}  // namespace

boost::json::value pubkey_or_null(const Pubkey& key) {
  return key.is_zero() ? boost::json::value(nullptr) : boost::json::value(to_text(key));
}

void show_record(Context& context, const OutputArgs& output, const boost::json::object& record) {
  if (wants_json(output)) return print_json(context, record, output);
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& member : record) {
    const auto& value = member.value();
    if (!value.is_object()) fields.emplace_back(std::string(member.key()), plain_text(value));
  }
  context.out(render_record(fields));
}

void print_written(Context& context, const client::Written& written, Wrote what, std::string_view status) {
  auto& json = context.written;
  const auto signature = to_text(written.signature);
  if (json.contains("signature")) {
    auto& all = json["signatures"];
    if (all.is_null()) all = boost::json::array{json.at("signature")};
    all.as_array().push_back(boost::json::value(signature));
  }
  json["signature"] = signature;
  json["pubkey"] = to_text(written.record);
  json["status"] = status;
  if (wants_json(context.output)) return;
  print(context, "Signature: {}", signature);
  if (what == Wrote::NewRecord) print(context, "Pubkey: {}", to_text(written.record));
  print(context, "Status: {}", status);
}

void note_state(Context& context, const LifecycleRecord& record) {
  auto& json = context.written;
  json["kind"] = to_text(record.kind);
  json["pubkey"] = to_text(record.key);
  json["code"] = record.code;
  json["status"] = to_text(record.state.status);
  json["desired_status"] = to_text(record.state.desired_status);
  json["health"] = record.rules.spell(record.kind, record.state.health);
}

}  // namespace dz::cli
