#include "telemetry/sample_reader.h"

#include "wire/accounts.h"

namespace dz::telemetry {
namespace {

constexpr std::uint8_t kSamplesAccount = 3;

client::AccountFilters samples_of_epoch(std::uint64_t epoch) {
  Bytes head{kSamplesAccount};
  for (int i = 0; i < 8; ++i) head.push_back(static_cast<std::uint8_t>(epoch >> (8 * i)));
  return {{client::MemcmpFilter{0, std::move(head)}}, std::nullopt};
}

}  // namespace

Result<SampleReading> read_latency_samples(client::LedgerClient& ledger, const Pubkey& telemetry_program,
                                           const evidence::Evidence& evidence) {
  DZ_TRY_ASSIGN(const auto now, ledger.get_epoch_info());
  SampleReading reading;
  for (const std::uint64_t back : {1, 0}) {
    if (now.epoch < back) continue;
    DZ_TRY_ASSIGN(const auto answer,
                  ledger.get_program_accounts(telemetry_program, samples_of_epoch(now.epoch - back)));
    for (const auto& [key, account] : answer.accounts) {
      ++reading.accounts;
      auto samples = wire::decode_latency_samples(account.data);
      if (!samples) {
        reading.unreadable.push_back(key);
        continue;
      }
      const auto seen = evidence.samples_seen(key);
      if (seen >= samples->rtt_us.size()) continue;
      samples->rtt_us.erase(samples->rtt_us.begin(), samples->rtt_us.begin() + seen);
      reading.reads.push_back({key, std::move(*samples), seen});
    }
  }
  return reading;
}

}  // namespace dz::telemetry
