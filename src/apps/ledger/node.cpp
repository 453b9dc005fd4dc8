#include "node.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "ledger/rpc.h"
#include "service/metrics.h"
#include "service/routes.h"

namespace dz::ledger_main {

namespace {

constexpr std::size_t kMaxRequest = 512U << 10;  // a hundred transactions in one batch
constexpr double kSlowCommit = 1.0;              // seconds
constexpr std::size_t kLongAnswer = 512U << 10;  // bytes
constexpr std::size_t kMostLongAnswers = 4;      // that are made at once; the others wait in line

// Sessions of both servers in one numbering.
ledger::Subscriptions::Session joint_session(std::size_t server, net::SessionId session) {
  return session * 2 + server;
}

}  // namespace

LedgerNode::LedgerNode(net::Loop& loop, ledger::Ledger& ledger, service::LogSink log)
    : loop_(loop),
      ledger_(ledger),
      log_(std::move(log)),
      subscriptions_(ledger, [this](ledger::Subscriptions::Session session, std::string text) {
        servers_[session % 2]->send(session / 2, std::move(text));
      }) {
  ledger_.observe(this);
}

Result<void> LedgerNode::listen(const NodeOptions& options) {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    net::ServerOptions server;
    server.address = options.bind;
    server.port = i == 0 ? options.rpc_port : options.ws_port;
    server.max_body = kMaxRequest;
    server.max_message = kMaxRequest;
    net::ServerHandlers handlers;
    handlers.on_exchange = [this](const net::HttpRequest& request, net::Answer done) {
      answer(request, std::move(done));
    };
    handlers.on_message = [this, i](net::SessionId session, std::string_view text) { receive(i, session, text); };
    handlers.on_close = [this, i](net::SessionId session) { subscriptions_.drop(joint_session(i, session)); };
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
  return {healthy ? 200 : 503,
          "application/json",
          fmt::format(R"({{"healthy":{},"slot":{}}})", healthy, ledger_.bank().slot().value),
          {}};
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
  loop_.in_slices([this, asked = std::move(asked)] { return make_piece(asked); });
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
    const bool whole = subscriptions_.go_on(*message);
    commit_soon();
    if (whole) servers_[server]->resume(session);
    return whole;
  });
}

// The commit runs after what else is ready in this turn of the loop: answers go out first, and requests that came
// together become durable together.
void LedgerNode::commit_soon() {
  if (ledger_.failure()) return loop_.stop();
  if (commit_posted_ || !ledger_.has_pending()) return;
  commit_posted_ = true;
  loop_.post([this] { commit(); });
}

void LedgerNode::commit() {
  commit_posted_ = false;
  const auto start = std::chrono::steady_clock::now();
  const auto committed = ledger_.commit();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ++commits_;
  commit_seconds_ += seconds;
  if (!committed) return loop_.stop();
  if (seconds > kSlowCommit)
    log_(service::LogLevel::Warn, "slow_commit", {{"seconds", fmt::format("{:.1f}", seconds)}});
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
  page.counter("commit_seconds_total", "Time spent making batches durable", commit_seconds_);
  page.gauge("subscriptions", "WebSocket subscriptions", count(subscriptions_.count()));
  page.gauge("connections", "Open connections", count(servers_[0]->connections() + servers_[1]->connections()));
  return page.render();
}

}  // namespace dz::ledger_main
