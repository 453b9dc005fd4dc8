#include "ledger/subscriptions.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>
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

std::shared_ptr<const std::string> rendered(const json::value& result) {
  return std::make_shared<const std::string>(json::serialize(result));
}

// One thing as its listeners want to see it: it is rendered once for all who want to see it in the same way.
class Renderings {
 public:
  explicit Renderings(std::function<json::value(const ReadConfig&)> render) : render_(std::move(render)) {}

  std::shared_ptr<const std::string> of(const ReadConfig& config) {
    const auto slice = config.slice.value_or(DataSlice{});
    auto& text = texts_[{config.encoding, config.slice.has_value(), slice.offset, slice.length}];
    if (!text) text = rendered(render_(config));
    return text;
  }

 private:
  std::function<json::value(const ReadConfig&)> render_;
  std::map<std::tuple<std::optional<Encoding>, bool, std::uint64_t, std::uint64_t>, std::shared_ptr<const std::string>>
      texts_;
};

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

Subscriptions::Subscriptions(Ledger& ledger, Send send, SubscriptionLimits limits)
    : ledger_(ledger), send_(std::move(send)), limits_(limits) {
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
  const auto found = of_sessions_.find(session);
  if (found == of_sessions_.end()) return;
  const Ids ids = found->second;
  for (const auto id : ids) remove(id);
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
  if (auto room = check_room(session); !room) {
    ++refused_;
    return tl::unexpected(room.error());
  }
  list(++last_id_, subscription.subject, true);
  auto& held = of_sessions_[session];
  held.insert(last_id_);
  if (held.size() > limits_.kept_for_each()) ++beyond_;
  subscriptions_.emplace(last_id_, std::move(subscription));
  new_.push_back(last_id_);
  return last_id_;
}

RpcResult<void> Subscriptions::check_room(Session session) const {
  const auto found = of_sessions_.find(session);
  const auto held = found == of_sessions_.end() ? 0 : found->second.size();
  if (held >= limits_.of_session) {
    return rpc_error(kInvalidRequest, "Too many subscriptions of one connection; unsubscribe from some first");
  }
  const bool is_kept_for_it = held < limits_.kept_for_each();
  if (subscriptions_.size() >= limits_.all || (!is_kept_for_it && beyond_ >= limits_.most_beyond())) {
    return rpc_error(kInvalidRequest, "Too many subscriptions of all connections; try again later");
  }
  return {};
}

void Subscriptions::list(std::uint64_t id, const Subject& subject, bool listed) {
  const auto in = [&](Ids& ids) {
    if (listed) {
      ids.insert(id);
    } else {
      ids.erase(id);
    }
  };
  const auto in_map = [&](auto& map, const auto& key) {
    in(map[key]);
    if (map.at(key).empty()) map.erase(key);
  };
  if (const auto* account = std::get_if<OfAccount>(&subject)) return in_map(listeners_.accounts, account->key);
  if (const auto* program = std::get_if<OfProgram>(&subject)) return in_map(listeners_.programs, program->program);
  if (const auto* of = std::get_if<OfSignature>(&subject)) return in_map(listeners_.signatures, of->signature);
  if (const auto* logs = std::get_if<OfLogs>(&subject); logs != nullptr && logs->mentions) {
    return in_map(listeners_.mentions, *logs->mentions);
  }
  in(std::holds_alternative<OfLogs>(subject) ? listeners_.logs : listeners_.slots);
}

void Subscriptions::remove(std::uint64_t id) {
  const auto found = subscriptions_.find(id);
  list(id, found->second.subject, false);
  const auto session = of_sessions_.find(found->second.session);
  if (session->second.size() > limits_.kept_for_each()) --beyond_;
  session->second.erase(id);
  if (session->second.empty()) of_sessions_.erase(session);
  subscriptions_.erase(found);
}

Answer Subscriptions::unsubscribe(Session session, const Params& params) {
  DZ_TRY_ASSIGN(const std::uint64_t id, params.number(0, "a subscription id"));
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end() || found->second.session != session) {
    return invalid_params("Invalid subscription id.");
  }
  remove(id);
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
  notify(id, "signatureNotification", rendered(with_context_slot(ledger_.bank().slot(), std::move(value))), true);
}

