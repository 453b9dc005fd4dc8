#include "monitor/verification_answer.h"

#include <boost/json.hpp>

#include "attest/verify.h"
#include "monitor/decision_bundle.h"
#include "monitor/statement_api.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

json::array steps_json(const std::vector<attest::VerifyStep>& steps) {
  json::array list;
  for (const auto& step : steps)
    list.push_back(json::object{{"part", step.part}, {"holds", step.holds}, {"says", step.says}});
  return list;
}

class Verification final : public MonitorAnswer {
 public:
  Verification(Monitor& monitor, std::string statement, bool with_bundle)
      : monitor_(monitor), statement_(std::move(statement)), with_bundle_(with_bundle) {}

  // Looks up one statement, reads one bundle, and verifies that: some milliseconds, whoever asks.
  std::optional<net::HttpResponse> go_on(Timestamp now) override {
    waits_ = false;
    const auto stored = find_statement(monitor_, statement_);
    if (!stored) return complain(stored.error());
    auto bundle = bundle_of(monitor_, *stored);
    if (!bundle) return complain(bundle.error());
    const auto signature = wire::parse_signature(stored->signature);
    if (!signature) return complain(signature.error());
    monitor_.ask_transaction(*signature, now);
    auto known = monitor_.transactions().find(*signature);
    json::object body{{"index", stored->index}, {"transaction", stored->signature}};
    waits_ = !known.transaction && known.trouble.empty();
    body["reading"] = waits_;
    if (known.transaction) {
      bundle->transaction = std::move(known.transaction->bytes);
      add_steps(*known.transaction, *bundle, body);
    } else {
      add_absence(known.trouble, body);
    }
    if (with_bundle_) body["bundle"] = json::parse(encode(*bundle));
    return net::HttpResponse{200, "application/json", json::serialize(body), {}};
  }
  bool waits() const override { return waits_; }

 private:
  static net::HttpResponse complain(const Error& error) {
    return net::error_response(error.kind == ErrorKind::NotFound ? 404 : 503, error.message);
  }

  void add_steps(const client::ConfirmedTransaction& found, const attest::Bundle& bundle, json::object& body) const {
    std::vector<attest::VerifyStep> steps{attest::landed_step({found.slot, found.failed, found.block_time})};
    if (steps.back().holds) {
      attest::Expected expected;
      if (const auto& genesis = monitor_.ledger().mirror().view().genesis()) expected.genesis = genesis->bytes;
      if (const auto& records = monitor_.ledger().snapshot()) expected.program = records->ids.serviceability;
      auto rest = attest::verify(bundle, expected);
      steps.insert(steps.end(), rest.steps.begin(), rest.steps.end());
    }
    body["verified"] = steps.back().holds;
    body["steps"] = steps_json(steps);
  }

  // Not shown is not verified.
  static void add_absence(const std::string& trouble, json::object& body) {
    body["verified"] = false;
    body["steps"] = trouble.empty() ? json::array() : steps_json({{"ledger", false, trouble}});
  }

  Monitor& monitor_;
  std::string statement_;
  bool with_bundle_, waits_ = false;
};

}  // namespace

std::unique_ptr<MonitorAnswer> verify_statement(Monitor& monitor, const net::HttpRequest& request,
                                                const std::string& statement) {
  return std::make_unique<Verification>(monitor, statement, request.query_value("bundle") == "1");
}

}  // namespace dz::monitor
