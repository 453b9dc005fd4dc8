// Who wants to hear what, and the messages they get. Conversation only: whoever owns the sockets hands in texts and
// takes texts. Processed subscriptions are told within the call that executes the transaction, confirmed and finalized
// ones within the commit that makes it durable.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ledger/ledger.h"
#include "ledger/rpc.h"
#include "ledger/rpc_value.h"

namespace dz::ledger {

inline constexpr std::size_t kMaxSubscriptions = 1000;  // of one session

class Subscriptions final : public LedgerObserver {
 public:
  using Session = std::uint64_t;
  using Send = std::function<void(Session, std::string text)>;

  Subscriptions(Ledger& ledger, Send send);

  // One message of a session: subscriptions, or any method of rpc.h. The answer is sent before any notification that
  // it causes.
  void receive(Session session, std::string_view text);
  // The same in pieces: go_on() until it is whole, and before the next message of the session. True: it is, and the
  // answer was sent, if the session is still there.
  struct Message;
  std::shared_ptr<Message> begin(Session session, std::string_view text);
  bool go_on(Message& message);
  void drop(Session session);
  std::size_t count() const { return subscriptions_.size(); }

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

  Outcome call(Session session, std::string_view method, const boost::json::array& params);
  Answer subscribe(Session session, std::string_view what, const Params& params);
  RpcResult<Subject> read_subject(std::string_view what, const Params& params) const;
  Answer unsubscribe(Session session, const Params& params);
  void tell_if_landed(std::uint64_t id);
  void tell_account(Slot slot, const Pubkey& key, const wire::Account& account, bool durable);
  void tell_transaction(const TransactionRecord& record, bool durable);
  void notify(std::uint64_t id, const Subscription& subscription, std::string_view method, boost::json::value result);

  Ledger& ledger_;
  Send send_;
  std::map<std::uint64_t, Subscription> subscriptions_;
  std::map<Session, std::weak_ptr<Message>> under_way_;
  ResultCache results_;
  std::uint64_t last_id_ = 0;
  std::vector<std::uint64_t> new_;  // subscribed by the message being answered
};

}  // namespace dz::ledger
