#include "wire/json_text.h"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

namespace dz::wire {
namespace {

namespace json = boost::json;

class Renderer {
 public:
  explicit Renderer(JsonStyle style) : pretty_(style == JsonStyle::Pretty) {}

  void value(const json::value& value, std::size_t depth) {
    if (const auto* members = value.if_object()) return object(*members, depth);
    if (const auto* items = value.if_array()) return array(*items, depth);
    // Boost writes 51.5 as 5.15E1; fmt writes the shortest text that reads back the same.
    text_ += value.is_double() ? fmt::format("{}", value.get_double()) : json::serialize(value);
  }
  std::string take() { return std::move(text_); }

 private:
  void object(const json::object& members, std::size_t depth) {
    text_ += '{';
    bool first = true;
    for (const auto& member : members) {
      separate(first, depth + 1);
      text_ += json::serialize(member.key());
      text_ += pretty_ ? ": " : ":";
      value(member.value(), depth + 1);
    }
    if (!first) new_line(depth);
    text_ += '}';
  }
  void array(const json::array& items, std::size_t depth) {
    text_ += '[';
    bool first = true;
    for (const auto& item : items) {
      separate(first, depth + 1);
      value(item, depth + 1);
    }
    if (!first) new_line(depth);
    text_ += ']';
  }
  void separate(bool& first, std::size_t depth) {
    if (!first) text_ += ',';
    first = false;
    new_line(depth);
  }
  void new_line(std::size_t depth) {
    if (pretty_) text_ += '\n' + std::string(2 * depth, ' ');
  }

  bool pretty_;
  std::string text_;
};

}  // namespace

std::string render_json(const json::value& value, JsonStyle style) {
  Renderer renderer(style);
  renderer.value(value, 0);
  return renderer.take();
}

}  // namespace dz::wire
