#include "daemon/store_transport.h"

#include <charconv>

namespace dz {
namespace {

// Retry-After in seconds; a date is not worth a parser, the pause doubles anyway.
std::optional<Duration> retry_after(const net::ClientResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (name != "retry-after") continue;
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error == std::errc{} && end == value.data() + value.size() && seconds >= 0 && seconds < 1'000'000)
      return std::chrono::seconds{seconds};
  }
  return std::nullopt;
}

}  // namespace

PullSeams http_stores(net::AsyncClient& client, std::function<double()> jitter, std::function<void()> wake) {
  const auto send = [&client](const SourceSettings& source, const StoreAsk& ask,
                              std::function<void(Result<StoreReply>)> done) {
    net::ClientRequest request{ask.request.method, ask.request.url, ask.request.headers, ask.request.body,
                               source.ca_file,     ask.timeout,     ask.max_body};
    client.send(std::move(request), [done = std::move(done)](Result<net::ClientResponse> response) {
      if (!response) return done(tl::unexpected(response.error()));
      const auto pause = retry_after(*response);
      done(StoreReply{{response->status, std::move(response->body)}, pause, {}});
    });
  };
  return {send, std::move(jitter), std::move(wake)};
}

}  // namespace dz
