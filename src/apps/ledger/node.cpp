#include "apps/ledger/node.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/guard.h"
#include "ledger/rpc.h"
#include "service/connection_limits.h"
#include "service/daemon_figures.h"
#include "service/metrics.h"
#include "service/routes.h"

namespace dz::ledger_main {

namespace {

ledger::SubscriptionLimits subscriptions_of(const NodeLimits& limits) {
  auto of_all = limits.subscriptions;
  of_all.sessions = limits.connections.connections;
  return of_all;
}

constexpr std::size_t kMaxRequest = 512U << 10;  // a hundred transactions in one batch
constexpr double kSlowCommit = 1.0;              // seconds
constexpr std::size_t kLongAnswer = 512U << 10;  // bytes
constexpr std::size_t kMostLongAnswers = 4;      // that are made at once; the others wait in line

// Sessions of both servers in one numbering.
ledger::Subscriptions::Session joint_session(std::size_t server, net::SessionId session) {
  return session * 2 + server;
}

}  // namespace

LedgerNode::LedgerNode(net::Loop& loop, ledger::Ledger& ledger, service::LogSink log, const NodeLimits& limits)
    : loop_(loop),
      ledger_(ledger),
      log_(std::move(log)),
      connections_(std::make_shared<net::Connections>(limits.connections)),
      subscriptions_(
          ledger,
          [this](ledger::Subscriptions::Session session, std::string text) {
            servers_[session % 2]->send(session / 2, std::move(text));
          },
          subscriptions_of(limits)) {
  ledger_.observe(this);
}

Result<void> LedgerNode::listen(const NodeOptions& options) {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    net::ServerOptions server;
    server.address = options.bind;
    server.port = i == 0 ? options.rpc_port : options.ws_port;
    server.browsers = options.browsers;
    server.max_body = kMaxRequest;
    server.max_message = kMaxRequest;
    server.connections = connections_;
    net::ServerHandlers handlers;
    handlers.on_exchange = [this](const net::HttpRequest& request, net::Answer done) {
      answer(request, std::move(done));
    };
    handlers.on_message = [this, i](net::SessionId session, std::string_view text) { receive(i, session, text); };
    handlers.on_close = [this, i](net::SessionId session) { subscriptions_.drop(joint_session(i, session)); };
    handlers.on_failure = service::failure_log(log_, "request_failed");
    DZ_TRY_ASSIGN(servers_[i], net::HttpServer::listen(loop_, std::move(server), std::move(handlers)));
  }
  loop_.every(ledger_.bank().clock().slot_length(), [this] {
    ledger_.advance(net::system_now());
    commit_soon();
  });
  return {};
}

void LedgerNode::answer(const net::HttpRequest& request, net::Answer done) {
  using Request = const net::HttpRequest&;
  struct Context {
    LedgerNode& node;
    bool is_rpc = false;  // and has no answer yet
  };
  using Route = service::Route<Context>;
  static constexpr std::array kRoutes{
      Route{{"POST", "*", "POST / (JSON-RPC)"},
            [](Context& c, Request, std::string_view) {
              c.is_rpc = true;
              return net::HttpResponse{};
            }},
      Route{{"GET", "/health", ""}, [](Context& c, Request, std::string_view) { return c.node.health(); }},
      Route{{"GET", "/healthz", "GET /healthz"},
            [](Context& c, Request, std::string_view) { return c.node.healthz(); }},
      Route{{"GET", "/metrics", "GET /metrics"},
            [](Context& c, Request, std::string_view) { return c.node.metrics(); }},
  };
  Context context{*this};
  auto response = service::answer_by<Context>(kRoutes, context, request);
  if (context.is_rpc) return answer_rpc(request.body, std::move(done));
  done(std::move(response));
}

net::HttpResponse LedgerNode::health() const { return {200, "text/plain", ledger_.failure() ? "behind" : "ok", {}}; }

net::HttpResponse LedgerNode::healthz() const {
  const bool healthy = !ledger_.failure();
  boost::json::object body{{"healthy", healthy}, {"slot", ledger_.bank().slot().value}};
  if (!healthy) body["reason"] = "the ledger's file cannot be written: " + ledger_.failure()->message;
  return {healthy ? 200 : 503, "application/json", boost::json::serialize(body), {}};
}

net::HttpResponse LedgerNode::metrics() const { return {200, service::kMetricsContentType, render_metrics(), {}}; }

void LedgerNode::answer_rpc(const std::string& text, net::Answer done) {
  ++requests_;
  ledger_.advance(net::system_now());
  make(std::make_shared<Asked>(
      text,
      [this](std::string_view method, const boost::json::array& params) {
        return results_.call(ledger_, method, params);
      },
      std::move(done)));
}

void LedgerNode::make(std::shared_ptr<Asked> asked) {
  loop_.in_slices([this, asked = std::move(asked)] {
    const IfThrown next([&] { make_way(*asked); });
    return make_piece(asked);
  });
}

bool LedgerNode::make_piece(const std::shared_ptr<Asked>& asked) {
  const bool whole = asked->answer.go_on();
  commit_soon();
  if (whole) {
    give(*asked);
    return true;
  }
  if (asked->counted_in || asked->answer.size() < kLongAnswer) return false;
  if (*long_ones_ == kMostLongAnswers) {
    in_line_.push_back(asked);
    return true;
  }
  asked->counted_in = long_ones_;
  ++*long_ones_;
  return false;
}

