// Who wants to hear what, and the messages they get. To add, to remove and to tell one costs the same however many
// there are. Conversation only: whoever owns the sockets hands in texts and takes texts. Processed subscriptions are
// told within the call that executes the transaction, confirmed and finalized ones within the commit that makes it
// durable; of a crowd, those beyond the first when tell_more() is called.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/keyed_hash.h"
#include "ledger/ledger.h"
#include "ledger/rpc.h"
#include "ledger/rpc_value.h"

namespace dz::ledger {

struct SubscriptionLimits {
  std::size_t of_session = 1000;
  std::size_t all = 200'000;  // some 400 bytes each
  // So many are kept free for each of so many sessions, whatever others hold: who comes late gets some.
  std::size_t each = 90;
  std::size_t sessions = 1024;

  // Less, where `all` would not do for that.
  std::size_t kept_for_each() const { return std::min(each, all / std::max<std::size_t>(sessions, 1)); }
  // What all sessions together may hold beyond what is kept for them.
  std::size_t most_beyond() const { return all - kept_for_each() * sessions; }
};

class Subscriptions final : public LedgerObserver {
 public:
  using Session = std::uint64_t;
  using Send = std::function<void(Session, std::string text)>;  // calls nothing here

  Subscriptions(Ledger& ledger, Send send, SubscriptionLimits limits = {});

  // One message of a session: subscriptions, or any method of rpc.h. The answer is sent before any notification that
  // it causes.
  void receive(Session session, std::string_view text);
  // The same in pieces: go_on() until it is whole, and before the next message of the session. True: it is, and the
  // answer was sent, if the session is still there.
  struct Message;
  std::shared_ptr<Message> begin(Session session, std::string_view text);
  bool go_on(Message& message);
  void drop(Session session);
  // Only so many are told at once, so that a crowd of listeners does not keep others from being answered. The rest
  // waits here: whoever owns the sockets calls tell_more() in turns with other work for as long as somebody waits.
  static constexpr std::size_t kMostAtOnce = 250;
  static constexpr std::size_t kMostWaiting = 500'000;  // beyond which all are told at once
  bool is_somebody_waiting() const { return !waiting_.empty(); }
  void tell_more();

  std::size_t count() const { return subscriptions_.size(); }
  const SubscriptionLimits& limits() const { return limits_; }
  std::size_t beyond() const { return beyond_; }      // of count(): those beyond what is kept for their session
  std::uint64_t refused() const { return refused_; }  // over a limit

  void on_slot(Slot slot) override;
  void on_processed(const TransactionRecord& record,
                    const std::vector<std::pair<Pubkey, const wire::Account*>>& accounts) override;
  void on_durable(const Batch& batch) override;

 private:
  struct OfAccount {
    Pubkey key;
  };
  struct OfProgram {
    Pubkey program;
    AccountFilters filters;
  };
  struct OfSignature {
    wire::Signature signature;
  };
  struct OfLogs {
    std::optional<Pubkey> mentions;
  };
  struct OfSlots {};
  using Subject = std::variant<OfAccount, OfProgram, OfSignature, OfLogs, OfSlots>;
  struct Subscription {
    Session session = 0;
    Subject subject;
    ReadConfig config;
    bool wants(bool durable) const { return (config.commitment != Commitment::Processed) == durable; }
  };

  using Ids = std::set<std::uint64_t>;
  // By what they are about: whoever is told something is found without asking everybody.
  struct Listeners {
    std::unordered_map<Pubkey, Ids, KeyedHash> accounts, programs, mentions;
    std::unordered_map<wire::Signature, Ids, KeyedHash> signatures;
    Ids logs, slots;
  };

  Outcome call(Session session, std::string_view method, const boost::json::array& params);
  Answer subscribe(Session session, std::string_view what, const Params& params);
  RpcResult<void> check_room(Session session) const;
  RpcResult<Subject> read_subject(std::string_view what, const Params& params) const;
  Answer unsubscribe(Session session, const Params& params);
  void list(std::uint64_t id, const Subject& subject, bool listed);
  void remove(std::uint64_t id);
  void tell_if_landed(std::uint64_t id);
  void tell_account(Slot slot, const Pubkey& key, const wire::Account& account, bool durable);
  void tell_transaction(const TransactionRecord& record, bool durable);
  void tell_signature(const TransactionRecord& record, bool durable);
  void tell_logs(const TransactionRecord& record, bool durable);
  using Rendered = std::shared_ptr<const std::string>;
  struct Notification {
    std::uint64_t id = 0;
    Session session = 0;
    std::string_view method;
    Rendered result;
    bool last = false;  // the subscription ends with it
  };
  void notify(std::uint64_t id, std::string_view method, Rendered result, bool last = false);
  void tell(const Notification& notification);

  Ledger& ledger_;
  Send send_;
  SubscriptionLimits limits_;
  std::unordered_map<std::uint64_t, Subscription> subscriptions_;
  std::unordered_map<Session, Ids> of_sessions_;
  std::size_t beyond_ = 0;
  Listeners listeners_;
  std::map<Session, std::weak_ptr<Message>> under_way_;
  ResultCache results_;
  std::deque<Notification> waiting_;
  std::size_t told_ = 0;  // at once, since the slot began or tell_more() was called
  std::uint64_t last_id_ = 0, refused_ = 0;
  std::vector<std::uint64_t> new_;  // subscribed by the message being answered
};

}  // namespace dz::ledger
