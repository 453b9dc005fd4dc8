// Who may ask a server from within a browser. Any page that somebody opens on this machine can send requests to this
// machine's own doors, so a server that listens on loopback answers a browser only when the page is its own or was
// allowed by name. Pure: headers in, refusal out. Decision: docs/adr/0020-who-may-ask.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace dz::net {

// What is allowed besides the server's own address.
struct BrowserRules {
  std::vector<std::string> hosts;    // names that a Host may have, each with or without a port: a reverse proxy's
  std::vector<std::string> origins;  // of foreign pages that may ask: "http://localhost:3000"; "*": all
  bool operator==(const BrowserRules&) const = default;
};

// Refused: what is no host, no origin.
Result<void> check_browser_rules(const BrowserRules& rules);

// 127.0.0.0/8, ::1, or localhost: nobody on another machine can reach it.
bool is_loopback_address(std::string_view address);

class BrowserGuard {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;  // names lower-cased

  struct Request {
    std::string_view method, target;
    const Headers& headers;
  };
  // The answer in place of a handler's: 403 with the reason, or 204 to a preflight that is allowed.
  struct Answer {
    int status = 403;
    std::string why;
    Headers headers;
  };

  // Of a server that listens there. On loopback, or as soon as hosts are named, a foreign Host or Origin is refused.
  BrowserGuard(std::string_view address, std::uint16_t port, BrowserRules rules);

  // Nothing: let the handler answer. What has neither a foreign Host nor a foreign Origin is never refused.
  std::optional<Answer> judge(const Request& request) const;
  // What an answer to this request has to say so that the page may read it.
  Headers answer_headers(const Headers& request) const;

 private:
  bool own_host(std::string_view host) const;
  bool own_origin(std::string_view origin, std::string_view host) const;
  bool opened_to(std::string_view origin) const;
  std::optional<Answer> judge_host(const Request& request) const;
  std::optional<Answer> judge_origin(const Request& request) const;
  Answer answer_preflight(const Request& request) const;

  bool guarded_;
  std::string own_;  // the address as a Host has it: "127.0.0.1", "::1"
  std::string port_;
  BrowserRules rules_;
};

}  // namespace dz::net
