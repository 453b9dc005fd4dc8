#include "service/api_questions.h"

#include <fmt/format.h>

#include "base/safe_text.h"

namespace dz::service {
namespace {

constexpr std::size_t kMostOfError = 200;

}  // namespace

AskApi ask_over_http(net::SendHttp send, QuestionLimits limits) {
  return [send = std::move(send), limits](const std::string& url, std::function<void(Result<std::string>)> done) {
    net::ClientRequest request;
    request.url = url;
    request.timeout = limits.timeout;
    request.max_body = limits.most_answer;
    send(std::move(request), [done = std::move(done)](Result<net::ClientResponse> response) {
      if (!response) return done(tl::unexpected(response.error()));
      if (response->status == 200) return done(std::move(response->body));
      done(fail(ErrorKind::Retry, fmt::format("expected an answer of 200, found {}: {}", response->status,
                                              one_line(response->body, kMostOfError))));
    });
  };
}

Result<std::string> parse_api_url(std::string url) {
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    return refused("expected http:// or https:// and the address of an API");
  if (url.find_first_of("@?#") != std::string::npos) return refused("expected host, port and path only");
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace dz::service
