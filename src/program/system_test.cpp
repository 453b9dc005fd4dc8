#include "program/test_ledger.h"

#include "base/sha256.h"
#include "wire/borsh.h"
#include "wire/instructions/solana.h"

namespace dz::program {
namespace {

class SystemTest : public testing::Test {
 protected:
  template <typename... T>
  static Bytes data(std::uint32_t tag, const T&... values) {
    wire::BorshWriter out;
    out(tag, values...);
    return std::move(out).take();
  }
  ProgramResult run(std::vector<wire::AccountMeta> metas, Bytes bytes) {
    return ledger.run(wire::Instruction{wire::kSystemProgramId, std::move(metas), std::move(bytes)});
  }
  const wire::InstructionError in_use{wire::InstructionErrorKind::Custom, 0},
      no_money{wire::InstructionErrorKind::Custom, 1};
  TestLedger ledger;
};

TEST_F(SystemTest, Transfers) {
  const auto before = ledger.accounts[ledger.bob].lamports;
  EXPECT_ACCEPTED(ledger, ledger.run(wire::transfer(ledger.alice, ledger.bob, 5)));
  EXPECT_EQ(ledger.accounts[ledger.bob].lamports, before + 5);
  EXPECT_ACCEPTED(ledger, ledger.run(wire::transfer(ledger.alice, ledger.alice, 5)));
  EXPECT_EQ(ledger.run(wire::transfer(ledger.alice, ledger.bob, ~std::uint64_t{0})).error(), no_money);
  auto unsigned_one = wire::transfer(ledger.alice, ledger.bob, 5);
  unsigned_one.accounts[0].signer = false;
  EXPECT_REFUSED(ledger, ledger.run(unsigned_one), wire::InstructionErrorKind::MissingRequiredSignature);
  auto read_only_one = wire::transfer(ledger.alice, ledger.bob, 5);
  read_only_one.accounts[1].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(read_only_one), wire::InstructionErrorKind::ReadonlyLamportChange);
}

TEST_F(SystemTest, CreatesAllocatesAndAssigns) {
  const auto fresh = key("fresh"), other = key("other");
  const wire::AccountMeta from{ledger.alice, true, true}, created{fresh, true, true};
  EXPECT_ACCEPTED(ledger, run({from, created}, data(0, std::uint64_t{1'000'000}, std::uint64_t{10}, ledger.program)));
  EXPECT_EQ(ledger.accounts[fresh].data, Bytes(10));
  EXPECT_EQ(ledger.accounts[fresh].owner, ledger.program);
  EXPECT_EQ(run({from, created}, data(0, std::uint64_t{1}, std::uint64_t{0}, ledger.program)).error(), in_use);
  ledger.accounts[other].lamports = 1'000'000;
  const wire::AccountMeta at{other, true, true};
  EXPECT_ACCEPTED(ledger, run({at}, data(8, std::uint64_t{4})));
  EXPECT_ACCEPTED(ledger, run({at}, data(1, ledger.program)));
  EXPECT_EQ(run({at}, data(8, std::uint64_t{4})).error(), in_use);
  EXPECT_REFUSED(ledger, run({{ledger.bob, false, true}}, data(1, ledger.program)),
                 wire::InstructionErrorKind::MissingRequiredSignature);
}

TEST_F(SystemTest, TransferLooksAtDataThenLamportsThenOwnerThenWritable) {
  const auto big = ~std::uint64_t{0};
  auto from = wire::AccountMeta{ledger.alice, true, true};
  const wire::AccountMeta to{ledger.bob, false, true};
  const auto send = [&](std::uint64_t lamports) { return run({from, to}, data(2, lamports)); };
  ledger.accounts[ledger.alice].data = Bytes(1);
  EXPECT_REFUSED(ledger, send(big), wire::InstructionErrorKind::InvalidArgument);
  ledger.accounts[ledger.alice].data.clear();
  ledger.accounts[ledger.alice].owner = ledger.program;
  EXPECT_EQ(send(big).error(), no_money);
  EXPECT_REFUSED(ledger, send(1), wire::InstructionErrorKind::ExternalAccountLamportSpend);
  ledger.accounts[ledger.alice].owner = {};
  from.writable = false;
  EXPECT_EQ(send(big).error(), no_money);
  EXPECT_REFUSED(ledger, send(1), wire::InstructionErrorKind::ReadonlyLamportChange);
  EXPECT_REFUSED(ledger, send(0), wire::InstructionErrorKind::ReadonlyLamportChange);
}

TEST_F(SystemTest, CreateLooksForLamportsBeforeTheSignature) {
  const wire::AccountMeta from{ledger.alice, true, true}, unsigned_one{ledger.bob, false, true};
  const auto create = [&](const wire::AccountMeta& created) {
    return run({from, created}, data(0, std::uint64_t{1}, std::uint64_t{0}, ledger.program));
  };
  EXPECT_EQ(create(unsigned_one).error(), in_use);
  const auto fresh = key("fresh");
  EXPECT_REFUSED(ledger, create({fresh, false, true}), wire::InstructionErrorKind::MissingRequiredSignature);
  EXPECT_REFUSED(ledger, create({fresh, true, false}), wire::InstructionErrorKind::ReadonlyDataModified);
  EXPECT_REFUSED(ledger, run({from}, data(0, std::uint64_t{1}, std::uint64_t{0}, ledger.program)),
                 wire::InstructionErrorKind::NotEnoughAccountKeys);
}

TEST_F(SystemTest, AllocateLooksAtTheLengthBeforeItWrites) {
  const auto fresh = key("fresh");
  const auto allocate = [&](bool writable, std::uint64_t space) {
    return run({{fresh, true, writable}}, data(8, space));
  };
  const wire::InstructionError too_long{wire::InstructionErrorKind::Custom, 3};
  EXPECT_EQ(allocate(false, 10 * 1024 * 1024 + 1).error(), too_long);
  EXPECT_REFUSED(ledger, allocate(false, 0), wire::InstructionErrorKind::ReadonlyDataModified);
  EXPECT_ACCEPTED(ledger, allocate(true, 10 * 1024 * 1024));
}

TEST_F(SystemTest, AssignIsRefusedAsAChangeOfTheOwner) {
  const auto assign = [&](bool writable) { return run({{ledger.bob, true, writable}}, data(1, ledger.program)); };
  EXPECT_REFUSED(ledger, assign(false), wire::InstructionErrorKind::ModifiedProgramId);
  ledger.accounts[ledger.bob].owner = key("other");
  EXPECT_REFUSED(ledger, assign(true), wire::InstructionErrorKind::ModifiedProgramId);
  ledger.accounts[ledger.bob].owner = ledger.program;
  EXPECT_ACCEPTED(ledger, assign(false));  // it has that owner already
}

// The base signs for the address; vectors: sha256 of base, seed and owner.
TEST_F(SystemTest, WithASeedTheBaseSigns) {
  const std::string seed = "stake:0";
  const auto text = [](const std::string& s) {
    wire::BorshWriter out;
    out(std::uint64_t{s.size()});
    auto bytes = std::move(out).take();
    bytes.insert(bytes.end(), s.begin(), s.end());
    return bytes;
  };
  const auto joined = [](std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
  };
  const auto bytes = [](const auto& value) {
    wire::BorshWriter out;
    out(value);
    return std::move(out).take();
  };
  const auto address_of = [&](const Pubkey& owner) {
    const ByteView parts[] = {ledger.alice.view(), as_bytes(seed), owner.view()};
    return Pubkey{sha256_of(parts)};
  };
  const auto at = address_of(ledger.program);
  const wire::AccountMeta base{ledger.alice, true, true}, created{at, false, true};
  const auto create = [&](const std::string& by) {
    return joined({data(3, ledger.alice), text(by), bytes(std::uint64_t{1'000'000}), bytes(std::uint64_t{10}),
                   bytes(ledger.program)});
  };
  const wire::InstructionError mismatch{wire::InstructionErrorKind::Custom, 5};
  EXPECT_EQ(run({base, created}, create("stake:1")).error(), mismatch);
  EXPECT_REFUSED(ledger, run({base, created}, create(std::string(33, 'x'))),
                 wire::InstructionErrorKind::MaxSeedLengthExceeded);
  EXPECT_REFUSED(ledger, run({{ledger.bob, true, true}, created}, create(seed)),
                 wire::InstructionErrorKind::MissingRequiredSignature);
  EXPECT_ACCEPTED(ledger, run({base, created}, create(seed)));
  EXPECT_EQ(ledger.accounts[at].data, Bytes(10));
  EXPECT_EQ(ledger.accounts[at].owner, ledger.program);
  EXPECT_EQ(run({base, created}, create(seed)).error(), in_use);

  // A wallet of a seed: its owner is the System program.
  const auto wallet = address_of({});
  ledger.accounts[wallet].lamports = 7;
  const auto send = joined({data(11, std::uint64_t{5}), text(seed), bytes(Pubkey{})});
  const auto before = ledger.accounts[ledger.bob].lamports;
  const wire::AccountMeta to{ledger.bob, false, true};
  EXPECT_REFUSED(ledger, run({{wallet, false, true}, {ledger.alice, false, false}, to}, send),
                 wire::InstructionErrorKind::MissingRequiredSignature);
  EXPECT_ACCEPTED(ledger, run({{wallet, false, true}, {ledger.alice, true, false}, to}, send));
  EXPECT_EQ(ledger.accounts[ledger.bob].lamports, before + 5);

  // Allocate gives it its owner too.
  ledger.accounts[at] = {};
  const auto allocate = joined({data(9, ledger.alice), text(seed), bytes(std::uint64_t{3}), bytes(ledger.program)});
  EXPECT_ACCEPTED(ledger, run({created, base}, allocate));
  EXPECT_EQ(ledger.accounts[at].data, Bytes(3));
  EXPECT_EQ(ledger.accounts[at].owner, ledger.program);
  ledger.accounts[at] = {};
  ledger.accounts[at].lamports = 1'000'000;
  EXPECT_ACCEPTED(ledger, run({created, base}, joined({data(10, ledger.alice), text(seed), bytes(ledger.program)})));
  EXPECT_EQ(ledger.accounts[at].owner, ledger.program);
}

TEST_F(SystemTest, NoAddressOfASeedLooksLikeAProgramsOwn) {
  Pubkey forged;
  const std::string_view mark = "ProgramDerivedAddress";
  std::copy(mark.begin(), mark.end(), forged.bytes.end() - static_cast<std::ptrdiff_t>(mark.size()));
  wire::BorshWriter out;
  out(std::uint32_t{10}, ledger.alice, std::uint64_t{0}, forged);
  EXPECT_REFUSED(ledger, run({{ledger.bob, true, true}}, std::move(out).take()),
                 wire::InstructionErrorKind::IllegalOwner);
}

TEST_F(SystemTest, RefusesWhatItDoesNotKnow) {
  EXPECT_REFUSED(ledger, run({}, {}), wire::InstructionErrorKind::InvalidInstructionData);
  EXPECT_REFUSED(ledger, run({}, data(2)), wire::InstructionErrorKind::InvalidInstructionData);
  EXPECT_REFUSED(ledger, run({}, data(7)), wire::InstructionErrorKind::InvalidInstructionData);
  EXPECT_REFUSED(ledger, run({}, data(2, std::uint64_t{1})), wire::InstructionErrorKind::NotEnoughAccountKeys);
}

TEST(ComputeBudget, DoesNothing) {
  for (const auto& instruction : {wire::compute_unit_limit(1'400'000), wire::heap_frame(262'144)}) {
    Invocation invocation{.program = instruction.program, .data = instruction.data};
    EXPECT_TRUE(execute_compute_budget(invocation));
  }
}

}  // namespace
}  // namespace dz::program
