#include <algorithm>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "base/safe_text.h"
#include "net/content_types.h"
#include "net/gzip.h"
#include "net/header_text.h"
#include "net/http_session.h"

namespace dz::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {
constexpr std::size_t kMaxHeader = 16U << 10;
constexpr std::size_t kPiece = 64U << 10;          // read at once
constexpr std::size_t kPieceWritten = 128U << 10;  // at once, whatever the system would take: others wait meanwhile
constexpr std::size_t kMostBuffered = 2 * kPiece;  // of what came and is not understood yet
constexpr Duration kLinger = std::chrono::seconds{2};
constexpr std::size_t kLingerPiece = 16U << 10;

constexpr std::size_t kLeastPacked = 1U << 10;
constexpr std::size_t kPackedAtOnce = 32U << 10;

constexpr std::size_t kMostShown = 100;  // of what a client sent, in an error

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

// The last line of defence: nothing that a handler made of foreign bytes leaves as something else than HTTP.
void set_header(http::response<http::string_body>& message, std::string_view name, std::string_view value) {
  if (is_token(name)) message.set(name, header_value(value));
}

// As it may go out, whatever it was made of.
std::string safe_text(const std::string& content_type, std::string text) {
  if (content_type == kOctets) return text;
  return content_type == "application/json" ? escaped_lines(std::move(text)) : valid_utf8(std::move(text));
}

HttpResponse no_room() {
  auto response = error_response(503, "there is no room for this now: other connections hold all that may be held");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

// The peer sent something wrong. Being late, cut off or finished is not wrong.
bool is_malformed(error_code error) {
  return error.category() == make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

HeaderFields fields_of(const http::request<http::string_body>& message) {
  HeaderFields fields;
  for (const auto& field : message) {
    fields.emplace_back(lower({field.name_string().data(), field.name_string().size()}), std::string(field.value()));
  }
  return fields;
}

HttpRequest to_request(http::request<http::string_body>& message, HeaderFields headers, const std::string& remote) {
  HttpRequest request;
  request.method = std::string(message.method_string());
  const std::string_view target(message.target().data(), message.target().size());
  const auto mark = target.find('?');
  request.path = std::string(target.substr(0, mark));
  if (mark != std::string_view::npos) request.query = std::string(target.substr(mark + 1));
  request.headers = std::move(headers);
  request.body = std::move(message.body());
  request.remote = remote;
  return request;
}
}  // namespace

HttpConnection::HttpConnection(std::shared_ptr<HttpServer::Impl> server, asio::ip::tcp::socket socket)
    : server_(std::move(server)),
      stream_(std::make_unique<beast::tcp_stream>(std::move(socket))),
      buffer_(kMostBuffered) {
  server_->open.insert(stream_.get());
}

HttpConnection::~HttpConnection() {
  if (stream_) server_->open.erase(stream_.get());
  server_->connections().remove(id_);
}

auto HttpConnection::then(Step step) {
  return [self = shared_from_this(), step](error_code error, std::size_t bytes) {
    if (self->server_->closed) return;
    const bool exchanging = step != &HttpConnection::on_first_bytes && step != &HttpConnection::on_lingering;
    if (error == beast::error::timeout && exchanging) self->server_->connections().count(TurnedAway::TooSlow);
    const auto failure = self->server_->failure_in([&] { (*self.*step)(error, bytes); });
    if (failure && self->stream_) self->stream_->close();
  };
}

void HttpConnection::start(const std::string& remote) {
  remote_ = remote;
  const auto drop = [weak = weak_from_this()] {
    if (const auto self = weak.lock(); self && self->stream_) self->stream_->close();
  };
  const auto id = server_->connections().add(remote_, drop, steady_now());
  if (!id) return stream_->close();
  id_ = *id;
  wait_for_request();
}

bool HttpConnection::hold(std::size_t bytes) { return server_->connections().hold(id_, bytes, steady_now()); }

// Whoever waits holds nothing: neither the last request nor its answer.
void HttpConnection::wait_for_request() {
  response_ = {};
  parser_.reset();
  headers_ = {};
  hold(0);
  if (buffer_.size() > 0) return read_header();
  buffer_ = beast::flat_buffer(kMostBuffered);
  stream_->expires_after(server_->limits().idle);
  stream_->async_read_some(buffer_.prepare(4096), then(&HttpConnection::on_first_bytes));
}

void HttpConnection::on_first_bytes(error_code error, std::size_t bytes) {
  if (error) return;
  buffer_.commit(bytes);
  read_header();
}

void HttpConnection::read_header() {
  parser_.emplace();
  parser_->body_limit(server_->options.max_body);
  parser_->header_limit(kMaxHeader);
  stream_->expires_after(server_->limits().deadline);
  http::async_read_header(*stream_, buffer_, *parser_, then(&HttpConnection::on_header));
}

void HttpConnection::on_header(error_code error, std::size_t) {
  if (error == http::error::body_limit) return refuse_body(error);
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return refuse(431, fmt::format("expected headers of at most {} bytes", kMaxHeader), TurnedAway::TooLong);
  }
  if (is_malformed(error)) {
    return refuse(400, "expected an HTTP/1.1 request: " + error.message(), TurnedAway::Malformed);
  }
  if (!error) on_whole_header();
}

void HttpConnection::on_whole_header() {
  headers_ = fields_of(parser_->get());
  const bool upgrades = beast::websocket::is_upgrade(parser_->get());
  if (const auto fault = check_framing({parser_->get().version(), upgrades}, headers_)) {
    return refuse(fault->status, fault->what, TurnedAway::Malformed);
  }
  if (const auto answer = judge_browser()) {
    auto response = answer->status == 204 ? HttpResponse{204, {}, {}, {}} : error_response(answer->status, answer->why);
    response.headers = answer->headers;
    return write(std::move(response), false);
  }
  if (upgrades) return upgrade();
  body_taken_ = 0;
  if (!hold(static_cast<std::size_t>(parser_->content_length().value_or(0)))) return refuse_for_now();
  parser_->eager(true);
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return read_body();
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(*stream_, asio::buffer(kContinue), then(&HttpConnection::on_continued));
}

void HttpConnection::on_continued(error_code error, std::size_t) {
  if (!error) read_body();
}

// Beast's own reading would come back only once there is more of the body, however much came that is none.
void HttpConnection::read_body() {
  error_code error;
  if (buffer_.size() > 0 && !parser_->is_done()) {
    const auto taken = parser_->put(buffer_.data(), error);
    buffer_.consume(taken);
    body_taken_ += taken;
  }
  if (error && error != http::error::need_more) return refuse_body(error);
  if (parser_->is_done()) return exchange(parser_->get().keep_alive());
  const auto body = parser_->get().body().size();
  const auto unfinished = buffer_.size();  // what is left is no body: a size, an extension or a trailer without its end
  if (unfinished > kMostBesideBody || has_too_much_beside_body(body_taken_ + unfinished, body)) {
    return refuse_body(http::error::buffer_overflow);
  }
  if (!parser_->content_length() && !hold(body)) return refuse_for_now();
  stream_->async_read_some(buffer_.prepare(kPiece), then(&HttpConnection::on_body));
}

void HttpConnection::on_body(error_code error, std::size_t bytes) {
  if (error) return;
  buffer_.commit(bytes);
  read_body();
}

void HttpConnection::refuse_body(error_code error) {
  if (error == http::error::body_limit) {
    return refuse(413, fmt::format("expected a body of at most {} bytes; send less at once", server_->options.max_body),
                  TurnedAway::TooLong);
  }
  if (error == http::error::buffer_overflow) {
    return refuse(431, fmt::format("expected chunk extensions and trailers of at most {} bytes", kMostBesideBody),
                  TurnedAway::TooLong);
  }
  if (is_malformed(error)) {
    refuse(400, "expected a well-formed request body: " + error.message(), TurnedAway::Malformed);
  }
}

// From here on until take() it is worked on.
void HttpConnection::exchange(bool keep_alive) {
  HttpRequest request = to_request(parser_->get(), std::move(headers_), remote_);
  takes_gzip_ = server_->options.gzip_answers && accepts_gzip(request.header("accept-encoding"));
  keep_alive_ = keep_alive;
  awaited_ = true;
  server_->connections().busy(id_, true);
  const std::string encoding = lower(request.header("content-encoding"));
  if (encoding.empty() || encoding == "identity") return hand_on(std::move(request));
  if (encoding == "gzip" || encoding == "x-gzip") return inflate(std::move(request));
  take(error_response(415, "expected content-encoding gzip or none, found " + one_line(encoding, kMostShown)));
}

namespace {

// A body that is being inflated.
struct Inflating {
  Inflating(HttpRequest whole, std::size_t most) : request(std::move(whole)), gunzip(request.body, most) {}
  HttpRequest request;
  Gunzip gunzip;
};

}  // namespace

void HttpConnection::inflate(HttpRequest request) {
  const auto work = std::make_shared<Inflating>(std::move(request), server_->options.max_body);
  const auto step = [self = shared_from_this(), work] {
    const auto whole = work->gunzip.step();
    if (!whole) {
      self->take(error_response(whole.error().kind == ErrorKind::Refused ? 413 : 400, whole.error().message));
      return true;
    }
    if (!self->hold(work->request.body.size() + work->gunzip.text().size())) {
      self->take(no_room());
      return true;
    }
    if (!*whole) return false;
    work->request.body = std::move(work->gunzip.text());
    self->hand_on(std::move(work->request));
    return true;
  };
  server_->loop.in_slices([self = shared_from_this(), step] {
    if (self->server_->closed) return true;
    bool done = true;
    if (const auto failure = self->server_->failure_in([&] { done = step(); })) self->take_failure(*failure);
    return done;
  });
}

void HttpConnection::hand_on(HttpRequest request) {
  const auto failure = server_->failure_in([&] {
    if (server_->handlers.on_request) return take(server_->handlers.on_request(request));
    server_->handlers.on_exchange(
        std::move(request), [self = shared_from_this()](HttpResponse response) { self->take(std::move(response)); });
  });
  if (failure) take_failure(*failure);
}

void HttpConnection::take_failure(TurnedAway failure) {
  if (!awaited_) return;
  keep_alive_ = false;
  take(failure == TurnedAway::OutOfMemory
           ? no_room()
           : error_response(500, "this request could not be worked on; the log says why"));
}

void HttpConnection::take(HttpResponse response) {
  if (!awaited_ || server_->closed) return;  // given twice, or the handler ended the server
  awaited_ = false;
  if (response.packed) return give_packed(std::move(response));
  if (is_packed(response)) return deflate(std::move(response));
  give(std::move(response));
}

void HttpConnection::give_packed(HttpResponse response) {
  if (takes_gzip_) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    packed_ = true;
    return give(std::move(response));
  }
  auto text = gunzip(response.body, server_->options.max_body);
  if (!text) return give(error_response(500, "expected a packed answer, found something else"));
  response.body = std::move(*text);
  give(std::move(response));
}

