// JSON of answers: one document after the other out of a body, and whether the body breaks off; and what is in them.
#pragma once

#include <optional>
#include <string_view>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace dz::telemetry {

class JsonDocuments {
 public:
  enum class Next {
    Document,  // value() is it, until the next call
    End,       // nothing more
    CutOff,    // it begins well and does not end
    Broken,    // no JSON
  };

  explicit JsonDocuments(std::string_view body) : rest_(body) {}
  Next next();
  const boost::json::value& value() const { return *value_; }
  std::string_view rest() const { return rest_; }  // what was not read yet

 private:
  std::string_view rest_;
  std::optional<boost::json::monotonic_resource> memory_;  // of value_, so it stands first
  std::optional<boost::json::value> value_;
};

// Empty or none for a value of another kind, and for a member that is not there.
std::string_view json_text(const boost::json::value& value);
std::string_view json_text(const boost::json::object& object, std::string_view name);
const boost::json::array* json_array(const boost::json::object& object, std::string_view name);
bool json_flag(const boost::json::object& object, std::string_view name);

}  // namespace dz::telemetry
