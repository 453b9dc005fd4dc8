// Results of methods that are too long to be made at once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>

#include <boost/json/array.hpp>

#include "ledger/ledger.h"
#include "ledger/rpc_value.h"

namespace dz::ledger {

// A result as JSON text, piece by piece. It shows the state of the moment in which it was begun.
class LongResult {
 public:
  virtual ~LongResult() = default;
  // Appends some more, of a millisecond or so. True: that was all. After an error it is not called again, and what it
  // appended is no result.
  virtual RpcResult<bool> go_on(std::string& text) = 0;
};

using Outcome = RpcResult<std::variant<boost::json::value, std::unique_ptr<LongResult>>>;

// The long results of the present state, so that many who ask the same cost little more than one. A transaction or the
// next slot ends them all.
class ResultCache {
 public:
  static constexpr std::size_t kMostBytes = 16U << 20;

  // As call_method() of rpc.h.
  Outcome call(Ledger& ledger, std::string_view method, const boost::json::array& params);

 private:
  class Kept;
  class Keeping;
  using State = std::tuple<std::uint64_t, std::uint64_t, bool>;  // slot, transactions, whether some wait for the disk
  struct Contents {
    State state;
    std::map<std::string, std::shared_ptr<const std::string>> results;  // by method and parameters
    std::size_t bytes = 0;
  };

  std::shared_ptr<Contents> contents_ = std::make_shared<Contents>();
};

}  // namespace dz::ledger
