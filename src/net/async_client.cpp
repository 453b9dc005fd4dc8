#include "net/async_client.h"

#include <map>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/curl_transfer.h"
#include "net/loop_impl.h"

namespace dz::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {
constexpr int kFailed = -1;  // as libcurl wants to be told
constexpr const char* kNoMemory = "libcurl did not go on; is the system out of memory?";
}  // namespace

// libcurl says which sockets it wants watched and when it wants to be called; the loop does both. Inside the callbacks
// of libcurl we only note what it wants and start waits; requests are finished outside of them.
struct AsyncClient::Impl : std::enable_shared_from_this<AsyncClient::Impl> {
  struct Exchange {
    ClientRequest request;
    std::function<void(Result<ClientResponse>)> done;
    CURL* curl = nullptr;
    std::unique_ptr<CurlTransfer> transfer;
  };
  // The socket is libcurl's: it is released, not closed.
  struct Watch {
    Watch(asio::io_context& io, curl_socket_t socket) : descriptor(io, socket) {}
    asio::posix::stream_descriptor descriptor;
    int wanted = 0;                         // CURL_POLL_IN, _OUT or both
    bool reading = false, writing = false;  // a wait is pending
  };

  Impl(Loop& loop, ClientOptions wanted_options) : io(loop.impl().io), options(wanted_options), timer(io) {}

  asio::io_context& io;
  ClientOptions options;
  asio::steady_timer timer;
  CURLM* multi = nullptr;
  RequestId last_id = 0;
  std::map<RequestId, Exchange> exchanges;
  std::map<curl_socket_t, std::shared_ptr<Watch>> watches;
  bool closed = false;
  bool failed = false;  // in what libcurl called: it takes nothing more until it has begun anew

  void start();
  void begin_anew();
  void close();
  void begin(RequestId id, Exchange& exchange);
  void forget(Exchange& exchange);
  void fail_soon(RequestId id, Error why);

  static int on_socket(CURL*, curl_socket_t socket, int what, void* user, void*) noexcept;
  static int on_timer(CURLM*, long wait_ms, void* user) noexcept;
  void wait(long wait_ms);
  void watch(curl_socket_t socket, int what);
  void arm(curl_socket_t socket, const std::shared_ptr<Watch>& w);
  void on_ready(curl_socket_t socket, const std::shared_ptr<Watch>& w, int events);
  void act(curl_socket_t socket, int events);
  void finish_done();
};

void AsyncClient::Impl::start() {
  if (!initialise_curl()) return;
  multi = curl_multi_init();
  if (multi == nullptr) return;
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
}

void AsyncClient::Impl::close() {
  closed = true;
  for (auto& [id, exchange] : exchanges) forget(exchange);
  exchanges.clear();
  if (multi != nullptr) curl_multi_cleanup(multi);
  multi = nullptr;
  for (auto& [socket, w] : watches) w->descriptor.release();
  watches.clear();
  timer.cancel();
}

void AsyncClient::Impl::begin(RequestId id, Exchange& exchange) {
  if (failed) return fail_soon(id, {ErrorKind::Retry, kNoMemory});
  const CurlTransfer::Request to_send{exchange.request.method, exchange.request.url, exchange.request.headers,
                                      exchange.request.body, exchange.request.ca_file};
  if (auto fit = CurlTransfer::check(to_send); !fit) return fail_soon(id, std::move(fit.error()));
  if (multi != nullptr) exchange.curl = curl_easy_init();
  if (exchange.curl == nullptr) return fail_soon(id, {ErrorKind::Retry, kNoMemory});
  const auto& request = exchange.request;
  auto limits = options;
  limits.timeout = request.timeout.value_or(options.timeout);
  limits.max_body = request.max_body.value_or(options.max_body);
  exchange.transfer = std::make_unique<CurlTransfer>(exchange.curl, to_send, limits);
  curl_easy_setopt(exchange.curl, CURLOPT_PRIVATE, reinterpret_cast<void*>(id));
  if (const auto code = curl_multi_add_handle(multi, exchange.curl); code != CURLM_OK) {
    fail_soon(id, {ErrorKind::Retry, curl_multi_strerror(code)});
  }
}

void AsyncClient::Impl::forget(Exchange& exchange) {
  if (exchange.curl == nullptr) return;
  curl_multi_remove_handle(multi, exchange.curl);
  exchange.transfer.reset();
  curl_easy_cleanup(exchange.curl);
  exchange.curl = nullptr;
}

void AsyncClient::Impl::fail_soon(RequestId id, Error why) {
  asio::post(io, [self = shared_from_this(), id, why = std::move(why)] {
    if (self->failed) self->begin_anew();
    auto found = self->exchanges.extract(id);
    if (found.empty()) return;
    self->forget(found.mapped());
    found.mapped().done(tl::unexpected(why));
  });
}