void Subscriptions::on_slot(Slot slot) {
  told_ = 0;
  if (is_somebody_waiting()) return;  // whoever hears of slots late does not hear of each
  const std::uint64_t parent = slot.value - std::min<std::uint64_t>(slot.value, 1);
  const auto result = rendered(json::object{{"slot", slot.value}, {"parent", parent}, {"root", parent}});
  for (const auto id : listeners_.slots) notify(id, "slotNotification", result);
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
  if (const auto found = listeners_.accounts.find(key); found != listeners_.accounts.end()) {
    Renderings renderings(
        [&](const ReadConfig& config) { return with_context_slot(slot, render_account(account, config)); });
    for (const auto id : found->second) {
      const auto& subscription = subscriptions_.at(id);
      if (subscription.wants(durable)) notify(id, "accountNotification", renderings.of(subscription.config));
    }
  }
  // An account without data, such as one just closed, is no account of the program any more.
  const auto found = listeners_.programs.find(account.owner);
  if (found == listeners_.programs.end() || account.data.empty()) return;
  Renderings renderings(
      [&](const ReadConfig& config) { return with_context_slot(slot, render_keyed_account(key, account, config)); });
  for (const auto id : found->second) {
    const auto& subscription = subscriptions_.at(id);
    if (!subscription.wants(durable) || !std::get<OfProgram>(subscription.subject).filters.match(account)) continue;
    notify(id, "programNotification", renderings.of(subscription.config));
  }
}

void Subscriptions::tell_transaction(const TransactionRecord& record, bool durable) {
  tell_signature(record, durable);
  tell_logs(record, durable);
}

void Subscriptions::tell_signature(const TransactionRecord& record, bool durable) {
  const auto found = listeners_.signatures.find(record.signature);
  if (found == listeners_.signatures.end()) return;
  const auto result = rendered(with_context_slot(record.slot, json::object{{"err", render_error(record.error)}}));
  const Ids ids = found->second;
  for (const auto id : ids) {
    if (!subscriptions_.at(id).wants(durable)) continue;
    notify(id, "signatureNotification", result, true);
  }
}

void Subscriptions::tell_logs(const TransactionRecord& record, bool durable) {
  Ids concerned = listeners_.logs;
  for (const auto& address : record.addresses) {
    if (const auto found = listeners_.mentions.find(address); found != listeners_.mentions.end()) {
      concerned.insert(found->second.begin(), found->second.end());
    }
  }
  if (concerned.empty()) return;
  json::array logs(record.logs.begin(), record.logs.end());
  json::object value{
      {"signature", to_text(record.signature)}, {"err", render_error(record.error)}, {"logs", std::move(logs)}};
  const auto result = rendered(with_context_slot(record.slot, std::move(value)));
  for (const auto id : concerned) {
    if (subscriptions_.at(id).wants(durable)) notify(id, "logsNotification", result);
  }
}

void Subscriptions::notify(std::uint64_t id, std::string_view method, Rendered result, bool last) {
  const Notification notification{id, subscriptions_.at(id).session, method, std::move(result), last};
  if (last) remove(id);
  if (waiting_.empty() && told_ < kMostAtOnce) {
    ++told_;
    return tell(notification);
  }
  waiting_.push_back(notification);
  while (waiting_.size() > kMostWaiting) tell_more();
}

void Subscriptions::tell_more() {
  for (told_ = 0; told_ < kMostAtOnce && !waiting_.empty(); ++told_) {
    tell(waiting_.front());
    waiting_.pop_front();
  }
}

// Whoever unsubscribed while it waited is told no more.
void Subscriptions::tell(const Notification& notification) {
  if (!notification.last && !subscriptions_.contains(notification.id)) return;
  send_(notification.session,
        fmt::format(R"({{"jsonrpc":"2.0","method":"{}","params":{{"result":{},"subscription":{}}}}})",
                    notification.method, *notification.result, notification.id));
}

}  // namespace dz::ledger
