// A name server that does not answer: the test program's own getaddrinfo stands in for the system's, and holds one name
// back until the test is over, or for long.
#include <gtest/gtest.h>

#include <dlfcn.h>
#include <netdb.h>

#include <future>
#include <string_view>

#include "net/async_client.h"

namespace dz::net {
namespace {

constexpr std::string_view kSilentName = "no-answer.invalid";
constexpr std::chrono::seconds kLong{5};
auto& over = *new std::promise<void>;  // look-ups may outlive the program's end
const auto& is_over = *new std::shared_future<void>(over.get_future());

int look_up(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  if (name != nullptr && name == kSilentName) {
    is_over.wait_for(kLong);
    return EAI_AGAIN;
  }
  static const auto system = reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return system(name, service, hints, found);
}

}  // namespace
}  // namespace dz::net

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  return dz::net::look_up(name, service, hints, found);
}

namespace dz::net {
namespace {

using std::chrono::milliseconds;

// libcurl waits for the look-up of a name even after it gave the request up, unless it is told not to.
TEST(NameServer, D14_ThatDoesNotAnswerHoldsUpNeitherTheLoopNorAThread) {
  const auto url = "http://" + std::string(kSilentName) + "/";
  const ClientOptions hurried{.connect_timeout = milliseconds{50}, .timeout = milliseconds{100}};
  const auto begin = std::chrono::steady_clock::now();
  Loop loop;
  std::string failed;
  {
    AsyncClient client(loop, hurried);
    client.send({.url = url}, [&](const Result<ClientResponse>& answer) { failed = answer.error().message; });
    for (int i = 0; i < 500 && failed.empty(); ++i) loop.run_for(milliseconds{10});
    client.send({.url = url}, [](const Result<ClientResponse>&) { FAIL() << "the client is gone"; });
    loop.run_for(milliseconds{1});
  }
  EXPECT_NE(failed, "");
  EXPECT_EQ(HttpClient(hurried).get(url, {}).error().kind, ErrorKind::Retry);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kLong);
  over.set_value();
}

}  // namespace
}  // namespace dz::net
