// The trail of a record, from transactions as clients of the live network send them.
#include "client/record_trail.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "wire/instructions/device.h"
#include "wire/instructions/link.h"

namespace dz::client {
namespace {

wire::Keypair keypair(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(n);
  return wire::Keypair::from_seed(seed);
}
const wire::Keypair kContributor = keypair(1), kMonitor = keypair(2), kFoundation = keypair(3), kOther = keypair(4);
const wire::ProgramIds& ids() { return wire::local_program_ids(); }
Pubkey link_key() { return wire::link_address(ids().serviceability, 5).address; }
Pubkey device_key() { return wire::device_address(ids().serviceability, 4).address; }

// A server that has transactions and lists them, and does nothing else.
class Archive final : public LedgerClient {
 public:
  struct Entry {
    TrailEntry listed;
    Bytes bytes;
    std::vector<Pubkey> names;
    std::vector<Pubkey> loaded = {};
  };
  std::vector<Entry> entries;  // oldest first
  std::size_t asked = 0, listed = 0;
  std::optional<std::size_t> lagging;  // knows only so many
  std::size_t pruned = 0;              // lists none of the oldest so many
  std::optional<wire::Signature> not_kept;
  std::optional<Error> instead;  // of an answer for not_kept
  bool away = false;

  void add(const std::vector<wire::Instruction>& instructions, const wire::Keypair& payer, bool failed = false) {
    wire::Blockhash hash;
    hash.bytes[0] = static_cast<std::uint8_t>(entries.size());
    hash.bytes[1] = static_cast<std::uint8_t>(entries.size() >> 8);
    const auto transaction = *sign_transaction(instructions, payer, {}, hash);
    add_bytes(encode(transaction), transaction, failed);
  }
  void add_bytes(Bytes bytes, const wire::Transaction& t, bool failed = false) {
    const auto slot = Slot{100 + entries.size()};
    const Timestamp time{std::chrono::seconds{1'795'000'000 + static_cast<std::int64_t>(entries.size())}};
    entries.push_back({{t.signatures.front(), slot, failed, time}, std::move(bytes), t.message.account_keys, {}});
  }

  Result<std::vector<TrailEntry>> get_signatures_for_address(const Pubkey& key, const TrailRange& range) override {
    ++asked;
    ++listed;
    if (away) return fail(ErrorKind::Retry, "away");
    std::vector<TrailEntry> page;
    bool past_before = !range.before;
    for (auto i = lagging.value_or(entries.size()); i-- > pruned && page.size() < range.limit;) {
      const auto& entry = entries[i];
      if (range.until && entry.listed.signature == *range.until) break;
      const bool names = std::count(entry.names.begin(), entry.names.end(), key) > 0;
      if (past_before && names) page.push_back(entry.listed);
      past_before |= range.before == entry.listed.signature;
    }
    return page;
  }
  Result<std::optional<ConfirmedTransaction>> get_transaction(const wire::Signature& signature) override {
    ++asked;
    if (away) return fail(ErrorKind::Retry, "away");
    if (signature == not_kept && instead) return tl::unexpected(*instead);
    for (const auto& e : entries) {
      if (e.listed.signature != signature || signature == not_kept) continue;
      return std::optional(
          ConfirmedTransaction{e.bytes, e.listed.slot, e.listed.failed, e.listed.block_time, e.loaded});
    }
    return std::nullopt;
  }

  void require_slot(Slot) override {}
  Result<AccountsAnswer> get_program_accounts(const Pubkey&, const AccountFilters&) override { return no(); }
  Result<std::optional<wire::Account>> get_account(const Pubkey&) override { return no(); }
  Result<NamedAccounts> get_multiple_accounts(std::span<const Pubkey>) override { return no(); }
  Result<NamedAccounts> get_account_parts(std::span<const Pubkey>, DataSlice) override { return no(); }
  Result<std::uint64_t> get_balance(const Pubkey&) override { return no(); }
  Result<LatestBlockhash> get_latest_blockhash() override { return no(); }
  Result<Slot> get_slot() override { return no(); }
  Result<std::uint64_t> get_block_height() override { return no(); }
  Result<std::optional<Timestamp>> get_block_time(Slot) override { return no(); }
  Result<EpochInfo> get_epoch_info() override { return no(); }
  Result<wire::Blockhash> get_genesis_hash() override { return no(); }
  Result<std::vector<std::optional<SignatureStatus>>> get_signature_statuses(
      std::span<const wire::Signature>) override {
    return no();
  }
  Result<wire::Signature> request_airdrop(const Pubkey&, std::uint64_t) override { return no(); }
  Result<SimulationResult> simulate_transaction(const wire::Transaction&) override { return no(); }
  tl::expected<wire::Signature, SendFailure> send_transaction(const wire::Transaction&, const SendOptions&) override {
    return tl::unexpected(SendFailure{{ErrorKind::Refused, "only an archive"}, std::nullopt, {}});
  }

 private:
  static tl::unexpected<Error> no() { return refused("only an archive"); }
};

class RecordTrailTest : public testing::Test {
 protected:
  const Profile& profile = v034_profile();
  Archive archive;
  RecordTrail history{link_key(), ids(), profile, {.page = 4}};

  static wire::Sender sender(const wire::Keypair& signer, bool permission = false) {
    return {ids().serviceability, signer.pubkey(), permission};
  }
  wire::Instruction create() {
    return *create_link(sender(kContributor), 5, {kOther.pubkey(), device_key(), device_key()},
                        {.code = "l", .side_a_iface = "Ethernet1", .desired_status = DesiredStatus::Activated},
                        profile);
  }
  wire::Instruction update(wire::UpdateLinkArgs args, const wire::Keypair& signer = kContributor,
                           bool permission = false) {
    return *update_link(sender(signer, permission), {link_key(), {}}, std::move(args), profile);
  }
  wire::Instruction drain() {
    return update({.status = Status::HardDrained, .desired_status = DesiredStatus::HardDrained});
  }
  wire::Instruction health(Health h, const wire::Keypair& signer = kMonitor, bool permission = false) {
    return *set_link_health(sender(signer, permission), link_key(), h, profile);
  }
  void read_all(std::size_t requests = 1000) {
    ASSERT_TRUE(*history.catch_up(archive, requests));
    while (!history.exhausted()) ASSERT_TRUE(*history.reach_back(archive, requests));
  }
  const std::vector<RecordEvent>& events() { return history.known().events; }
};

TEST_F(RecordTrailTest, EveryWriteWithItsSigner) {
  archive.add({create()}, kContributor);
  archive.add({accept_link(sender(kOther), link_key(), {}, kOther.pubkey(), "Ethernet2")}, kOther);
  archive.add({drain()}, kContributor);
  archive.add({update({.status = Status::SoftDrained}, kFoundation, true)}, kFoundation);
  archive.add({health(Health::Impaired, kMonitor, true), health(Health::Healthy)}, kMonitor);
  archive.add({update({.desired_status = DesiredStatus::Activated})}, kContributor);
  archive.add({update({.code = "other"})}, kContributor);  // none of our business
  read_all();
  ASSERT_EQ(events().size(), 7U);
  EXPECT_EQ(events()[0].kind, RecordEventKind::Created);
  EXPECT_EQ(events()[0].desired_status, DesiredStatus::Activated);
  EXPECT_EQ(events()[0].health, std::nullopt);  // forced: nobody's
  EXPECT_EQ(events()[1].kind, RecordEventKind::Accepted);
  EXPECT_EQ(events()[1].signer, kOther.pubkey());
  EXPECT_EQ(events()[2].status, Status::HardDrained);
  EXPECT_EQ(events()[2].desired_status, DesiredStatus::HardDrained);
  EXPECT_EQ(events()[2].signer, kContributor.pubkey());
  EXPECT_EQ(events()[2].slot, Slot{102});
  EXPECT_EQ(events()[2].time, archive.entries[2].listed.block_time);
  EXPECT_EQ(events()[2].signature, to_text(archive.entries[2].listed.signature));
  EXPECT_EQ(events()[3].signer, kFoundation.pubkey());
  EXPECT_EQ(events()[4].health, Health::Impaired);
  EXPECT_EQ(events()[4].signer, kMonitor.pubkey());
  EXPECT_EQ(events()[5].health, Health::Healthy);
  EXPECT_EQ(events()[6].desired_status, DesiredStatus::Activated);
  EXPECT_TRUE(history.known().from_creation);
}

TEST_F(RecordTrailTest, OfADevice) {
  RecordTrail device(device_key(), ids(), profile);
  archive.add({*create_device(sender(kContributor), 4, {}, {.code = "d", .dz_prefixes = {*parse_network("8.8.8.0/28")}},
                              profile)},
              kContributor);
  archive.add(
      {*update_device(sender(kFoundation, true), {device_key(), {}}, {.status = Status::Drained}, profile, Pubkey{})},
      kFoundation);
  archive.add({*set_device_health(sender(kMonitor), device_key(), Health::ReadyForLinks, profile)}, kMonitor);
  std::size_t requests = 100;
  ASSERT_TRUE(*device.catch_up(archive, requests));
  while (!device.exhausted()) ASSERT_TRUE(*device.reach_back(archive, requests));
  const auto& known = device.known().events;
  ASSERT_EQ(known.size(), 3U);
  EXPECT_EQ(known[0].signer, kContributor.pubkey());
  EXPECT_EQ(known[1].status, Status::Drained);
  EXPECT_EQ(known[1].signer, kFoundation.pubkey());
  EXPECT_EQ(known[2].health, Health::ReadyForLinks);
}

TEST_F(RecordTrailTest, WhatFailedDidNothing) {
  archive.add({create()}, kContributor);
  archive.add({drain()}, kContributor, true);
  read_all();
  EXPECT_EQ(events().size(), 1U);
}

TEST_F(RecordTrailTest, InstructionsOfOneTransactionKeepTheirOrder) {
  archive.add(
      {update({.desired_status = DesiredStatus::HardDrained}), update({.desired_status = DesiredStatus::Activated})},
      kContributor);
  read_all();
  ASSERT_EQ(events().size(), 2U);
  EXPECT_EQ(events()[0].desired_status, DesiredStatus::HardDrained);
  EXPECT_EQ(events()[1].desired_status, DesiredStatus::Activated);
}

TEST_F(RecordTrailTest, IsReadNoFurtherBackThanAsked) {
  for (int i = 0; i < 40; ++i) archive.add({health(i % 2 == 0 ? Health::Impaired : Health::Healthy)}, kMonitor);
  std::size_t requests = 1000;
  ASSERT_TRUE(*history.catch_up(archive, requests));
  EXPECT_EQ(archive.asked, 1U);
  EXPECT_TRUE(events().empty());
  ASSERT_TRUE(*history.reach_back(archive, requests));
  EXPECT_EQ(archive.asked, 2U);
  EXPECT_EQ(events().size(), 1U);
  EXPECT_EQ(requests, 998U);
}

TEST_F(RecordTrailTest, WhatIsKnownIsNotAskedForAgain) {
  for (int i = 0; i < 10; ++i) archive.add({health(Health::Impaired)}, kMonitor);
  read_all();
  const auto asked = archive.asked;
  std::size_t requests = 100;
  ASSERT_TRUE(*history.catch_up(archive, requests));
  EXPECT_EQ(archive.asked, asked + 1);
  for (int i = 0; i < 9; ++i) archive.add({health(Health::Healthy)}, kMonitor);  // more than two pages
  ASSERT_TRUE(*history.catch_up(archive, requests));
  ASSERT_EQ(events().size(), 19U);
  for (std::size_t i = 0; i < 19; ++i) {
    EXPECT_EQ(events()[i].slot, Slot{100 + i});
    EXPECT_EQ(events()[i].health, i < 10 ? Health::Impaired : Health::Healthy);
  }
}

// One request at a time, with the server away in between: the same history.
TEST_F(RecordTrailTest, GoesOnWhereItStopped) {
  archive.add({create()}, kContributor);
  for (int i = 0; i < 12; ++i) archive.add({health(Health::Impaired)}, kMonitor);
  bool done = false;
  const auto slowly = [&](auto call) {
    for (int i = 0; i < 100 && !done; ++i) {
      archive.away = i % 3 == 0;
      std::size_t requests = 1;
      const auto answer = call(requests);
      EXPECT_EQ(answer.has_value(), !archive.away);
      done = answer && *answer;
    }
    ASSERT_TRUE(done);
    done = false;
  };
  slowly([&](auto& requests) { return history.catch_up(archive, requests); });
  while (!history.exhausted()) slowly([&](auto& requests) { return history.reach_back(archive, requests); });
  for (int i = 0; i < 9; ++i) archive.add({health(Health::Healthy)}, kMonitor);
  // A last look is needed once the rest is read, and that takes a request of its own.
  std::size_t before = 0;
  while (events().size() < 22U && before++ < 200) {
    archive.away = before % 3 == 0;
    std::size_t requests = 2;
    (void)history.catch_up(archive, requests);
  }
  ASSERT_EQ(events().size(), 22U);
  for (std::size_t i = 0; i < 22; ++i) EXPECT_EQ(events()[i].slot, Slot{100 + i});
}

TEST_F(RecordTrailTest, WhatWasForgottenIsListedAgain) {
  archive.add({create()}, kContributor);
  for (int i = 0; i < 12; ++i) archive.add({health(Health::Impaired)}, kMonitor, i % 3 == 0);
  std::size_t requests = 1000;
  while (!history.exhausted()) {
    ASSERT_TRUE(*history.catch_up(archive, requests));
    history.forget_unread();
    ASSERT_TRUE(*history.reach_back(archive, requests));
    history.forget_unread();
  }
  ASSERT_EQ(events().size(), 9U);
  EXPECT_TRUE(std::is_sorted(events().begin(), events().end(), [](auto& a, auto& b) { return a.slot < b.slot; }));
}

TEST_F(RecordTrailTest, WhatTheLedgerDoesNotShowEndsItAfterSomeTries) {
  archive.add({create()}, kContributor);
  archive.add({drain()}, kContributor);
  archive.add({health(Health::Impaired)}, kMonitor);
  archive.not_kept = archive.entries[1].listed.signature;
  std::size_t requests = 1000;
  ASSERT_TRUE(*history.catch_up(archive, requests));
  ASSERT_TRUE(*history.reach_back(archive, requests));
  for (int tries = 1; tries < TrailLimits{}.tries; ++tries) {
    const auto answer = history.reach_back(archive, requests);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::NotFound);
    ASSERT_NE(history.not_shown(), nullptr);
    EXPECT_EQ(history.not_shown()->signature, *archive.not_kept);
    EXPECT_FALSE(history.passed_over());
  }
  ASSERT_TRUE(*history.reach_back(archive, requests));
  EXPECT_TRUE(history.exhausted());
  EXPECT_TRUE(history.passed_over());
  EXPECT_EQ(history.not_shown()->reason, "the ledger lists it, and does not have it");
  EXPECT_EQ(events().size(), 1U);
  EXPECT_FALSE(history.known().from_creation);
  // Once it is shown all is read anew.
  ASSERT_TRUE(*history.look_again(archive, requests));
  EXPECT_TRUE(history.passed_over());
  archive.not_kept.reset();
  ASSERT_TRUE(*history.look_again(archive, requests));
  EXPECT_EQ(history.not_shown(), nullptr);
  read_all();
  EXPECT_EQ(events().size(), 3U);
  EXPECT_TRUE(history.known().from_creation);
}

// That the ledger does not answer says nothing about the transaction, however often.
TEST_F(RecordTrailTest, WhatIsNotAnsweredForIsNeverPassedOver) {
  archive.add({create()}, kContributor);
  archive.add({health(Health::Impaired)}, kMonitor);
  archive.not_kept = archive.entries[0].listed.signature;
  archive.instead = Error{ErrorKind::Retry, "HTTP 502"};
  std::size_t requests = 1000;
  ASSERT_TRUE(*history.catch_up(archive, requests));
  ASSERT_TRUE(*history.reach_back(archive, requests));
  for (int i = 0; i < 20; ++i) {
    const auto answer = history.reach_back(archive, requests);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Retry);
    EXPECT_EQ(history.not_shown()->reason, "HTTP 502");
  }
  archive.not_kept.reset();
  archive.instead.reset();
  ASSERT_TRUE(*history.reach_back(archive, requests));
  EXPECT_EQ(history.not_shown(), nullptr);
  EXPECT_TRUE(history.known().from_creation);
}

// It may have written anything, so what came before it counts no more; what comes after it does.
TEST_F(RecordTrailTest, ANewTransactionThatIsNotShownCutsTheTrail) {
  archive.add({create()}, kContributor);
  read_all();
  archive.add({drain()}, kContributor);
  archive.not_kept = archive.entries[1].listed.signature;
  archive.instead = Error{ErrorKind::Refused, "Transaction version (1) is not supported"};
  archive.add({health(Health::Impaired)}, kMonitor);
  std::size_t requests = 1000;
  for (int tries = 1; tries < TrailLimits{}.tries; ++tries) EXPECT_FALSE(history.catch_up(archive, requests));
  EXPECT_EQ(events().size(), 1U);
  ASSERT_TRUE(*history.catch_up(archive, requests));
  ASSERT_EQ(events().size(), 1U);
  EXPECT_EQ(events()[0].health, Health::Impaired);
  EXPECT_FALSE(history.known().from_creation);
  EXPECT_TRUE(history.exhausted());
}

TEST_F(RecordTrailTest, OlderThanTheListedIsNotFromCreation) {
  archive.add({health(Health::Impaired)}, kMonitor);
  read_all();
  EXPECT_EQ(events().size(), 1U);
  EXPECT_FALSE(history.known().from_creation);
}

TEST_F(RecordTrailTest, ALimitOfTransactionsEndsIt) {
  history = RecordTrail(link_key(), ids(), profile, {.page = 4, .transactions = 3});
  for (int i = 0; i < 10; ++i) archive.add({update({.code = "x"})}, kContributor);
  read_all();
  EXPECT_EQ(archive.asked, 4U);
  EXPECT_TRUE(history.exhausted());
}

// A server behind the others does not know the newest transaction that we know, and would list older ones again.
TEST_F(RecordTrailTest, NothingIsTakenTwiceFromAServerThatIsBehind) {
  archive.add({create()}, kContributor);
  for (int i = 0; i < 5; ++i) archive.add({health(Health::Impaired)}, kMonitor);
  read_all();
  ASSERT_EQ(events().size(), 6U);
  archive.lagging = 4;
  std::size_t requests = 100;
  (void)history.catch_up(archive, requests);
  archive.lagging.reset();
  read_all();
  ASSERT_EQ(events().size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(events()[i].slot, Slot{100 + i});
}

// It has forgotten what we know, so it may have forgotten some of what came after that too.
TEST_F(RecordTrailTest, WhatAServerLeavesOutIsNotTakenForNothing) {
  for (const std::size_t page : {std::size_t{2}, std::size_t{1000}}) {
    SCOPED_TRACE(page);
    archive = {};
    history = RecordTrail(link_key(), ids(), profile, {.page = page});
    archive.add({create()}, kContributor);
    for (int i = 0; i < 5; ++i) archive.add({health(Health::Impaired)}, kMonitor);
    read_all();
    for (int i = 0; i < 5; ++i) archive.add({health(Health::Healthy)}, kMonitor);
    archive.pruned = 8;
    read_all();
    ASSERT_EQ(events().size(), 3U);  // it begins anew
    EXPECT_EQ(events()[0].slot, Slot{108});
    EXPECT_FALSE(history.known().from_creation);
    archive.pruned = 0;
    archive.add({health(Health::Impaired)}, kMonitor);
    read_all();
    ASSERT_EQ(events().size(), 4U);
    EXPECT_EQ(events()[3].slot, Slot{111});
  }
}

TEST_F(RecordTrailTest, WhereTheListEndedItMayGoOnOneDay) {
  archive.add({create()}, kContributor);
  for (int i = 0; i < 5; ++i) archive.add({health(Health::Impaired)}, kMonitor);
  archive.pruned = 3;
  read_all();
  EXPECT_EQ(events().size(), 3U);
  std::size_t requests = 1;
  EXPECT_TRUE(*history.look_again(archive, requests));
  EXPECT_EQ(requests, 0U);
  EXPECT_TRUE(history.exhausted());
  archive.pruned = 0;
  requests = 1;
  EXPECT_TRUE(*history.look_again(archive, requests));
  EXPECT_FALSE(history.exhausted());
  read_all();
  ASSERT_EQ(events().size(), 6U);
  EXPECT_TRUE(history.known().from_creation);
  requests = 1;
  EXPECT_TRUE(*history.look_again(archive, requests));
  EXPECT_EQ(requests, 1U);  // there is nothing to be looked for
}

TEST_F(RecordTrailTest, OldInstructionsAndOddArgumentsEndIt) {
  const auto end_of = [&](Bytes data) {
    archive = {};
    history = RecordTrail(link_key(), ids(), profile);
    archive.add({create()}, kContributor);
    archive.add({build_instruction(sender(kFoundation), {wire::writable(link_key())}, std::move(data))}, kFoundation);
    archive.add({health(Health::Healthy)}, kMonitor);
    read_all();
    return events().size() == 1 && !history.known().from_creation;
  };
  EXPECT_TRUE(end_of({29, 1, 2}));                         // ActivateLink
  EXPECT_TRUE(end_of({31, 0, 0, 0, 0, 0, 0, 0, 1, 200}));  // UpdateLink with a status that is none
  EXPECT_FALSE(end_of({31, 0, 0, 0, 0, 0, 0, 0, 1, 6}));   // of an older client, and understood
}

// A program that is handed serviceability may call it: a multisignature account that is foundation, for example.
TEST_F(RecordTrailTest, AProgramThatMayHaveCalledOursEndsIt) {
  archive.add({create()}, kContributor);
  const Pubkey multisig = kOther.pubkey();
  archive.add({{multisig, {{link_key(), false, true}, {kContributor.pubkey(), true, true}}, {1}}}, kContributor);
  read_all();
  EXPECT_TRUE(history.known().from_creation);
  archive.add({{multisig, {{link_key(), false, true}, {ids().serviceability, false, false}}, {1}}}, kContributor);
  std::size_t requests = 100;
  ASSERT_TRUE(*history.catch_up(archive, requests));
  EXPECT_TRUE(events().empty());
  EXPECT_FALSE(history.known().from_creation);
  EXPECT_TRUE(history.exhausted());
}

TEST_F(RecordTrailTest, TransactionsOfVersionZeroAreReadToo) {
  auto transaction = *sign_transaction(std::vector{drain()}, kContributor, {}, wire::Blockhash{});
  const auto legacy = encode(transaction);
  Bytes versioned(legacy.begin(), legacy.begin() + 65);
  versioned.push_back(0x80);
  versioned.insert(versioned.end(), legacy.begin() + 65, legacy.end());
  versioned.push_back(0);
  archive.add_bytes(versioned, transaction);
  read_all();
  ASSERT_EQ(events().size(), 1U);
  EXPECT_EQ(events()[0].status, Status::HardDrained);
}

// Whose lookup tables stand for the two accounts that are told, or not told, beside it.
TEST_F(RecordTrailTest, LookupTablesAreReadWhereTheLedgerSaysWhatTheyStandFor) {
  auto transaction = *sign_transaction(std::vector{drain()}, kContributor, {}, wire::Blockhash{});
  const auto legacy = encode(transaction);
  Bytes versioned(legacy.begin(), legacy.begin() + 65);
  versioned.push_back(0x80);
  versioned.insert(versioned.end(), legacy.begin() + 65, legacy.end());
  versioned.push_back(1);
  versioned.resize(versioned.size() + 32);
  for (const std::uint8_t byte : {1, 7, 1, 9}) versioned.push_back(byte);  // one writable, one read-only
  archive.add_bytes(versioned, transaction);
  archive.entries.back().loaded = {kOther.pubkey(), device_key()};
  read_all();
  ASSERT_EQ(events().size(), 1U);
  EXPECT_EQ(events()[0].status, Status::HardDrained);
  // Where it does not, the record may have been changed in any way.
  archive.add_bytes(versioned, *sign_transaction(std::vector{create()}, kContributor, {}, kOther.pubkey()));
  archive.entries.back().names.push_back(link_key());
  std::size_t requests = 100;
  ASSERT_TRUE(*history.catch_up(archive, requests));
  EXPECT_TRUE(events().empty());
  EXPECT_EQ(history.not_shown(), nullptr);
}

TEST_F(RecordTrailTest, OnALedgerOfTheRfc) {
  const auto& rfc = rfc_profile();
  history = RecordTrail(link_key(), ids(), rfc);
  archive.add({*update_link(sender(kContributor), {link_key(), {}},
                            {.status = Status::SoftDrained, .desired_status = DesiredStatus::SoftDrained}, rfc)},
              kContributor);
  archive.add(
      {*set_link_health(sender(kMonitor), link_key(), Health::Impaired, rfc,
                        lifecycle::JudgedState{Status::SoftDrained, DesiredStatus::SoftDrained, Health::Pending})},
      kMonitor);
  read_all();
  ASSERT_EQ(events().size(), 2U);
  EXPECT_EQ(events()[0].desired_status, DesiredStatus::SoftDrained);
  EXPECT_EQ(events()[1].health, Health::Impaired);
}

}  // namespace
}  // namespace dz::client
