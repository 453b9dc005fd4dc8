#include "apps/cli/ui/daemons.h"

#include <utility>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "apps/cli/ui/monitor_api.h"
#include "base/safe_text.h"
#include "base/shown_url.h"
#include "net/http_client.h"

namespace dz::cli {
namespace {

constexpr Duration kPatience = std::chrono::seconds{5}, kPatienceForLists = std::chrono::seconds{60};

struct Daemon {
  std::string_view name, flag;
  std::string url;
};

net::HttpClient http_for(Duration timeout) {
  net::ClientOptions options;
  options.connect_timeout = kPatience;
  options.timeout = timeout;
  return net::HttpClient(options);
}

// Asks for nothing that anybody has.
std::string found_at(const std::string& url, int status, std::string_view body) {
  if (const auto known = service_of(body); !known.empty()) return known;
  const auto listed = http_for(kPatience).get(url + "/", {});
  if (const auto known = listed ? service_of(listed->body) : std::string(); !known.empty()) return known;
  return fmt::format("something that answers HTTP {} '{}'", status, one_line(body, 80));
}

// A 404 that lists other paths is no daemon of this kind; one with a sentence about the record is.
bool knows_path(const net::ClientResponse& response) {
  return response.status != 404 || response.body.find("pubkey or code") != std::string::npos;
}

Result<std::string> ask(const Daemon& daemon, const std::string& path) {
  const bool list = path.starts_with("/api/v1/assessments?") || path == "/status";
  auto response = http_for(list ? kPatienceForLists : kPatience).get(daemon.url + path, {});
  const auto shown = shown_url(daemon.url);
  if (!response) {
    return with_context(
        fmt::format("expected an answer of the {} at {}: is it running there? Another one is named by {} or doublezero "
                    "config set {} URL",
                    daemon.name, shown, daemon.flag, daemon.flag),
        response.error());
  }
  const auto& [status, body, headers] = *response;
  const bool json = body.starts_with('{');
  if (status == 200 || (status == 503 && json && path == "/healthz")) return std::move(response->body);
  if (!knows_path(*response) || (!json && status < 500)) {
    return refused(fmt::format("expected the {} at {}, found {}: name the {}'s address with {}", daemon.name, shown,
                               found_at(daemon.url, status, body), daemon.name, daemon.flag));
  }
  if (status == 404) return not_found(fmt::format("the {} does not know this record", daemon.name));
  boost::system::error_code error;
  const auto reason = boost::json::parse(body, error);
  return fail(ErrorKind::Retry, fmt::format("the {} at {} answered HTTP {}: {}", daemon.name, shown, status,
                                            error ? "nothing more" : text_of(reason, "error")));
}

AskDaemon ask_at(Daemon daemon) {
  if (daemon.url.empty()) return {};
  return [daemon = std::move(daemon)](const std::string& path) { return ask(daemon, path); };
}

}  // namespace

std::string service_of(std::string_view answer) {
  const auto has = [answer](std::string_view part) { return answer.find(part) != std::string_view::npos; };
  if (has("/api/v1/assessments")) return "a DoubleZero monitor";
  if (has("/faults")) return "a DoubleZero fleet";
  if (has("/metrics") && has("/status")) return "a DoubleZero activator";
  if (has("\"jsonrpc\"") || has("JSON-RPC")) return "a ledger";
  return "";
}

AskDaemon ask_monitor_at(const std::string& url) { return ask_at({"monitor", "--monitor-url", url}); }
AskDaemon ask_activator_at(const std::string& url) { return ask_at({"activator", "--activator-url", url}); }

TellDaemon tell_monitor_at(const std::string& url) {
  if (url.empty()) return {};
  return [url](const std::string& path, const std::string& body) -> Result<std::string> {
    auto response = http_for(kPatience).post(url + path, body, {{"Content-Type", "application/json"}});
    if (!response) {
      return with_context(fmt::format("expected an answer of the monitor at {}: is it running there? Another one is "
                                      "named by --monitor-url",
                                      shown_url(url)),
                          response.error());
    }
    if (response->status == 200 || response->status == 201) return std::move(response->body);
    boost::system::error_code error;
    const auto reason = boost::json::parse(response->body, error);
    const auto text = fmt::format("the monitor at {} answered HTTP {}: {}", shown_url(url), response->status,
                                  error ? "nothing more" : text_of(reason, "error"));
    if (response->status == 404) return not_found(text);
    return response->status >= 500 ? fail(ErrorKind::Retry, text) : refused(text);
  };
}

client::RpcTransport only_ledger(client::RpcTransport transport, std::string url) {
  return [transport = std::move(transport), url = std::move(url)](std::string_view body) -> Result<client::RpcReply> {
    auto reply = transport(body);
    if (!reply || reply->body.find("\"jsonrpc\"") != std::string::npos) return reply;
    const int status = reply->status;
    if (status >= 500 || status == 429 || status == 401 || status == 403) return reply;
    return refused(fmt::format("expected a ledger at {}, found {}: name the ledger's address with --url",
                               shown_url(url), found_at(url, status, reply->body)));
  };
}

}  // namespace dz::cli