bool HttpConnection::is_packed(const HttpResponse& response) const {
  return takes_gzip_ && !response.opened && response.body.size() >= kLeastPacked;
}

namespace {

// A body that is being packed, piece by piece. Pieces end before an ASCII character: none is cut.
struct Deflating {
  explicit Deflating(HttpResponse whole) : response(std::move(whole)) {}
  bool step() {
    const std::string_view body = response.body;
    auto end = std::min(body.size(), done + kPackedAtOnce);
    while (end < body.size() && static_cast<unsigned char>(body[end]) >= 0x80) ++end;
    gzip.add(safe_text(response.content_type, std::string(body.substr(done, end - done))), end == body.size());
    done = end;
    return done == body.size();
  }
  HttpResponse response;
  std::size_t done = 0;
  Gzip gzip;
};

}  // namespace

void HttpConnection::deflate(HttpResponse response) {
  const auto work = std::make_shared<Deflating>(std::move(response));
  const auto step = [self = shared_from_this(), work] {
    const bool done = work->step();
    if (!self->hold(work->response.body.size() + work->gzip.packed().size())) {
      self->give(no_room());
      return true;
    }
    if (!done) return false;
    work->response.body = std::move(work->gzip.packed());
    work->response.headers.emplace_back("Content-Encoding", "gzip");
    self->packed_ = true;
    self->give(std::move(work->response));
    return true;
  };
  server_->loop.in_slices([self = shared_from_this(), step] {
    if (self->server_->closed) return true;
    bool done = true;
    if (self->server_->failure_in([&] { done = step(); })) self->stream_->close();
    return done;
  });
}

