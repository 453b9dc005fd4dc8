#include "telemetry/store_json.h"

#include <boost/json/array.hpp>
#include <boost/json/stream_parser.hpp>

namespace dz::telemetry {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 16;  // no store nests deeper

}  // namespace

JsonDocuments::Next JsonDocuments::next() {
  value_.reset();
  memory_.emplace();
  const auto begin = rest_.find_first_not_of(" \r\n\t");
  rest_ = begin == std::string_view::npos ? std::string_view{} : rest_.substr(begin);
  if (rest_.empty()) return Next::End;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  // One name that is none must not hide the other rows; names are checked one by one.
  options.allow_invalid_utf8 = true;
  json::stream_parser parser({}, options);
  parser.reset(&*memory_);
  boost::system::error_code failure;
  const auto used = parser.write_some(rest_.data(), rest_.size(), failure);
  if (failure) return Next::Broken;
  if (!parser.done()) return Next::CutOff;
  value_.emplace(parser.release());
  rest_.remove_prefix(used);
  return Next::Document;
}

std::string_view json_text(const json::value& value) {
  const auto* text = value.if_string();
  return text == nullptr ? std::string_view{} : std::string_view(text->data(), text->size());
}

std::string_view json_text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? std::string_view{} : json_text(*value);
}

const json::array* json_array(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_array();
}

bool json_flag(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace dz::telemetry
