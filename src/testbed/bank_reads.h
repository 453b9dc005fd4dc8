// What a node answers of its bank, whichever bank that is.
#pragma once

#include <span>

#include "client/ledger_client.h"
#include "ledger/bank.h"

namespace dz::testbed {

client::AccountsAnswer program_accounts(const ledger::Bank& bank, const Pubkey& program,
                                        const client::AccountFilters& filters);
client::NamedAccounts named_accounts(const ledger::Bank& bank, std::span<const Pubkey> keys);
// Of each no more than the slice.
client::NamedAccounts cut(client::NamedAccounts answer, client::DataSlice slice);
client::LatestBlockhash latest_blockhash(const ledger::Bank& bank);
client::EpochInfo epoch_info(const ledger::Bank& bank);
// As nodes tell it, in whole seconds; none of a slot to come.
std::optional<Timestamp> block_time(const ledger::Bank& bank, Slot slot);

}  // namespace dz::testbed
