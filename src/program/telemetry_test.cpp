#include "program/test_ledger.h"

namespace dz::program {
namespace {

class TelemetryTest : public testing::Test {
 protected:
  void SetUp() override {
    ledger.set_up();
    link = ledger.create_wan();
    at = samples_at(ledger.ams, ledger.lon);
  }
  Pubkey samples_at(const Pubkey& origin, const Pubkey& target) {
    return wire::latency_samples_address(ledger.telemetry, origin, target, link, 3).address;
  }
  ProgramResult initialize(const Pubkey& who, const wire::LatencyPath& path,
                           wire::InitializeLatencySamplesArgs args = {3, 10'000'000, {}, {}}) {
    return ledger.run(initialize_latency_samples(ledger.telemetry, who, path, args));
  }
  ProgramResult write(const Pubkey& who, std::vector<std::uint32_t> rtt, std::uint64_t start = 1000) {
    return ledger.run(wire::write_latency_samples(ledger.telemetry, who, at, {start, std::move(rtt), {}, {}}));
  }
  const Pubkey agent = key("agent");
  TestLedger ledger;
  Pubkey link, at;
};

TEST_F(TelemetryTest, SamplesOfADirectionAreInitialisedOnceAndAppended) {
  EXPECT_REFUSED(ledger, write(agent, {1}), wire::TelemetryError::AccountDoesNotExist);
  EXPECT_ACCEPTED(ledger, initialize(agent, {ledger.ams, ledger.lon, link}));
  EXPECT_REFUSED(ledger, initialize(agent, {ledger.ams, ledger.lon, link}), wire::TelemetryError::AccountAlreadyExists);
  EXPECT_ACCEPTED(ledger, write(agent, {6000, 0, 6001}));
  EXPECT_ACCEPTED(ledger, write(agent, {7000}, 2000));
  const auto samples = ledger.get<LatencySamples>(at);
  EXPECT_EQ(samples.rtt_us, (std::vector<std::uint32_t>{6000, 0, 6001, 7000}));
  EXPECT_EQ(samples.start_timestamp_us, 1000U);  // of the first write
  EXPECT_EQ(samples.origin_location, ledger.location);
  EXPECT_EQ(samples.sampling_interval_us, 10'000'000U);
  EXPECT_ACCEPTED(ledger, initialize(agent, {ledger.lon, ledger.ams, link}));  // the way back is another account
}

TEST_F(TelemetryTest, DrainedRecordsAreMeasuredRequestedOnesAreNot) {
  const auto requested = ledger.create_dzx(false);
  EXPECT_REFUSED(ledger, initialize(agent, {ledger.ams, ledger.fra, requested}), wire::TelemetryError::LinkNotReady);
  auto device = ledger.get<Device>(ledger.lon);
  device.status = Status::Pending;
  ledger.force(ledger.lon, device);
  EXPECT_REFUSED(ledger, initialize(agent, {ledger.ams, ledger.lon, link}), wire::TelemetryError::DeviceNotReady);
}

TEST_F(TelemetryTest, EveryRuleOfInitialisation) {
  EXPECT_REFUSED(ledger, initialize(ledger.mallory, {ledger.ams, ledger.lon, link}),
                 wire::TelemetryError::UnauthorizedAgent);
  EXPECT_REFUSED(ledger, initialize(agent, {ledger.ams, ledger.lon, link}, {3, 0, {}, {}}),
                 wire::TelemetryError::InvalidSamplingInterval);
  EXPECT_REFUSED(ledger, initialize(agent, {ledger.ams, ledger.fra, link}), wire::TelemetryError::InvalidLink);
  auto instruction =
      wire::initialize_latency_samples(ledger.telemetry, agent, {ledger.ams, ledger.lon, link}, {3, 1, {}, {}});
  instruction.accounts[0].key = samples_at(ledger.lon, ledger.ams);
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::TelemetryError::InvalidAddress);
  instruction =
      wire::initialize_latency_samples(ledger.telemetry, agent, {ledger.ams, ledger.lon, link}, {3, 1, {}, {}});
  instruction.accounts[2].key = ledger.alice;  // no record at all
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::IncorrectProgramId);
}

// Interval, number of accounts, signature, owners, each device and the link in turn.
TEST_F(TelemetryTest, TheOrderInWhichInitialisationLooks) {
  const auto good =
      wire::initialize_latency_samples(ledger.telemetry, agent, {ledger.ams, ledger.lon, link}, {3, 1, {}, {}});
  auto bad = good;
  bad.accounts[4].key = ledger.alice;  // no link
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::IncorrectProgramId);
  bad.accounts[1].signer = false;
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::MissingRequiredSignature);
  bad.accounts.pop_back();
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::NotEnoughAccountKeys);
  bad = good;
  bad.accounts[2].key = link;  // the program's, but no device
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::InvalidAccountData);
  bad = good;
  bad.data.resize(12);  // cut short in the interval
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::BorshIoError);
  bad.data.resize(9);  // left out: 0
  bad.accounts.clear();
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::TelemetryError::InvalidSamplingInterval);
}

