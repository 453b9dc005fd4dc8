#include "monitor/statement_api.h"

#include <charconv>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/base64.h"
#include "base/safe_text.h"
#include "monitor/decision_bundle.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

net::HttpResponse reply(const json::value& body) { return {200, "application/json", json::serialize(body), {}}; }

std::string hex(ByteView bytes) { return fmt::format("{:02x}", fmt::join(bytes, "")); }

json::object to_json(const StoredStatement& stored) {
  return {{"index", stored.index},
          {"hash", hex(stored.hash)},
          {"outcome", outcome_word(stored.outcome)},
          {"transaction", stored.signature.empty() ? json::value() : json::value(stored.signature)},
          {"statement", encode_base64(stored.bytes)}};
}

std::optional<std::uint8_t> nibble(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

std::optional<attest::Hash> parse_hash(std::string_view text) {
  attest::Hash hash{};
  if (text.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const auto high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    hash[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return hash;
}

std::optional<std::int64_t> parse_index(std::string_view text) {
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  return error == std::errc() && end == text.data() + text.size() && index >= 0 ? std::optional(index) : std::nullopt;
}

}  // namespace

net::HttpResponse list_statements(Monitor& monitor, const net::HttpRequest& request) {
  const auto transaction = request.query_value("transaction");
  if (!wire::parse_signature(transaction)) {
    return net::error_response(400, fmt::format("transaction: expected the signature of a transaction in base58, found "
                                                "'{}'",
                                                escaped(cut_text(transaction, 100))));
  }
  const auto found = monitor.statements().of_transaction(transaction);
  if (!found) return net::error_response(503, found.error().message);
  json::array list;
  for (const auto& stored : *found) list.push_back(to_json(stored));
  return reply(json::object{{"transaction", transaction}, {"statements", std::move(list)}});
}

Result<StoredStatement> find_statement(Monitor& monitor, const std::string& name) {
  const auto hash = parse_hash(name);
  const auto index = parse_index(name);
  if (!hash && !index)
    return not_found("expected the index of a statement or its hash in hex, found '" + escaped(cut_text(name, 100)) +
                     "'");
  DZ_TRY_ASSIGN(auto found, hash ? monitor.statements().find(*hash) : monitor.statements().find(*index));
  if (!found) return not_found("this monitor made no such statement: " + escaped(name));
  return std::move(*found);
}

net::HttpResponse tell_statement(Monitor& monitor, const net::HttpRequest& request, const std::string& name) {
  const auto found = find_statement(monitor, name);
  if (!found) return net::error_response(found.error().kind == ErrorKind::NotFound ? 404 : 503, found.error().message);
  auto body = to_json(*found);
  if (request.query_value("minutes") == "1") {
    const auto grounds = monitor.grounds(found->index);
    if (!grounds && grounds.error().kind != ErrorKind::NotFound)
      return net::error_response(503, grounds.error().message);
    json::array list;
    if (grounds) {
      for (const auto& leaf : grounds->leaves) list.emplace_back(encode_base64(leaf));
    }
    body["minutes"] = std::move(list);
  }
  if (request.query_value("bundle") == "1") {
    const auto bundle = bundle_of(monitor, *found);
    if (!bundle)
      return net::error_response(bundle.error().kind == ErrorKind::NotFound ? 404 : 503, bundle.error().message);
    body["bundle"] = json::parse(encode(*bundle));
  }
  return reply(body);
}

}  // namespace dz::monitor