void LedgerNode::give(Asked& asked) {
  net::HttpResponse response;
  response.body = asked.answer.take();
  asked.done(std::move(response));
  make_way(asked);
}

// For the next of the long ones that wait in line.
void LedgerNode::make_way(Asked& asked) {
  asked.uncount();
  if (in_line_.empty() || *long_ones_ == kMostLongAnswers) return;
  auto next = std::move(in_line_.front());
  in_line_.pop_front();
  make(std::move(next));
}

void LedgerNode::receive(std::size_t server, net::SessionId session, std::string_view text) {
  ++messages_;
  ledger_.advance(net::system_now());
  const auto message = subscriptions_.begin(joint_session(server, session), text);
  servers_[server]->pause(session);
  loop_.in_slices([this, server, session, message] {
    const IfThrown end([&] { servers_[server]->close(session); });
    const bool whole = subscriptions_.go_on(*message);
    commit_soon();
    if (whole) servers_[server]->resume(session);
    return whole;
  });
}

// The commit runs after what else is ready in this turn of the loop: answers go out first, and requests that came
// together become durable together.
void LedgerNode::commit_soon() {
  tell_soon();
  if (commit_posted_ || !ledger_.has_pending()) return;
  commit_posted_ = true;
  loop_.post([this] { commit(); });
}

// Listeners beyond the first are told in turns with what else is ready.
void LedgerNode::tell_soon() {
  if (telling_posted_ || !subscriptions_.is_somebody_waiting()) return;
  telling_posted_ = true;
  loop_.post([this] {
    telling_posted_ = false;
    subscriptions_.tell_more();
    tell_soon();
  });
}

void LedgerNode::commit() {
  commit_posted_ = false;
  const auto start = std::chrono::steady_clock::now();
  const auto committed = ledger_.commit();
  const auto took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
  const double seconds = std::chrono::duration<double>(took).count();
  ++commits_;
  commit_times_.add(took);
  note_commit(committed);
  tell_soon();
  if (seconds > kSlowCommit)
    log_(service::LogLevel::Warn, "slow_commit", {{"seconds", fmt::format("{:.1f}", seconds)}});
}

// A full disk is tried again with every slot; where trying again would not help, the process ends and says why.
void LedgerNode::note_commit(const Result<void>& committed) {
  failed_commits_ += committed ? 0 : 1;
  if (!committed && committed.error().kind != ErrorKind::Retry) return loop_.stop();
  if (failing_ == !committed) return;
  failing_ = !committed;
  if (failing_) {
    log_(service::LogLevel::Error, "write_failed", {{"error", committed.error().message}});
  } else {
    log_(service::LogLevel::Info, "writes_again", {{"slot", std::to_string(ledger_.bank().slot().value)}});
  }
}

void LedgerNode::on_processed(const ledger::TransactionRecord& record,
                              const std::vector<std::pair<Pubkey, const wire::Account*>>&) {
  ++(record.error ? failed_ : succeeded_);
  service::LogFields fields{{"signature", to_text(record.signature)}, {"slot", std::to_string(record.slot.value)}};
  if (record.error) fields.emplace_back("error", to_text(*record.error));
  log_(service::LogLevel::Debug, "transaction", fields);
}

std::string LedgerNode::render_metrics() const {
  service::MetricsPage page("doublezero_ledger_");
  const auto count = [](auto number) { return static_cast<double>(number); };
  page.gauge("slot", "The current slot", count(ledger_.bank().slot().value));
  page.gauge("accounts", "Accounts with lamports", count(ledger_.bank().account_count()));
  page.counter("transactions_total", "Transactions that landed since the start", count(succeeded_), {{"result", "ok"}});
  page.counter("transactions_total", "Transactions that landed since the start", count(failed_),
               {{"result", "failed"}});
  page.counter("ledger_transactions_total", "Transactions of the ledger's whole life",
               count(ledger_.bank().transaction_count()));
  page.counter("requests_total", "JSON-RPC requests", count(requests_), {{"transport", "http"}});
  page.counter("requests_total", "JSON-RPC requests", count(messages_), {{"transport", "websocket"}});
  page.counter("commits_total", "Batches made durable", count(commits_));
  page.counter("commits_failed_total", "Batches that could not be made durable when it was tried",
               count(failed_commits_));
  page.gauge("writable", "0 while the ledger's file cannot be written and nothing is confirmed",
             ledger_.failure() ? 0 : 1);
  page.histogram("commit_seconds", "How long it took to make a batch durable", commit_times_);
  page.gauge("subscriptions", "WebSocket subscriptions", count(subscriptions_.count()));
  page.gauge("subscriptions_limit", "WebSocket subscriptions of all connections", count(subscriptions_.limits().all));
  page.gauge("session_subscriptions_limit", "WebSocket subscriptions of one connection",
             count(subscriptions_.limits().of_session));
  page.gauge("session_subscriptions_kept", "WebSocket subscriptions kept free for each connection",
             count(subscriptions_.limits().kept_for_each()));
  page.gauge("subscriptions_beyond_kept", "WebSocket subscriptions beyond those that are kept for each connection",
             count(subscriptions_.beyond()));
  page.gauge("subscriptions_beyond_kept_limit", "How many of those all connections may have",
             count(subscriptions_.limits().most_beyond()));
  page.counter("subscriptions_refused_total", "Over one of these limits", count(subscriptions_.refused()));
  return page.render() + service::render_daemon_figures({"doublezero_ledger_", *connections_});
}

}  // namespace dz::ledger_main