TEST_F(TelemetryTest, TheOrderInWhichAWriteLooks) {
  EXPECT_ACCEPTED(ledger, initialize(agent, {ledger.ams, ledger.lon, link}));
  auto bad = wire::write_latency_samples(ledger.telemetry, agent, at, {1, {5}, {}, {}});
  bad.accounts[0].key = ledger.ams;  // of the other program
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::TelemetryError::InvalidAccountOwner);
  bad.accounts[0].key = ledger.alice;
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::TelemetryError::AccountDoesNotExist);
  bad.accounts[1].signer = false;
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::MissingRequiredSignature);
  bad.accounts.pop_back();
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::NotEnoughAccountKeys);
  auto& data = ledger.accounts.at(at).data;
  for (const std::uint8_t type : {1, 2, 4}) {
    data[0] = type;
    EXPECT_REFUSED(ledger, write(agent, {5}), wire::TelemetryError::InvalidAccountType);
  }
  data[0] = 9;
  EXPECT_REFUSED(ledger, write(agent, {5}), wire::InstructionErrorKind::InvalidAccountData);
}

TEST_F(TelemetryTest, AnAgentThatLeavesItsVersionOutKeepsTheStoredOne) {
  EXPECT_ACCEPTED(ledger, initialize(agent, {ledger.ams, ledger.lon, link},
                                     {3, 10'000'000, {'1', '.', '2'}, {'c', 'a', 'f', 'e'}}));
  auto older = wire::write_latency_samples(ledger.telemetry, agent, at, {1, {5}, {}, {}});
  older.data.resize(older.data.size() - 24);
  EXPECT_ACCEPTED(ledger, ledger.run(older));
  EXPECT_ACCEPTED(ledger, write(agent, {6}));
  EXPECT_EQ(ledger.get<LatencySamples>(at).agent_version, (std::array<char, 16>{'1', '.', '2'}));
  EXPECT_EQ(ledger.get<LatencySamples>(at).agent_commit, (std::array<char, 8>{'c', 'a', 'f', 'e'}));
  EXPECT_ACCEPTED(ledger,
                  ledger.run(wire::write_latency_samples(ledger.telemetry, agent, at, {1, {5}, {'1', '.', '3'}, {}})));
  EXPECT_EQ(ledger.get<LatencySamples>(at).agent_version, (std::array<char, 16>{'1', '.', '3'}));
  EXPECT_EQ(ledger.get<LatencySamples>(at).agent_commit, (std::array<char, 8>{'c', 'a', 'f', 'e'}));
}

TEST_F(TelemetryTest, EveryRuleOfWriting) {
  EXPECT_ACCEPTED(ledger, initialize(agent, {ledger.ams, ledger.lon, link}));
  EXPECT_REFUSED(ledger, write(ledger.mallory, {1}), wire::TelemetryError::UnauthorizedAgent);
  EXPECT_REFUSED(ledger, write(agent, {}), wire::TelemetryError::NoSamples);
  EXPECT_REFUSED(ledger, write(agent, std::vector<std::uint32_t>(wire::kMaxSamplesPerWrite + 1)),
                 wire::TelemetryError::TooManySamples);
  for (std::size_t n = 0; n < 13; ++n) {
    EXPECT_ACCEPTED(ledger, write(agent, std::vector<std::uint32_t>(wire::kMaxSamplesPerWrite, 5)));
  }
  EXPECT_REFUSED(ledger, write(agent, std::vector<std::uint32_t>(wire::kMaxSamplesPerWrite, 5)),
                 wire::TelemetryError::AccountFull);
  EXPECT_ACCEPTED(ledger, write(agent, std::vector<std::uint32_t>(
                                           wire::kMaxSamplesPerAccount - 13 * wire::kMaxSamplesPerWrite, 5)));
}

TEST_F(TelemetryTest, UnknownInstructionsAreRefused) {
  const auto run = [&](Bytes data) { return ledger.run(wire::Instruction{ledger.telemetry, {}, std::move(data)}); };
  EXPECT_REFUSED(ledger, run(Bytes{}), wire::InstructionErrorKind::InvalidInstructionData);
  EXPECT_REFUSED(ledger, run(Bytes(1, 9)), wire::InstructionErrorKind::InvalidInstructionData);
  EXPECT_REFUSED(ledger, run(Bytes(3, 0)), wire::InstructionErrorKind::BorshIoError);  // cut short
}

}  // namespace
}  // namespace dz::program
