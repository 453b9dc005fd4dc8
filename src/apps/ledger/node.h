// The ledger on its sockets: HTTP and WebSocket on the RPC port, WebSocket (and HTTP) on the next one too, because some
// clients derive that address. Everything runs on one loop.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/subscriptions.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "service/log.h"

namespace dz::ledger_main {

struct NodeOptions {
  std::string bind = "127.0.0.1";
  std::uint16_t rpc_port = 8899;
  std::uint16_t ws_port = 8900;  // 0: chosen by the system, like rpc_port
  net::BrowserRules browsers = {};
};

// What its clients may cost it.
struct NodeLimits {
  net::ConnectionLimits connections = {};
  ledger::SubscriptionLimits subscriptions = {};
};

class LedgerNode final : public ledger::LedgerObserver {
 public:
  // loop and ledger outlive the node. A ledger that cannot write says so, takes nothing and tries
  // again until it can; it stops the loop where trying again would not help. See ledger.failure().
  LedgerNode(net::Loop& loop, ledger::Ledger& ledger, service::LogSink log, const NodeLimits& limits = {});
  Result<void> listen(const NodeOptions& options);
  std::uint16_t rpc_port() const { return servers_[0]->port(); }
  std::uint16_t ws_port() const { return servers_[1]->port(); }
  net::Connections& connections() { return *connections_; }  // of both ports

  void on_slot(Slot) override {}
  void on_processed(const ledger::TransactionRecord& record,
                    const std::vector<std::pair<Pubkey, const wire::Account*>>&) override;
  void on_durable(const ledger::Batch&) override {}

 private:
  net::HttpResponse answer(const net::HttpRequest& request);
  net::HttpResponse answer_rpc(const std::string& text);
  net::HttpResponse health() const;
  net::HttpResponse healthz() const;
  net::HttpResponse metrics() const;
  std::string render_metrics() const;
  void receive(std::size_t server, net::SessionId session, std::string_view text);
  void commit_soon();
  void commit();
  void note_commit(const Result<void>& committed);
  void tell_soon();

  net::Loop& loop_;
  ledger::Ledger& ledger_;
  service::LogSink log_;
  std::shared_ptr<net::Connections> connections_;
  ledger::Subscriptions subscriptions_;
  std::array<std::unique_ptr<net::HttpServer>, 2> servers_;
  bool commit_posted_ = false, telling_posted_ = false;
  std::uint64_t requests_ = 0, messages_ = 0, succeeded_ = 0, failed_ = 0, commits_ = 0, failed_commits_ = 0;
  bool failing_ = false;  // as it was said last
  double commit_seconds_ = 0;
};

}  // namespace dz::ledger_main
