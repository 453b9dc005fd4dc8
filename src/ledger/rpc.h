// Solana's JSON-RPC over a ledger, from request text to answer text: docs/formats/json-rpc.md.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "ledger/ledger.h"
#include "ledger/long_result.h"
#include "ledger/rpc_value.h"

namespace dz::ledger {

inline constexpr std::size_t kMaxBatchRequests = 100;
// Of the answer to one text. The request of a batch with which it would be more is refused, and those after it are not
// carried out.
inline constexpr std::size_t kMostAnswerBytes = 32U << 20;

// Takes one method call; Outcome's error is MethodNotFound for a name it does not know.
using MethodHandler = std::function<Outcome(std::string_view method, const boost::json::array& params)>;

// The frame around the calls: parsing, ids, batches, errors. Any text has an answer, which is made in pieces of some
// milliseconds, so that others may be served between.
class RpcAnswer {
 public:
  RpcAnswer(std::string_view text, MethodHandler call);
  RpcAnswer(const RpcAnswer&) = delete;
  RpcAnswer& operator=(const RpcAnswer&) = delete;

  // The next piece. True: it is whole.
  bool go_on();
  std::size_t size() const { return text_.size(); }  // so far
  // The whole one; empty when the text asks for none (a message without id).
  std::string take() { return std::move(text_); }

 private:
  void answer_next();
  void call(const boost::json::object& request);
  void begin_answer();
  void put(const boost::json::object& answer);
  void end_long();

  MethodHandler call_;
  boost::json::value request_;
  std::vector<const boost::json::value*> members_;  // of a batch, or the request alone
  bool batch_ = false;
  std::size_t next_ = 0;              // of the members
  std::unique_ptr<LongResult> long_;  // under way, of the member before
  const boost::json::value* id_ = nullptr;
  bool full_ = false;         // nothing more is answered
  std::size_t begun_at_ = 0;  // where its answer begins
  std::string text_;
};

// The methods. Reads at confirmed or finalized make durable first what is only processed.
Outcome call_method(Ledger& ledger, std::string_view method, const boost::json::array& params);

// Both together, all pieces at once.
std::string handle_rpc(std::string_view text, Ledger& ledger);

}  // namespace dz::ledger
