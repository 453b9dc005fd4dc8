#include "monitor/store_transport.h"

#include "net/retry_after.h"

namespace dz::monitor {

PullSeams http_stores(net::SendHttp send, std::function<double()> jitter, std::function<void()> wake) {
  const auto seam = [send = std::move(send)](const SourceSettings& source, const telemetry::StoreAsk& ask,
                                             std::function<void(Result<telemetry::StoreReply>)> done) {
    net::ClientRequest request{ask.request.method, ask.request.url, ask.request.headers, ask.request.body,
                               source.ca_file,     ask.timeout,     ask.max_body};
    send(std::move(request), [done = std::move(done)](Result<net::ClientResponse> response) {
      if (!response) return done(tl::unexpected(response.error()));
      const auto pause = net::retry_after(response->headers, net::system_now());
      done(telemetry::StoreReply{{response->status, std::move(response->body)}, pause, {}});
    });
  };
  return {seam, std::move(jitter), std::move(wake)};
}

}  // namespace dz::monitor
