#include <algorithm>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "net/http_server.h"

namespace dz::net {

namespace {
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
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
