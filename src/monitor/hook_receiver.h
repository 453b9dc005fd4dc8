// What stands in for the receiver of a webhook in tests.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/result.h"
#include "net/async_client.h"

namespace dz::monitor {

// Takes every message at once, as long as it is there.
class Receiver {
 public:
  net::SendHttp send() {
    return [this](const net::ClientRequest& request, std::function<void(Result<net::ClientResponse>)> done) {
      ++tries;
      const bool here = there();
      if (here) {
        bodies.push_back(request.body);
        const auto message = boost::json::parse(request.body);
        for (const auto& e : message.at("events").as_array()) {
          const auto id = std::string(e.at("id").as_string());
          if (events.emplace(id, e.as_object()).second) order.push_back(id);
        }
      }
      answers.push_back([done = std::move(done), ok = here] {
        ok ? done(net::ClientResponse{204, "", {}}) : done(fail(ErrorKind::Retry, "nobody there"));
      });
    };
  }
  // The answers that came meanwhile; a receiver that is cut off answers nobody.
  void answer() {
    for (auto& a : std::exchange(answers, {})) a();
  }
  std::string told() const {
    std::string text;
    for (const auto& id : order) {
      const auto& e = events.at(id);
      const auto word = [&](const char* name) {
        const auto* v = e.if_contains(name);
        return v != nullptr && v->is_string() ? std::string(v->as_string()) : std::string("-");
      };
      text += fmt::format("{} {} {}>{} ({})\n", word("code"), word("event"), word("from"), word("to"), word("reason"));
    }
    return text;
  }

  std::function<bool()> there = [] { return true; };
  int tries = 0;
  std::vector<std::string> bodies, order;
  std::map<std::string, boost::json::object> events;
  std::vector<std::function<void()>> answers;
};

}  // namespace dz::monitor
