#include "ledger/rpc_value.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/base58.h"
#include "base/base64.h"

namespace dz::ledger {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxFilters = 4;
constexpr std::size_t kMaxFilterBytes = 128;
constexpr std::size_t kMaxTransactionText = 1700;  // base58 of 1232 bytes has 1683 characters
constexpr std::size_t kShown = 60;

std::string shown(std::string_view text) {
  return text.size() <= kShown ? std::string(text) : std::string(text.substr(0, kShown)) + "...";
}

// null counts as absent: clients send it for what they leave out.
const json::value* find_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains({name.data(), name.size()});
  return value == nullptr || value->is_null() ? nullptr : value;
}

RpcResult<std::string_view> as_string(const json::value& value, std::string_view what) {
  const auto* text = value.if_string();
  if (text == nullptr) return invalid_params(fmt::format("expected {} as a string", what));
  return std::string_view(text->data(), text->size());
}

RpcResult<std::uint64_t> as_number(const json::value& value, std::string_view what) {
  boost::system::error_code error;
  const auto number = value.to_number<std::uint64_t>(error);
  if (error) return invalid_params(fmt::format("expected {} as a whole number from 0 to 2^64 - 1", what));
  return number;
}

RpcResult<Bytes> decode_text(std::string_view text, bool base64) {
  auto bytes = base64 ? decode_base64(text) : decode_base58(text, kMaxTransactionText);
  if (!bytes) return invalid_params(bytes.error().message);
  return std::move(*bytes);
}

RpcResult<Commitment> read_commitment(const json::value& value) {
  DZ_TRY_ASSIGN(const std::string_view word, as_string(value, "commitment"));
  if (word == "processed" || word == "recent") return Commitment::Processed;
  if (word == "confirmed" || word == "single" || word == "singleGossip") return Commitment::Confirmed;
  if (word == "finalized" || word == "max" || word == "root") return Commitment::Finalized;
  return invalid_params("expected commitment processed, confirmed or finalized, found " + shown(word));
}

RpcResult<DataSlice> read_slice(const json::value& value) {
  const auto* object = value.if_object();
  const auto* offset = object != nullptr ? find_member(*object, "offset") : nullptr;
  const auto* length = object != nullptr ? find_member(*object, "length") : nullptr;
  if (offset == nullptr || length == nullptr) return invalid_params("expected dataSlice with offset and length");
  DataSlice slice;
  DZ_TRY_ASSIGN(slice.offset, as_number(*offset, "dataSlice.offset"));
  DZ_TRY_ASSIGN(slice.length, as_number(*length, "dataSlice.length"));
  return slice;
}

RpcResult<Bytes> read_byte_array(const json::array& array) {
  Bytes bytes;
  for (const auto& item : array) {
    boost::system::error_code error;
    bytes.push_back(item.to_number<std::uint8_t>(error));
    if (error) return invalid_params("expected memcmp.bytes as numbers from 0 to 255");
  }
  return bytes;
}

RpcResult<MemcmpFilter> read_memcmp(const json::value& value) {
  const auto* object = value.if_object();
  const auto* bytes = object != nullptr ? find_member(*object, "bytes") : nullptr;
  if (bytes == nullptr) return invalid_params("expected memcmp with offset and bytes");
  MemcmpFilter filter;
  DZ_TRY_ASSIGN(const auto offset, read_number(*object, "offset"));
  filter.offset = offset.value_or(0);
  if (const auto* array = bytes->if_array()) {
    DZ_TRY_ASSIGN(filter.bytes, read_byte_array(*array));
  } else {
    DZ_TRY_ASSIGN(const std::string_view text, as_string(*bytes, "memcmp.bytes"));
    const auto* encoding = find_member(*object, "encoding");
    const bool base64 = encoding != nullptr && *encoding == "base64";
    if (encoding != nullptr && !base64 && *encoding != "base58") {
      return invalid_params("expected memcmp.encoding base58 or base64 with bytes as a string");
    }
    DZ_TRY_ASSIGN(filter.bytes, decode_text(text, base64));
  }
  if (filter.bytes.size() > kMaxFilterBytes) {
    return invalid_params(
        fmt::format("expected at most {} bytes in memcmp, found {}", kMaxFilterBytes, filter.bytes.size()));
  }
  return filter;
}

}  // namespace

tl::unexpected<RpcError> rpc_error(int code, std::string message) {
  return tl::unexpected<RpcError>(RpcError{code, std::move(message)});
}
tl::unexpected<RpcError> invalid_params(const std::string& message) {
  return rpc_error(kInvalidParams, "Invalid params: " + message);
}
tl::unexpected<RpcError> unhealthy(const Error& error) {
  return rpc_error(kNodeUnhealthy, "Node is unhealthy: the ledger cannot be written: " + error.message);
}
tl::unexpected<RpcError> internal_error(const Error& error) {
  return rpc_error(kInternalError, "Internal error: " + error.message);
}

std::string_view to_text(Commitment commitment) {
  switch (commitment) {
    case Commitment::Processed: return "processed";
    case Commitment::Confirmed: return "confirmed";
    case Commitment::Finalized: break;
  }
  return "finalized";
}

bool AccountFilters::match(const wire::Account& account) const {
  if (data_size && account.data.size() != *data_size) return false;
  return std::all_of(memcmp.begin(), memcmp.end(), [&](const MemcmpFilter& filter) {
    const std::size_t size = account.data.size();
    if (filter.offset > size || filter.bytes.size() > size - filter.offset) return false;
    return std::equal(filter.bytes.begin(), filter.bytes.end(),
                      account.data.begin() + static_cast<std::ptrdiff_t>(filter.offset));
  });
}

