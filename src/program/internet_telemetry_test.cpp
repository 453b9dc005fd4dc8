// Latency over the internet, check by check in upstream's order.
#include "domain/users.h"
#include "program/test_ledger.h"

namespace dz::program {
namespace {

class InternetTelemetry : public testing::Test {
 protected:
  void SetUp() override {
    ledger.set_up();
    origin = ledger.exchange;
    target = ledger.add_exchange("xlon");
    at = wire::internet_latency_samples_address(ledger.telemetry, agent, {"ripeatlas", origin, target, 3}).address;
  }
  wire::Instruction initialization(wire::InitializeInternetSamplesArgs args = {"ripeatlas", 3, 600'000'000}) const {
    return wire::initialize_internet_samples(ledger.telemetry, agent, origin, target, args);
  }
  ProgramResult initialize() { return ledger.run(initialization()); }
  ProgramResult write(const Pubkey& who, std::vector<std::uint32_t> rtt, std::uint64_t start = 1000) {
    return ledger.run(wire::write_internet_samples(ledger.telemetry, who, at, {start, std::move(rtt)}));
  }
  void expect_initialize(const std::function<void(wire::Instruction&)>& change, auto error) {
    auto instruction = initialization();
    change(instruction);
    EXPECT_REFUSED(ledger, ledger.run(instruction), error);
  }
  void set_status(const Pubkey& exchange, SiteStatus status) {
    auto record = ledger.get<Exchange>(exchange);
    record.status = status;
    ledger.force(exchange, record);
  }
  TestLedger ledger;
  Pubkey origin, target, at;
  const Pubkey agent = key("agent");
};

TEST_F(InternetTelemetry, SamplesAreInitialisedOnceAndAppended) {
  EXPECT_REFUSED(ledger, write(agent, {1}), wire::TelemetryError::AccountDoesNotExist);
  EXPECT_ACCEPTED(ledger, initialize());
  EXPECT_EQ(ledger.accounts.at(at).data.size(), 257U + 9);
  EXPECT_REFUSED(ledger, initialize(), wire::TelemetryError::AccountAlreadyExists);
  EXPECT_ACCEPTED(ledger, write(agent, {5000}, 0));
  EXPECT_ACCEPTED(ledger, write(agent, {6000, 0}, 2000));
  EXPECT_ACCEPTED(ledger, write(agent, {7000}, 3000));
  const auto samples = ledger.get<InternetLatencySamples>(at);
  EXPECT_EQ(samples.rtt_us, (std::vector<std::uint32_t>{5000, 6000, 0, 7000}));
  EXPECT_EQ(samples.start_timestamp_us, 2000U);  // of the first write that named one
  EXPECT_EQ(samples.oracle_agent, agent);
  EXPECT_EQ(samples.data_provider, "ripeatlas");
  EXPECT_EQ(ledger.accounts.at(at).lamports, rent_exempt_minimum(257 + 9 + 16));
  // Another provider, the way back and another epoch are accounts of their own.
  EXPECT_ACCEPTED(ledger, ledger.run(initialization({"wheresitup", 3, 1})));
  EXPECT_ACCEPTED(ledger, ledger.run(initialization({"ripeatlas", 0, 1})));
  std::swap(origin, target);
  EXPECT_ACCEPTED(ledger, initialize());
}

TEST_F(InternetTelemetry, InitialisationLooksInOrder) {
  EXPECT_REFUSED(ledger,
                 ledger.run(wire::Instruction{
                     ledger.telemetry, {}, encode(wire::InitializeInternetSamplesArgs{std::string(33, 'x'), 3, 0})}),
                 wire::TelemetryError::DataProviderNameTooLong);
  EXPECT_REFUSED(ledger, ledger.run(wire::Instruction{ledger.telemetry, {}, Bytes{2}}),
                 wire::TelemetryError::InvalidSamplingInterval);
  expect_initialize([](auto& i) { i.accounts.pop_back(); }, wire::InstructionErrorKind::NotEnoughAccountKeys);
  expect_initialize([](auto& i) { i.accounts[1].signer = false; },
                    wire::InstructionErrorKind::MissingRequiredSignature);
  expect_initialize([&](auto& i) { i.accounts[2].key = ledger.alice; }, wire::InstructionErrorKind::IncorrectProgramId);
  expect_initialize([&](auto& i) { i.accounts[3].key = ledger.alice; }, wire::InstructionErrorKind::IncorrectProgramId);
  expect_initialize([&](auto& i) { i.accounts[2].key = ledger.ams; }, wire::InstructionErrorKind::InvalidAccountData);
  expect_initialize([&](auto& i) { i.accounts[3].key = origin; }, wire::TelemetryError::SameExchange);
  expect_initialize([&](auto& i) { i.accounts[0].key = key("elsewhere"); }, wire::TelemetryError::InvalidAddress);
  set_status(target, SiteStatus::Pending);
  EXPECT_REFUSED(ledger, initialize(), wire::TelemetryError::ExchangeNotReady);
  set_status(target, SiteStatus::Suspended);
  EXPECT_ACCEPTED(ledger, initialize());
}

TEST_F(InternetTelemetry, WritingLooksInOrder) {
  EXPECT_ACCEPTED(ledger, initialize());
  EXPECT_REFUSED(ledger, write(agent, {}), wire::TelemetryError::NoSamples);
  EXPECT_REFUSED(ledger, write(ledger.mallory, {1}), wire::TelemetryError::UnauthorizedAgent);
  auto instruction = wire::write_internet_samples(ledger.telemetry, agent, at, {1, {1}});
  instruction.accounts[1].signer = false;
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::MissingRequiredSignature);
  instruction = wire::write_internet_samples(ledger.telemetry, agent, origin, {1, {1}});
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::TelemetryError::InvalidAccountOwner);
  const std::vector<std::uint32_t> most(wire::kMaxSamplesPerWrite, 5);
  auto more = most;
  more.push_back(5);
  EXPECT_REFUSED(ledger, write(agent, more), wire::TelemetryError::TooManySamples);
  EXPECT_ACCEPTED(ledger, write(agent, most));
  EXPECT_REFUSED(ledger, write(agent, more), wire::TelemetryError::AccountFull);  // looked at before
  EXPECT_REFUSED(ledger, write(agent, std::vector<std::uint32_t>(441, 5)), wire::TelemetryError::AccountFull);
  EXPECT_ACCEPTED(ledger, write(agent, std::vector<std::uint32_t>(440, 5)));
}

TEST_F(InternetTelemetry, SamplesOfAnotherKindAreTold) {
  EXPECT_ACCEPTED(ledger, initialize());
  for (const std::uint8_t type : {1, 2, 3}) {
    ledger.accounts.at(at).data[0] = type;
    EXPECT_REFUSED(ledger, write(agent, {1}), wire::TelemetryError::InvalidAccountType);
  }
  ledger.accounts.at(at).data[0] = 9;
  EXPECT_REFUSED(ledger, write(agent, {1}), wire::InstructionErrorKind::InvalidAccountData);
}

// It can be made and never written, as upstream has it.
TEST_F(InternetTelemetry, AProviderWithoutANameIsOfNoUse) {
  EXPECT_ACCEPTED(ledger, ledger.run(initialization({"", 3, 1})));
  at = wire::internet_latency_samples_address(ledger.telemetry, agent, {"", origin, target, 3}).address;
  EXPECT_REFUSED(ledger, write(agent, {1}), wire::InstructionErrorKind::InvalidAccountData);
}

}  // namespace
}  // namespace dz::program