void HttpConnection::give(HttpResponse response) {
  server_->connections().busy(id_, false);
  const auto failure = server_->failure_in([&] {
    if (response.opened) return open_stream(std::move(response));
    if (hold(response.body.size())) return write(std::move(response), keep_alive_);
    write(no_room(), false);
  });
  if (failure && stream_) stream_->close();
}

std::optional<BrowserGuard::Answer> HttpConnection::judge_browser() const {
  const auto& message = parser_->get();
  const std::string_view method(message.method_string().data(), message.method_string().size());
  const std::string_view target(message.target().data(), message.target().size());
  return server_->guard->judge({method, target, headers_});
}

void HttpConnection::refuse(int status, std::string_view why, TurnedAway kind) {
  server_->connections().count(kind);
  write(error_response(status, why), false);
}

void HttpConnection::refuse_for_now() { write(no_room(), false); }

// What the answer depends on is one header, whoever has something to say in it.
void HttpConnection::set_head(const HttpResponse& answer) {
  std::string varies = server_->options.gzip_answers ? "Accept-Encoding" : "";
  response_ = {};
  response_.version(11);
  response_.result(static_cast<unsigned>(answer.status));
  set_header(response_, "Content-Type", answer.content_type);
  for (const auto& [name, value] : answer.headers) set_header(response_, name, value);
  for (const auto& [name, value] : server_->guard->answer_headers(fields_of(parser_->get()))) {
    if (name == "Vary") varies += (varies.empty() ? "" : ", ") + value;
    if (name != "Vary") set_header(response_, name, value);
  }
  if (!varies.empty()) set_header(response_, "Vary", varies);
}

