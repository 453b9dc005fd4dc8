#include "ledger/subscriptions.h"

#include <algorithm>
#include <utility>

#include <boost/json/serialize.hpp>

#include "ledger/rpc.h"
#include "ledger/rpc_render.h"

namespace dz::ledger {

namespace json = boost::json;

namespace {

constexpr std::string_view kSubscribe = "Subscribe";
constexpr std::string_view kUnsubscribe = "Unsubscribe";

RpcResult<std::optional<Pubkey>> read_mentions(const json::value& filter) {
  if (const auto* word = filter.if_string(); word != nullptr && (*word == "all" || *word == "allWithVotes")) {
    return std::nullopt;
  }
  const auto* object = filter.if_object();
  const auto* mentions = object != nullptr ? object->if_contains("mentions") : nullptr;
  if (mentions == nullptr || !mentions->is_array() || mentions->get_array().size() != 1) {
    return invalid_params(R"(expected "all" or {"mentions":[one address]})");
  }
  DZ_TRY_ASSIGN(const Pubkey key, read_pubkey(mentions->get_array().front()));
  return key;
}

}  // namespace

// A message whose answer is being made.
struct Subscriptions::Message {
  Message(Subscriptions& subscriptions, Session from, std::string_view text)
      : session(from), answer(text, [&subscriptions, from](std::string_view method, const json::array& params) {
          return subscriptions.call(from, method, params);
        }) {}
  Session session;
  RpcAnswer answer;
  std::vector<std::uint64_t> subscribed = {};
  bool gone = false;  // its session is
};

Subscriptions::Subscriptions(Ledger& ledger, Send send) : ledger_(ledger), send_(std::move(send)) {
  ledger_.observe(this);
}

void Subscriptions::receive(Session session, std::string_view text) {
  const auto message = begin(session, text);
  while (!go_on(*message)) {
  }
}

std::shared_ptr<Subscriptions::Message> Subscriptions::begin(Session session, std::string_view text) {
  auto message = std::make_shared<Message>(*this, session, text);
  under_way_[session] = message;
  return message;
}

bool Subscriptions::go_on(Message& message) {
  if (message.gone) return true;
  new_.clear();
  const bool whole = message.answer.go_on();
  message.subscribed.insert(message.subscribed.end(), new_.begin(), new_.end());
  if (!whole) return false;
  if (auto answer = message.answer.take(); !answer.empty()) send_(message.session, std::move(answer));
  for (const std::uint64_t id : message.subscribed) tell_if_landed(id);
  return true;
}

void Subscriptions::drop(Session session) {
  if (const auto found = under_way_.find(session); found != under_way_.end()) {
    if (const auto message = found->second.lock()) message->gone = true;
    under_way_.erase(found);
  }
  std::erase_if(subscriptions_, [&](const auto& entry) { return entry.second.session == session; });
}

Outcome Subscriptions::call(Session session, std::string_view method, const json::array& params) {
  if (method.ends_with(kUnsubscribe)) return unsubscribe(session, Params(params));
  if (!method.ends_with(kSubscribe)) return results_.call(ledger_, method, params);
  return subscribe(session, method.substr(0, method.size() - kSubscribe.size()), Params(params));
}

RpcResult<Subscriptions::Subject> Subscriptions::read_subject(std::string_view what, const Params& params) const {
  if (what == "slot") return OfSlots{};
  if (what == "account") {
    DZ_TRY_ASSIGN(const Pubkey key, params.pubkey(0));
    return OfAccount{key};
  }
  if (what == "program") {
    DZ_TRY_ASSIGN(const Pubkey program, params.pubkey(0));
    DZ_TRY_ASSIGN(const json::object* object, params.config(1));
    DZ_TRY_ASSIGN(AccountFilters filters, read_filters(*object));
    return OfProgram{program, std::move(filters)};
  }
  if (what == "signature") {
    DZ_TRY_ASSIGN(const wire::Signature signature, params.signature(0));
    return OfSignature{signature};
  }
  if (what == "logs") {
    DZ_TRY_ASSIGN(const auto mentions, read_mentions(params.at(0)));
    return OfLogs{mentions};
  }
  return rpc_error(kMethodNotFound, "Method not found");
}

Answer Subscriptions::subscribe(Session session, std::string_view what, const Params& params) {
  Subscription subscription{session, OfSlots{}, {}};
  DZ_TRY_ASSIGN(subscription.subject, read_subject(what, params));
  DZ_TRY_ASSIGN(const json::object* object, params.config(1));
  DZ_TRY_ASSIGN(subscription.config, read_config(*object));
  const auto held = std::count_if(subscriptions_.begin(), subscriptions_.end(),
                                  [&](const auto& entry) { return entry.second.session == session; });
  if (static_cast<std::size_t>(held) >= kMaxSubscriptions) {
    return rpc_error(kInvalidRequest, "Too many subscriptions of one connection; unsubscribe from some first");
  }
  subscriptions_.emplace(++last_id_, std::move(subscription));
  new_.push_back(last_id_);
  return last_id_;
}

Answer Subscriptions::unsubscribe(Session session, const Params& params) {
  DZ_TRY_ASSIGN(const std::uint64_t id, params.number(0, "a subscription id"));
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end() || found->second.session != session) {
    return invalid_params("Invalid subscription id.");
  }
  subscriptions_.erase(found);
  return true;
}

