// JSON-RPC parameters as values: every reader says which parameter is wrong and what was expected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <tl/expected.hpp>

#include "ledger/ledger.h"

namespace dz::ledger {

struct RpcError {
  int code = 0;
  std::string message;
  std::optional<boost::json::value> data = std::nullopt;
};
template <typename T>
using RpcResult = tl::expected<T, RpcError>;
using Answer = RpcResult<boost::json::value>;

inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternalError = -32603;
inline constexpr int kBlockCleanedUp = -32001;
inline constexpr int kPreflightFailure = -32002;
inline constexpr int kSignatureFailure = -32003;
inline constexpr int kBlockNotAvailable = -32004;
inline constexpr int kNodeUnhealthy = -32005;
inline constexpr int kScanAborted = -32012;
inline constexpr int kUnsupportedVersion = -32015;
inline constexpr int kMinContextSlot = -32016;

tl::unexpected<RpcError> rpc_error(int code, std::string message);
tl::unexpected<RpcError> invalid_params(const std::string& message);
tl::unexpected<RpcError> internal_error(const Error& error);
// The ledger cannot write and takes nothing; clients know the code and try again.
tl::unexpected<RpcError> unhealthy(const Error& error);

enum class Commitment : std::uint8_t { Processed, Confirmed, Finalized };
std::string_view to_text(Commitment commitment);

// Binary: an account's data as a bare base58 text, which is what nodes answer when no encoding is named.
enum class Encoding : std::uint8_t { Binary, Base58, Base64, Base64Zstd, Json, JsonParsed };

struct DataSlice {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

struct MemcmpFilter {
  std::uint64_t offset = 0;
  Bytes bytes;
};
struct AccountFilters {
  std::vector<MemcmpFilter> memcmp;
  std::optional<std::uint64_t> data_size;
  bool match(const wire::Account& account) const;
};

// The object that ends the parameters of most methods. Unknown members are ignored, as nodes do.
struct ReadConfig {
  Commitment commitment = Commitment::Finalized;
  std::optional<std::uint64_t> min_context_slot;
  std::optional<Encoding> encoding;
  std::optional<DataSlice> slice;
};

class Params {
 public:
  explicit Params(const boost::json::array& values) : values_(values) {}

  const boost::json::value& at(std::size_t index) const;  // null when there are fewer
  RpcResult<std::string_view> text(std::size_t index, std::string_view what) const;
  RpcResult<std::uint64_t> number(std::size_t index, std::string_view what) const;
  RpcResult<Pubkey> pubkey(std::size_t index) const;
  RpcResult<wire::Signature> signature(std::size_t index) const;
  RpcResult<const boost::json::array*> list(std::size_t index, std::size_t at_most) const;
  RpcResult<const boost::json::object*> config(std::size_t index) const;  // an empty one when absent or null

 private:
  const boost::json::array& values_;
};

RpcResult<Pubkey> read_pubkey(const boost::json::value& value);
RpcResult<wire::Signature> read_signature(const boost::json::value& value);
RpcResult<ReadConfig> read_config(const boost::json::object& config);
RpcResult<AccountFilters> read_filters(const boost::json::object& config);
RpcResult<std::optional<std::uint64_t>> read_number(const boost::json::object& config, std::string_view name);
RpcResult<bool> read_bool(const boost::json::object& config, std::string_view name);  // false when absent
// Base64 or base58 (Solana's default, and ours for what is sent) of one transaction.
RpcResult<wire::Transaction> read_transaction(std::string_view text, std::optional<Encoding> encoding);
RpcResult<std::optional<Encoding>> read_encoding(const boost::json::value& value);

}  // namespace dz::ledger
