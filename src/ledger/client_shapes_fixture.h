// What the scripts of client_shapes/ talk about: a ledger on virtual time with one location, a few keys, and
// transactions of every fate, by the names that the scripts use for them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ledger/ledger_fixture.h"
#include "ledger/subscriptions.h"
#include "wire/instructions/global.h"
#include "wire/instructions/site.h"
#include "wire/instructions/solana.h"

namespace dz::ledger {

class ShapesFixture {
 public:
  ShapesFixture() {
    f_.fund(payer_.pubkey(), 1000 * kSol);
    f_.fund(stranger_.pubkey());
    land(payer_, {init_global_state(sender())});
    landed_ = land(payer_, {create_location(sender(), AccountIndex{1}, {"fra", "Frankfurt", "DE", 50.1, 8.6, 1})});
    failed_ = land(stranger_, {update_location(by_stranger(), location(), {})});
    f_.pass(std::chrono::hours{30});
  }

  void next_section() { transactions_.clear(); }
  std::string ask(const std::string& request) { return handle_rpc(request, *f_.ledger); }
  void say(const std::string& message) { subscriptions_.receive(1, message); }
  std::string hear() {
    if (heard_.empty()) return "";
    std::string first = heard_.front();
    heard_.erase(heard_.begin());
    return first;
  }

  // Something happens on the ledger, and becomes durable.
  bool act(const std::string& what) {
    if (what == "the payer renames the location") {
      land(payer_, {update_location(sender(), location(), {.name = "Frankfurt " + std::to_string(++made_)})});
    } else if (what == "the payer deletes the location") {
      land(payer_, {delete_location(sender(), location())});
    } else if (what == "all becomes durable") {
      EXPECT_TRUE(f_.ledger->commit());
    } else if (what == "a slot passes") {
      f_.pass(kDefaultSlotLength);
    } else {
      return false;
    }
    return true;
  }

  // The value of $name in a script; the same within a section. Empty for a name that there is not.
  std::string value(const std::string& name) {
    if (name == "SERVICEABILITY") return to_text(program());
    if (name == "LOCATION") return to_text(location());
    if (name == "LOCATION_BASE64") return encode_base64(location_data());
    if (name == "LOCATION_HEAD_BASE64") return encode_base64(ByteView(location_data()).first(4));
    if (name == "LOCATION_SIZE") return std::to_string(location_data().size());
    if (name == "LOCATION_LAMPORTS") return std::to_string(f_.bank().find(location())->lamports);
    if (name == "PAYER") return to_text(payer_.pubkey());
    if (name == "NOBODY") return to_text(key_number(9).pubkey());
    if (name == "BLOCKHASH") return to_text(f_.bank().latest_blockhash().hash);
    if (name == "LANDED") return to_text(landed_.signatures[0]);
    if (name == "LANDED_BASE64") return base64_of(landed_);
    if (name == "FAILED") return to_text(failed_.signatures[0]);
    if (name == "SLOT_LONG_AGO") return std::to_string(f_.bank().slot().value - 200'000);
    if (name == "SLOT_TO_COME") return std::to_string(f_.bank().slot().value + 1000);
    return transaction_value(name);
  }
  const Bytes& location_data() const { return f_.bank().find(location())->data; }

 private:
  Pubkey program() const { return f_.bank().program_ids().serviceability; }
  Pubkey location() const { return wire::location_address(program(), AccountIndex{1}).address; }
  wire::Sender sender() const { return {program(), payer_.pubkey()}; }
  wire::Sender by_stranger() const { return {program(), stranger_.pubkey()}; }

  wire::Transaction land(const wire::Keypair& payer, std::vector<wire::Instruction> instructions) {
    const auto transaction = signed_by(payer, std::move(instructions), f_.bank().latest_blockhash().hash);
    EXPECT_TRUE(f_.ledger->submit(transaction, false).execution.landed);
    EXPECT_TRUE(f_.ledger->commit());
    return transaction;
  }

  // $X is the transaction in base64, $X_SIGNATURE its signature.
  std::string transaction_value(std::string name) {
    constexpr std::string_view kSignature = "_SIGNATURE";
    const bool signature = name.ends_with(kSignature);
    if (signature) name.resize(name.size() - kSignature.size());
    if (!transactions_.contains(name)) {
      const auto made = make_transaction(name);
      if (made.signatures.empty()) return "";
      transactions_.emplace(name, made);
    }
    const wire::Transaction& transaction = transactions_.at(name);
    return signature ? to_text(transaction.signatures[0]) : base64_of(transaction);
  }

  // The Rust clients put two ComputeBudget instructions before their own, so that its index is 2; Go's send their
  // instructions bare, several in one transaction.
  wire::Transaction make_transaction(const std::string& name) {
    const wire::Instruction rename = update_location(sender(), location(), {.name = "F" + std::to_string(++made_)});
    const wire::Instruction forbidden =
        update_location(by_stranger(), location(), {.name = "F" + std::to_string(made_)});
    const auto hash = f_.bank().latest_blockhash().hash;
    if (name == "RUST_UPDATE") return signed_by(payer_, rust_style(rename), hash);
    if (name == "RUST_REFUSED") return signed_by(stranger_, rust_style(forbidden), hash);
    if (name == "GO_UPDATE") return signed_by(payer_, {rename}, hash);
    if (name == "GO_BATCH_REFUSED") {
      return signed_by(stranger_, {wire::transfer(stranger_.pubkey(), payer_.pubkey(), kSol), forbidden, forbidden},
                       hash);
    }
    if (name == "STALE") return signed_by(payer_, {rename}, wire::Blockhash{});
    if (name == "UNFUNDED")
      return signed_by(key_number(9), {wire::transfer(key_number(9).pubkey(), payer_.pubkey(), 1)}, hash);
    if (name == "REPEATED") return repeated(rename);
    if (name == "FORGED") {
      auto forged = signed_by(payer_, {rename}, hash);
      forged.signatures[0].bytes[63] ^= 1;
      return forged;
    }
    return {};
  }
  std::vector<wire::Instruction> rust_style(const wire::Instruction& instruction) const {
    return {wire::compute_unit_limit(1'400'000), wire::heap_frame(262'144), instruction};
  }
  wire::Transaction repeated(const wire::Instruction& instruction) { return land(payer_, {instruction}); }

  LedgerFixture f_;
  wire::Keypair payer_ = key_number(1), stranger_ = key_number(2);
  wire::Transaction landed_, failed_;
  std::map<std::string, wire::Transaction> transactions_;
  int made_ = 0;
  std::vector<std::string> heard_;
  Subscriptions subscriptions_{*f_.ledger,
                               [this](Subscriptions::Session, std::string text) { heard_.push_back(std::move(text)); }};
};

}  // namespace dz::ledger