const json::value& Params::at(std::size_t index) const {
  static const json::value kAbsent;
  return index < values_.size() ? values_[index] : kAbsent;
}

RpcResult<std::string_view> Params::text(std::size_t index, std::string_view what) const {
  return as_string(at(index), what);
}
RpcResult<std::uint64_t> Params::number(std::size_t index, std::string_view what) const {
  return as_number(at(index), what);
}
RpcResult<Pubkey> Params::pubkey(std::size_t index) const { return read_pubkey(at(index)); }
RpcResult<wire::Signature> Params::signature(std::size_t index) const { return read_signature(at(index)); }

RpcResult<const json::array*> Params::list(std::size_t index, std::size_t at_most) const {
  const auto* array = at(index).if_array();
  if (array == nullptr) return invalid_params("expected a list as the first parameter");
  if (array->size() > at_most) {
    return invalid_params(fmt::format("Too many inputs provided; max {}, found {}", at_most, array->size()));
  }
  return array;
}

RpcResult<const json::object*> Params::config(std::size_t index) const {
  static const json::object kEmpty;
  if (at(index).is_null()) return &kEmpty;
  const auto* object = at(index).if_object();
  if (object == nullptr) return invalid_params(fmt::format("expected an object as parameter {}", index + 1));
  return object;
}

RpcResult<Pubkey> read_pubkey(const json::value& value) {
  DZ_TRY_ASSIGN(const std::string_view text, as_string(value, "an address"));
  auto key = parse_pubkey(text);
  if (!key) return invalid_params("expected an address (base58 of 32 bytes), found " + shown(text));
  return *key;
}

RpcResult<wire::Signature> read_signature(const json::value& value) {
  DZ_TRY_ASSIGN(const std::string_view text, as_string(value, "a signature"));
  auto signature = wire::parse_signature(text);
  if (!signature) return invalid_params("expected a signature (base58 of 64 bytes), found " + shown(text));
  return *signature;
}

RpcResult<std::optional<std::uint64_t>> read_number(const json::object& config, std::string_view name) {
  const auto* value = find_member(config, name);
  if (value == nullptr) return std::nullopt;
  DZ_TRY_ASSIGN(const std::uint64_t number, as_number(*value, name));
  return number;
}

RpcResult<bool> read_bool(const json::object& config, std::string_view name) {
  const auto* value = find_member(config, name);
  if (value == nullptr) return false;
  if (!value->is_bool()) return invalid_params(fmt::format("expected {} as true or false", name));
  return value->get_bool();
}

RpcResult<std::optional<Encoding>> read_encoding(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  DZ_TRY_ASSIGN(const std::string_view word, as_string(value, "encoding"));
  static constexpr std::pair<std::string_view, Encoding> kWords[] = {
      {"base64", Encoding::Base64}, {"base64+zstd", Encoding::Base64Zstd}, {"base58", Encoding::Base58},
      {"binary", Encoding::Binary}, {"jsonParsed", Encoding::JsonParsed},  {"json", Encoding::Json}};
  const auto* const found =
      std::find_if(std::begin(kWords), std::end(kWords), [&](const auto& w) { return w.first == word; });
  if (found != std::end(kWords)) return found->second;
  return invalid_params("expected encoding base64, base64+zstd, base58, binary, json or jsonParsed, found " +
                        shown(word));
}

RpcResult<ReadConfig> read_config(const json::object& config) {
  ReadConfig out;
  if (const auto* commitment = find_member(config, "commitment")) {
    DZ_TRY_ASSIGN(out.commitment, read_commitment(*commitment));
  }
  DZ_TRY_ASSIGN(out.min_context_slot, read_number(config, "minContextSlot"));
  if (const auto* encoding = find_member(config, "encoding")) {
    DZ_TRY_ASSIGN(out.encoding, read_encoding(*encoding));
  }
  if (const auto* slice = find_member(config, "dataSlice")) {
    DZ_TRY_ASSIGN(out.slice, read_slice(*slice));
  }
  return out;
}

RpcResult<AccountFilters> read_filters(const json::object& config) {
  AccountFilters filters;
  const auto* value = find_member(config, "filters");
  if (value == nullptr) return filters;
  const auto* array = value->if_array();
  if (array == nullptr) return invalid_params("expected filters as a list");
  if (array->size() > kMaxFilters) {
    return invalid_params(fmt::format("Too many filters provided; max {}", kMaxFilters));
  }
  for (const auto& item : *array) {
    const auto* object = item.if_object();
    if (object == nullptr) return invalid_params("expected a filter as an object");
    if (const auto* memcmp = find_member(*object, "memcmp")) {
      DZ_TRY_ASSIGN(auto filter, read_memcmp(*memcmp));
      filters.memcmp.push_back(std::move(filter));
    } else if (find_member(*object, "dataSize") != nullptr) {
      DZ_TRY_ASSIGN(filters.data_size, read_number(*object, "dataSize"));
    } else {
      return invalid_params("expected a filter memcmp or dataSize");
    }
  }
  return filters;
}

RpcResult<wire::Transaction> read_transaction(std::string_view text, std::optional<Encoding> encoding) {
  if (text.size() > kMaxTransactionText) {
    return invalid_params(fmt::format("transaction too large: {} characters (a transaction has at most {} bytes)",
                                      text.size(), wire::kMaxTransactionBytes));
  }
  DZ_TRY_ASSIGN(const Bytes bytes, decode_text(text, encoding == Encoding::Base64));
  auto transaction = wire::parse_transaction(bytes);
  if (!transaction) return invalid_params("failed to deserialize the transaction: " + transaction.error().message);
  return std::move(*transaction);
}

}  // namespace dz::ledger
