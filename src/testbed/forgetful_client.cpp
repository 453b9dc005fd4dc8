#include "testbed/forgetful_client.h"

namespace dz::testbed {

Result<std::vector<client::TrailEntry>> ForgetfulClient::get_signatures_for_address(const Pubkey& address,
                                                                                    const client::TrailRange& range) {
  auto entries = ForwardingClient::get_signatures_for_address(address, range);
  if (!entries) return entries;
  std::erase_if(*entries, [&](const auto& entry) { return entry.slot < pruned_before_; });
  if (most_listed_ > 0 && entries->size() > most_listed_) entries->resize(most_listed_);
  return entries;
}

Result<std::optional<client::ConfirmedTransaction>> ForgetfulClient::get_transaction(const wire::Signature& signature) {
  const auto hidden = hidden_.find(signature);
  if (hidden != hidden_.end() && hidden->second == NotShown::Refused) {
    return fail(ErrorKind::Refused,
                "the ledger declined getTransaction: Transaction version (1) is not supported by the requesting client "
                "(code -32015)");
  }
  if (hides_all_ || hidden != hidden_.end()) return std::nullopt;
  auto transaction = ForwardingClient::get_transaction(signature);
  if (transaction && *transaction && (*transaction)->slot < pruned_before_) return std::nullopt;
  return transaction;
}

}  // namespace dz::testbed
