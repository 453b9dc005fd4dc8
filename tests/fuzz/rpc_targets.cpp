// JSON-RPC from both sides: a session with the embedded ledger, and the answers of a node as clients read them.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/check.h"
#include "client/rpc_json.h"
#include "input.h"
#include "ledger/rpc.h"
#include "ledger/subscriptions.h"
#include "small_ledger.h"
#include "targets.h"

namespace dz::fuzz {
namespace {

namespace json = boost::json;

// The ledger's answers to messages of 64 KB stay under this, and so does its memory.
constexpr std::size_t kMostAnswer = 64U << 20;

void check_answer(std::string_view text) {
  DZ_CHECK(is_text(text) && text.size() < kMostAnswer);
  boost::system::error_code error;
  const auto answer = json::parse({text.data(), text.size()}, error);
  DZ_CHECK(!error);
  const auto is_answer = [](const json::value& one) {
    const auto* object = one.if_object();
    return object != nullptr && object->contains("jsonrpc") &&
           (object->contains("method") ||
            (object->contains("id") && object->contains("result") != object->contains("error")));
  };
  if (const auto* batch = answer.if_array()) {
    DZ_CHECK(!batch->empty() && std::all_of(batch->begin(), batch->end(), is_answer));
  } else {
    DZ_CHECK(is_answer(answer));
  }
}

unsigned __int128 money_of(const ledger::Bank& bank, const SmallLedger& small) {
  unsigned __int128 sum = 0;
  for (const auto& [key, account] : small.snapshot().accounts) {
    if (const auto* found = bank.find(key)) sum += found->lamports;
  }
  return sum;
}

// What any of the client's decoders makes of a result: a value or an error that can be told.
template <typename... Decoded>
void check_decoders(const json::value& result, Result<Decoded> (*... decode)(const json::value&)) {
  const auto check = [&](const auto& decoded) {
    if (!decoded) DZ_CHECK(can_be_told(decoded.error().message));
  };
  (check(decode(result)), ...);
}

}  // namespace

// Messages are separated by a line of "--".
int json_rpc_target(ByteView bytes) {
  const auto& small = SmallLedger::of(rfc_profile());
  const auto ledger = small.open();
  ledger::Subscriptions subscriptions(*ledger, [](std::uint64_t, const std::string& text) { check_answer(text); });
  const auto money = money_of(ledger->bank(), small);
  std::string_view rest = as_text(bytes);
  auto now = small.now();
  for (int part = 0; part < 6 && !rest.empty(); ++part) {
    const auto end = rest.find("\n--\n");
    const auto text = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 4);
    subscriptions.receive(1, text);
    const auto answer = ledger::handle_rpc(text, *ledger);
    if (!answer.empty()) check_answer(answer);
    ledger->advance(now += std::chrono::milliseconds{400});
    DZ_CHECK(ledger->commit().has_value());
  }
  DZ_CHECK(money_of(ledger->bank(), small) <= money);  // no more than there was: the rest are fees, or new accounts'
  subscriptions.drop(1);
  DZ_CHECK(subscriptions.count() == 0);
  return 0;
}

int rpc_answers_target(ByteView bytes) {
  const auto text = as_text(bytes);
  const auto message = client::rpc::parse_subscription_message(text, 1);
  if (!message) DZ_CHECK(can_be_told(message.error().message));
  const auto answer = client::rpc::parse_answer(text, 1);
  if (!answer) {
    DZ_CHECK(can_be_told(answer.error().message));
    return 0;
  }
  if (answer->error) {
    DZ_CHECK(is_text(client::rpc::to_error("getSlot", *answer->error).message));
    (void)client::rpc::to_send_failure(*answer->error);
  }
  const auto& result = answer->result;
  (void)client::rpc::find_context_slot(result);
  check_decoders(result, client::rpc::parse_account, client::rpc::parse_keyed_account,
                 client::rpc::parse_program_accounts, client::rpc::parse_accounts, client::rpc::parse_account_info,
                 client::rpc::parse_value_number, client::rpc::parse_number, client::rpc::parse_hash);
  check_decoders(result, client::rpc::parse_latest_blockhash, client::rpc::parse_block_time,
                 client::rpc::parse_epoch_info, client::rpc::parse_signature_statuses, client::rpc::parse_trail,
                 client::rpc::parse_confirmed_transaction, client::rpc::parse_simulation,
                 client::rpc::parse_signature_answer);
  return 0;
}

}  // namespace dz::fuzz