// A signature that landed before anybody asked is told at once.
void Subscriptions::tell_if_landed(std::uint64_t id) {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end()) return;
  const auto* of = std::get_if<OfSignature>(&found->second.subject);
  if (of == nullptr) return;
  const auto status = ledger_.status(of->signature);
  if (!status || !*status) return;
  if (!(*status)->durable && found->second.config.commitment != Commitment::Processed) return;
  json::object value{{"err", render_error((*status)->error)}};
  notify(id, found->second, "signatureNotification", with_context_slot(ledger_.bank().slot(), std::move(value)));
  subscriptions_.erase(found);
}

void Subscriptions::on_slot(Slot slot) {
  const std::uint64_t parent = slot.value - std::min<std::uint64_t>(slot.value, 1);
  for (const auto& [id, subscription] : subscriptions_) {
    if (!std::holds_alternative<OfSlots>(subscription.subject)) continue;
    notify(id, subscription, "slotNotification",
           json::object{{"slot", slot.value}, {"parent", parent}, {"root", parent}});
  }
}

void Subscriptions::on_processed(const TransactionRecord& record,
                                 const std::vector<std::pair<Pubkey, const wire::Account*>>& accounts) {
  for (const auto& [key, account] : accounts) tell_account(record.slot, key, *account, false);
  tell_transaction(record, false);
}

void Subscriptions::on_durable(const Batch& batch) {
  for (const auto& [key, account] : batch.accounts) tell_account(batch.slot, key, account, true);
  for (const auto& record : batch.transactions) tell_transaction(record, true);
}

void Subscriptions::tell_account(Slot slot, const Pubkey& key, const wire::Account& account, bool durable) {
  for (const auto& [id, subscription] : subscriptions_) {
    if (!subscription.wants(durable)) continue;
    if (const auto* of = std::get_if<OfAccount>(&subscription.subject); of != nullptr && of->key == key) {
      notify(id, subscription, "accountNotification",
             with_context_slot(slot, render_account(account, subscription.config)));
    }
    // An account without data, such as one just closed, is no account of the program any more.
    const auto* of = std::get_if<OfProgram>(&subscription.subject);
    if (of == nullptr || of->program != account.owner || account.data.empty() || !of->filters.match(account)) continue;
    notify(id, subscription, "programNotification",
           with_context_slot(slot, render_keyed_account(key, account, subscription.config)));
  }
}

void Subscriptions::tell_transaction(const TransactionRecord& record, bool durable) {
  std::vector<std::uint64_t> done;
  for (const auto& [id, subscription] : subscriptions_) {
    if (!subscription.wants(durable)) continue;
    if (const auto* of = std::get_if<OfSignature>(&subscription.subject);
        of != nullptr && of->signature == record.signature) {
      notify(id, subscription, "signatureNotification",
             with_context_slot(record.slot, json::object{{"err", render_error(record.error)}}));
      done.push_back(id);
    }
    const auto* of = std::get_if<OfLogs>(&subscription.subject);
    const auto& addresses = record.addresses;
    const bool concerned = of != nullptr && (!of->mentions || std::find(addresses.begin(), addresses.end(),
                                                                        *of->mentions) != addresses.end());
    if (!concerned) continue;
    json::array logs(record.logs.begin(), record.logs.end());
    json::object value{
        {"signature", to_text(record.signature)}, {"err", render_error(record.error)}, {"logs", std::move(logs)}};
    notify(id, subscription, "logsNotification", with_context_slot(record.slot, std::move(value)));
  }
  for (const std::uint64_t id : done) subscriptions_.erase(id);
}

void Subscriptions::notify(std::uint64_t id, const Subscription& subscription, std::string_view method,
                           json::value result) {
  const json::object message{{"jsonrpc", "2.0"},
                             {"method", method},
                             {"params", json::object{{"result", std::move(result)}, {"subscription", id}}}};
  send_(subscription.session, json::serialize(message));
}

}  // namespace dz::ledger