void HttpConnection::write(HttpResponse answer, bool keep_alive) {
  const bool head = parser_->get().method() == http::verb::head;
  keep_alive_ = keep_alive;
  set_head(answer);
  response_.body() =
      std::exchange(packed_, false) ? std::move(answer.body) : safe_text(answer.content_type, std::move(answer.body));
  response_.keep_alive(keep_alive);
  response_.prepare_payload();
  if (answer.status == 204 || answer.status == 304) response_.erase(http::field::content_type);
  if (head) response_.body().clear();  // content-length stays that of the body
  stream_->expires_after(server_->limits().deadline);
  outgoing_.emplace(response_);
  outgoing_->limit(kPieceWritten);
  http::async_write(*stream_, *outgoing_, then(&HttpConnection::on_written));
}

void HttpConnection::on_written(error_code error, std::size_t) {
  outgoing_.reset();
  if (error) return;
  server_->connections().finished(id_, steady_now());
  if (keep_alive_) return wait_for_request();
  error_code ignored;
  stream_->socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  hold(0);
  response_ = {};
  buffer_.clear();
  stream_->expires_after(kLinger);
  linger();
}

void HttpConnection::linger() {
  stream_->async_read_some(buffer_.prepare(kLingerPiece), then(&HttpConnection::on_lingering));
}

void HttpConnection::on_lingering(error_code error, std::size_t) {
  if (!error) linger();
}

void HttpConnection::open_stream(HttpResponse answer) {
  set_head(answer);
  response_.keep_alive(false);
  std::ostringstream head;
  head << response_.base();
  server_->open.erase(stream_.get());
  server_->connections().remove(id_);
  stream_->expires_never();
  std::make_shared<HttpStream>(server_, std::move(stream_))
      ->start(remote_, head.str(), std::move(answer.body), answer.opened);
}

void HttpConnection::upgrade() {
  if (!server_->handlers.on_message) {
    return refuse(426, "expected plain HTTP: no WebSocket is spoken here", TurnedAway::Malformed);
  }
  if (buffer_.size() > 0) {
    return refuse(400, "expected no more than the request for WebSocket before its answer", TurnedAway::Malformed);
  }
  server_->open.erase(stream_.get());
  server_->connections().remove(id_);
  stream_->expires_never();
  std::make_shared<WebSocketSession>(server_, std::move(stream_))->accept(remote_, parser_->release());
}

}  // namespace dz::net
