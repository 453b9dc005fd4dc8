#include <algorithm>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "net/http_server.h"
#include "net/url_escapes.h"

namespace dz::net {

namespace {
// Of a form: what is no escape stays as it is.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const auto byte = escape_at(text, i)) {
      out += *byte;
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}
}  // namespace

std::string_view HttpRequest::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

std::string form_value(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const std::string_view pair = form.substr(0, form.find('&'));
    const auto equals = pair.find('=');
    if (unescaped(pair.substr(0, equals)) == name) {
      return equals == std::string_view::npos ? std::string{} : unescaped(pair.substr(equals + 1));
    }
    form.remove_prefix(std::min(form.size(), pair.size() + 1));
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> form_fields(std::string_view form) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!form.empty()) {
    const std::string_view pair = form.substr(0, form.find('&'));
    const auto equals = pair.find('=');
    if (!pair.empty()) {
      fields.emplace_back(unescaped(pair.substr(0, equals)),
                          equals == std::string_view::npos ? std::string{} : unescaped(pair.substr(equals + 1)));
    }
    form.remove_prefix(std::min(form.size(), pair.size() + 1));
  }
  return fields;
}

HttpResponse error_response(int status, std::string_view what) {
  return {status, "application/json", boost::json::serialize(boost::json::object{{"error", what}}), {}};
}

}  // namespace dz::net
