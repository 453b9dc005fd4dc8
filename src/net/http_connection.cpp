#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "base/safe_text.h"
#include "net/gzip.h"
#include "net/http_session.h"

namespace dz::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {
constexpr std::size_t kMaxHeader = 16U << 10;
constexpr std::size_t kSmallBody = 1U << 20;  // inflated, whatever others take
constexpr Duration kLinger = std::chrono::seconds{2};

constexpr std::size_t kMostShown = 100;  // of what a client sent, in an error

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

bool is_token(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

// The last line of defence: nothing that a handler made of foreign bytes leaves as something else than HTTP.
void set_header(http::response<http::string_body>& message, std::string_view name, std::string_view value) {
  if (is_token(name)) message.set(name, header_value(value));
}

// The peer sent something wrong. Being late, cut off or finished is not wrong.
bool is_malformed(error_code error) {
  return error.category() == make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

HttpRequest to_request(http::request<http::string_body>& message, const std::string& remote) {
  HttpRequest request;
  request.method = std::string(message.method_string());
  const std::string_view target(message.target().data(), message.target().size());
  const auto mark = target.find('?');
  request.path = std::string(target.substr(0, mark));
  if (mark != std::string_view::npos) request.query = std::string(target.substr(mark + 1));
  for (const auto& field : message) {
    request.headers.emplace_back(lower({field.name_string().data(), field.name_string().size()}),
                                 std::string(field.value()));
  }
  request.body = std::move(message.body());
  request.remote = remote;
  return request;
}
}  // namespace

HttpConnection::HttpConnection(std::shared_ptr<HttpServer::Impl> server, asio::ip::tcp::socket socket)
    : server_(std::move(server)), stream_(std::make_unique<beast::tcp_stream>(std::move(socket))) {
  error_code ignored;
  remote_ = stream_->socket().remote_endpoint(ignored).address().to_string();
  server_->open.insert(stream_.get());
}

HttpConnection::~HttpConnection() {
  if (stream_) server_->open.erase(stream_.get());
}

void HttpConnection::wait_for_request() {
  if (buffer_.size() > 0) return read_header();
  stream_->expires_after(server_->options.idle);
  stream_->async_read_some(buffer_.prepare(4096), [self = shared_from_this()](error_code error, std::size_t bytes) {
    if (error || self->server_->closed) return;
    self->buffer_.commit(bytes);
    self->read_header();
  });
}

void HttpConnection::read_header() {
  parser_.emplace();
  parser_->body_limit(server_->options.max_body);
  parser_->header_limit(kMaxHeader);
  stream_->expires_after(server_->options.deadline);
  http::async_read_header(*stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (!self->server_->closed) self->on_header(error);
  });
}

void HttpConnection::on_header(error_code error) {
  if (error == http::error::body_limit) return on_body(error);
  if (error == http::error::header_limit) {
    return refuse(431, fmt::format("expected headers of at most {} bytes", kMaxHeader));
  }
  if (is_malformed(error)) return refuse(400, "expected an HTTP/1.1 request: " + error.message());
  if (error) return;
  if (beast::websocket::is_upgrade(parser_->get())) return upgrade();
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return read_body();
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(*stream_, asio::buffer(kContinue), [self = shared_from_this()](error_code failed, std::size_t) {
    if (!failed && !self->server_->closed) self->read_body();
  });
}

void HttpConnection::read_body() {
  http::async_read(*stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (!self->server_->closed) self->on_body(error);
  });
}

void HttpConnection::on_body(error_code error) {
  if (error == http::error::body_limit) {
    return refuse(413,
                  fmt::format("expected a body of at most {} bytes; send less at once", server_->options.max_body));
  }
  if (is_malformed(error)) return refuse(400, "expected a well-formed request body: " + error.message());
  if (error) return;
  exchange(parser_->get().keep_alive());
}

void HttpConnection::exchange(bool keep_alive) {
  HttpRequest request = to_request(parser_->get(), remote_);
  const std::string encoding = lower(request.header("content-encoding"));
  if (encoding.empty() || encoding == "identity") return hand_on(std::move(request), keep_alive);
  if (encoding == "gzip" || encoding == "x-gzip") return inflate(std::move(request), keep_alive);
  write(error_response(415, "expected content-encoding gzip or none, found " + one_line(encoding, kMostShown)),
        keep_alive);
}

