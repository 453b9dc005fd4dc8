#include "telemetry/store_request.h"

#include <fmt/format.h>

#include "base/base64.h"

namespace dz::telemetry {
namespace {

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_plain(char c) { return is_word(c) || c == '-' || c == '.' || c == '~'; }

void append_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (is_plain(c)) {
      out.push_back(c);
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
}

}  // namespace

std::string api_url(const StoreSettings& store, std::string_view path) {
  std::string_view base = store.url;
  while (base.ends_with('/')) base.remove_suffix(1);
  return std::string(base) + std::string(path);
}

std::string form_text(const FormFields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out.push_back('&');
    append_encoded(out, name);
    out.push_back('=');
    append_encoded(out, value);
  }
  return out;
}

void authorize(const StoreSettings& store, std::string_view scheme, StoreRequest& request) {
  if (!store.token.empty()) {
    request.headers.emplace_back("Authorization", fmt::format("{} {}", scheme, store.token));
  } else if (!store.username.empty()) {
    const auto pair = store.username + ":" + store.password;
    request.headers.emplace_back("Authorization", "Basic " + encode_base64(as_bytes(pair)));
  }
}

std::string fill_in(std::string_view query, std::span<const Placeholder> placeholders) {
  std::string out;
  while (!query.empty()) {
    const auto* found = placeholders.data();
    const auto* const end = found + placeholders.size();
    while (found != end && !(query.starts_with(found->name) &&
                             (query.size() == found->name.size() || !is_word(query[found->name.size()])))) {
      ++found;
    }
    out += found == end ? std::string(query.substr(0, 1)) : found->text;
    query.remove_prefix(found == end ? 1 : found->name.size());
  }
  return out;
}

std::string in_quotes(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back(quote);
  return out;
}

std::int64_t seconds_of(Minute minute) { return std::chrono::seconds{minute.time_since_epoch()}.count(); }

}  // namespace dz::telemetry
