#include "net/request_framing.h"

#include <algorithm>
#include <string_view>

#include "base/safe_text.h"

namespace dz::net {
namespace {

constexpr std::size_t kMostShown = 100;  // of what a client sent, in an error

std::vector<std::string_view> values_of(const HeaderFields& fields, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& [field, value] : fields) {
    if (field == name) values.push_back(value);
  }
  return values;
}

bool is_chunked(std::string_view value) {
  constexpr std::string_view kChunked = "chunked";
  return std::equal(value.begin(), value.end(), kChunked.begin(), kChunked.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; });
}

bool is_number(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<FramingFault> check_framing(RequestShape shape, const HeaderFields& fields) {
  const auto encodings = values_of(fields, "transfer-encoding");
  const auto lengths = values_of(fields, "content-length");
  if (!encodings.empty() && !lengths.empty()) {
    return FramingFault{400, "expected content-length or transfer-encoding, found both; send one"};
  }
  if (lengths.size() > 1 || (!lengths.empty() && !is_number(lengths.front()))) {
    return FramingFault{400, "expected one content-length, a decimal number"};
  }
  if (encodings.size() > 1 || (!encodings.empty() && !is_chunked(encodings.front()))) {
    return FramingFault{501, "expected transfer-encoding chunked or none, found " +
                                 one_line(encodings.size() > 1 ? "several" : encodings.front(), kMostShown)};
  }
  if (!encodings.empty() && shape.version < 11) {
    return FramingFault{400, "expected HTTP/1.1 of a chunked body, found an older version"};
  }
  if (values_of(fields, "host").size() > 1) return FramingFault{400, "expected one host, found several"};
  const bool has_body = !encodings.empty() || (!lengths.empty() && lengths.front() != "0");
  if (shape.upgrade && has_body) return FramingFault{400, "expected no body in a request for WebSocket"};
  return std::nullopt;
}

}  // namespace dz::net