namespace {

// A body that is being inflated, and its part of what all of them take.
struct Inflating {
  Inflating(std::shared_ptr<HttpServer::Impl> home, HttpRequest whole)
      : server(std::move(home)), request(std::move(whole)), gunzip(request.body, server->options.max_body) {}
  ~Inflating() { server->inflating -= counted; }
  Inflating(const Inflating&) = delete;
  Inflating& operator=(const Inflating&) = delete;

  // True: it is whole. Retry: all of them together are too large.
  Result<bool> step() {
    const auto whole = gunzip.step();
    const auto size = gunzip.text().size();
    server->inflating += size - counted;
    counted = size;
    if (size > kSmallBody && server->inflating > server->options.max_inflating) {
      return fail(ErrorKind::Retry, "too much is being inflated at once: send it again");
    }
    return whole;
  }

  std::shared_ptr<HttpServer::Impl> server;
  HttpRequest request;
  Gunzip gunzip;
  std::size_t counted = 0;
};

int status_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::Refused: return 413;
    case ErrorKind::Retry: return 503;
    default: return 400;
  }
}

}  // namespace

void HttpConnection::inflate(HttpRequest request, bool keep_alive) {
  const auto work = std::make_shared<Inflating>(server_, std::move(request));
  server_->loop.in_slices([self = shared_from_this(), work, keep_alive] {
    if (self->server_->closed) return true;
    const auto whole = work->step();
    if (!whole) {
      auto response = error_response(status_of(whole.error()), whole.error().message);
      if (response.status == 503) response.headers.emplace_back("Retry-After", "1");
      self->write(std::move(response), keep_alive);
      return true;
    }
    if (!*whole) return false;
    work->request.body = std::move(work->gunzip.text());
    self->hand_on(std::move(work->request), keep_alive);
    return true;
  });
}

void HttpConnection::hand_on(HttpRequest request, bool keep_alive) {
  if (server_->handlers.on_request) return write(server_->handlers.on_request(request), keep_alive);
  server_->handlers.on_exchange(std::move(request), [self = shared_from_this(), keep_alive](HttpResponse response) {
    self->write(std::move(response), keep_alive);
  });
}

void HttpConnection::refuse(int status, std::string_view why) { write(error_response(status, why), false); }

void HttpConnection::write(HttpResponse answer, bool keep_alive) {
  if (server_->closed) return;  // the handler ended the server
  const bool head = parser_->get().method() == http::verb::head;
  response_ = {};
  response_.version(11);
  response_.result(static_cast<unsigned>(answer.status));
  set_header(response_, "Content-Type", answer.content_type);
  for (const auto& [name, value] : answer.headers) set_header(response_, name, value);
  response_.body() = valid_utf8(std::move(answer.body));
  response_.keep_alive(keep_alive);
  response_.prepare_payload();
  if (answer.status == 204) response_.erase(http::field::content_type);
  if (head) response_.body().clear();  // content-length stays that of the body
  stream_->expires_after(server_->options.deadline);
  http::async_write(*stream_, response_, [self = shared_from_this(), keep_alive](error_code error, std::size_t) {
    if (error || self->server_->closed) return;
    if (keep_alive) return self->wait_for_request();
    error_code ignored;
    self->stream_->socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    self->buffer_.clear();
    self->stream_->expires_after(kLinger);
    self->linger();
  });
}

void HttpConnection::linger() {
  stream_->async_read_some(buffer_.prepare(65536), [self = shared_from_this()](error_code error, std::size_t) {
    if (!error && !self->server_->closed) self->linger();
  });
}

void HttpConnection::upgrade() {
  if (!server_->handlers.on_message) return refuse(426, "expected plain HTTP: no WebSocket is spoken here");
  server_->open.erase(stream_.get());
  stream_->expires_never();
  std::make_shared<WebSocketSession>(server_, std::move(stream_))->accept(parser_->release());
}

}  // namespace dz::net
