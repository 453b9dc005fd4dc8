// The ledger on its sockets: HTTP and WebSocket on the RPC port, WebSocket (and HTTP) on the next one too, because some
// clients derive that address. Everything runs on one loop; answers that take long are made in slices of it
// (net/slices.h), and of those that are long a few at once, so that they take a bounded place.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "base/histogram.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/long_result.h"
#include "ledger/rpc.h"
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
  // An answer that is being made.
  struct Asked {
    Asked(const std::string& text, ledger::MethodHandler call, net::Answer taker)
        : answer(text, std::move(call)), done(std::move(taker)) {}
    ~Asked() { uncount(); }
    Asked(const Asked&) = delete;
    Asked& operator=(const Asked&) = delete;
    void uncount() {
      if (counted_in) --*std::exchange(counted_in, nullptr);
    }

    ledger::RpcAnswer answer;
    net::Answer done;
    std::shared_ptr<std::size_t> counted_in = {};  // as a long one
  };

  void answer(const net::HttpRequest& request, net::Answer done);
  void answer_rpc(const std::string& text, net::Answer done);
  void make(std::shared_ptr<Asked> asked);
  bool make_piece(const std::shared_ptr<Asked>& asked);
  void give(Asked& asked);
  void make_way(Asked& asked);
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
  ledger::ResultCache results_;
  std::shared_ptr<std::size_t> long_ones_ = std::make_shared<std::size_t>(0);  // at most kMostLongAnswers
  std::deque<std::shared_ptr<Asked>> in_line_;                                 // long ones that wait
  bool commit_posted_ = false, telling_posted_ = false;
  std::uint64_t requests_ = 0, messages_ = 0, succeeded_ = 0, failed_ = 0, commits_ = 0, failed_commits_ = 0;
  bool failing_ = false;  // as it was said last
  Histogram commit_times_;
};

}  // namespace dz::ledger_main