// libcurl works no more with what one of its calls has failed for: everything under way ends, and the next is asked
// with new handles.
void AsyncClient::Impl::begin_anew() {
  const auto self = shared_from_this();
  auto given_up = std::exchange(exchanges, {});
  for (auto& [id, exchange] : given_up) forget(exchange);
  close();
  closed = failed = false;
  start();
  for (auto& [id, exchange] : given_up) exchange.done(fail(ErrorKind::Retry, kNoMemory));
}

// ---- what libcurl asks for

int AsyncClient::Impl::on_socket(CURL*, curl_socket_t socket, int what, void* user, void*) noexcept {
  auto& self = *static_cast<Impl*>(user);
  return called_by_curl(self.failed, kFailed, [&] {
    self.watch(socket, what);
    return 0;
  });
}

void AsyncClient::Impl::watch(curl_socket_t socket, int what) {
  const auto found = watches.find(socket);
  if (what == CURL_POLL_REMOVE) {
    if (found == watches.end()) return;
    found->second->wanted = 0;
    found->second->descriptor.release();  // ends its waits
    watches.erase(found);
    return;
  }
  auto w = found != watches.end() ? found->second : nullptr;
  if (w == nullptr) w = watches.emplace(socket, std::make_shared<Watch>(io, socket)).first->second;
  w->wanted = what;
  arm(socket, w);
}

void AsyncClient::Impl::arm(curl_socket_t socket, const std::shared_ptr<Watch>& w) {
  using Descriptor = asio::posix::stream_descriptor;
  const auto wait = [&](int event, Descriptor::wait_type type, bool Watch::*pending) {
    if ((w->wanted & event) == 0 || w.get()->*pending) return;
    w.get()->*pending = true;
    w->descriptor.async_wait(type, [self = shared_from_this(), socket, w, event, pending](error_code error) {
      w.get()->*pending = false;
      if (error || self->closed || (w->wanted & event) == 0) return;
      self->on_ready(socket, w, event == CURL_POLL_IN ? CURL_CSELECT_IN : CURL_CSELECT_OUT);
    });
  };
  wait(CURL_POLL_IN, Descriptor::wait_read, &Watch::reading);
  wait(CURL_POLL_OUT, Descriptor::wait_write, &Watch::writing);
}

void AsyncClient::Impl::on_ready(curl_socket_t socket, const std::shared_ptr<Watch>& w, int events) {
  const auto self = shared_from_this();
  act(socket, events);
  if (!closed && w->wanted != 0) arm(socket, w);
}

int AsyncClient::Impl::on_timer(CURLM*, long wait_ms, void* user) noexcept {
  auto& self = *static_cast<Impl*>(user);
  return called_by_curl(self.failed, kFailed, [&] {
    self.wait(wait_ms);
    return 0;
  });
}

void AsyncClient::Impl::wait(long wait_ms) {
  if (closed) return;
  timer.cancel();
  if (wait_ms < 0) return;
  timer.expires_after(std::chrono::milliseconds{wait_ms});
  timer.async_wait([self = shared_from_this()](error_code error) {
    if (!error && !self->closed) self->act(CURL_SOCKET_TIMEOUT, 0);
  });
}

void AsyncClient::Impl::act(curl_socket_t socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi, socket, events, &running);
  if (failed) return begin_anew();
  finish_done();
}

// A callback may send, cancel, or destroy the client.
void AsyncClient::Impl::finish_done() {
  const auto self = shared_from_this();
  int left = 0;
  while (!closed) {
    const CURLMsg* message = curl_multi_info_read(multi, &left);
    if (message == nullptr) return;
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    char* tag = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &tag);
    auto found = exchanges.extract(static_cast<RequestId>(reinterpret_cast<std::uintptr_t>(tag)));
    if (found.empty()) continue;
    auto& exchange = found.mapped();
    auto result = exchange.transfer->result(code, ErrorKind::Refused);
    forget(exchange);
    exchange.done(std::move(result));
  }
}

AsyncClient::AsyncClient(Loop& loop, ClientOptions options) : impl_(std::make_shared<Impl>(loop, options)) {
  impl_->start();
}
AsyncClient::~AsyncClient() { impl_->close(); }

RequestId AsyncClient::send(ClientRequest request, std::function<void(Result<ClientResponse>)> done) {
  const auto id = ++impl_->last_id;
  auto& exchange = impl_->exchanges[id];
  exchange.request = std::move(request);
  exchange.done = std::move(done);
  const IfThrown end([&] { cancel(id); });
  impl_->begin(id, exchange);
  return id;
}

void AsyncClient::cancel(RequestId request) {
  auto found = impl_->exchanges.extract(request);
  if (!found.empty()) impl_->forget(found.mapped());
}

std::size_t AsyncClient::in_flight() const { return impl_->exchanges.size(); }

}  // namespace dz::net
