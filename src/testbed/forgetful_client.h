// A node that does not show all of the ledger's history: it has pruned what is old, or lists transactions that it does
// not show. For tests of what rests on history.
#pragma once

#include <map>

#include "testbed/forwarding_client.h"

namespace dz::testbed {

// How getTransaction answers for a transaction that is listed all the same.
enum class NotShown : std::uint8_t {
  Null,     // as when it is pruned, or not indexed yet
  Refused,  // as of a version that the client does not read
};

class ForgetfulClient final : public ForwardingClient {
 public:
  using ForwardingClient::ForwardingClient;

  // Neither lists nor shows what landed before that slot.
  void prune_before(Slot slot) { pruned_before_ = slot; }
  void hide(const wire::Signature& signature, NotShown how) { hidden_.insert_or_assign(signature, how); }
  // Every transaction is listed, and none is shown.
  void hide_all(bool hidden) { hides_all_ = hidden; }
  // Lists the newest `entries` of what is asked for and no more, as if there were none. 0: all.
  void list_at_most(std::size_t entries) { most_listed_ = entries; }
  void remember() {
    pruned_before_ = {};
    hidden_.clear();
    hides_all_ = false;
    most_listed_ = 0;
  }

  Result<std::vector<client::TrailEntry>> get_signatures_for_address(const Pubkey& address,
                                                                     const client::TrailRange& range) override;
  Result<std::optional<client::ConfirmedTransaction>> get_transaction(const wire::Signature& signature) override;

 private:
  Slot pruned_before_;
  std::map<wire::Signature, NotShown> hidden_;
  bool hides_all_ = false;
  std::size_t most_listed_ = 0;
};

}  // namespace dz::testbed
