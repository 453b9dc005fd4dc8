#include "wire/instructions/telemetry.h"

#include "wire/addresses.h"
#include "wire/instructions/sender.h"
#include "wire/program_ids.h"

namespace dz::wire {

Instruction initialize_latency_samples(const Pubkey& telemetry_program, const Pubkey& agent, const LatencyPath& path,
                                       const InitializeLatencySamplesArgs& args) {
  const auto samples =
      latency_samples_address(telemetry_program, path.origin_device, path.target_device, path.link, args.epoch);
  return {telemetry_program,
          {writable(samples.address), signing(agent), read_only(path.origin_device), read_only(path.target_device),
           read_only(path.link), read_only(kSystemProgramId)},
          encode(args)};
}

Instruction write_latency_samples(const Pubkey& telemetry_program, const Pubkey& agent, const Pubkey& samples,
                                  const WriteLatencySamplesArgs& args) {
  return {telemetry_program, {writable(samples), signing(agent), read_only(kSystemProgramId)}, encode(args)};
}

Instruction initialize_internet_samples(const Pubkey& telemetry_program, const Pubkey& agent,
                                        const Pubkey& origin_exchange, const Pubkey& target_exchange,
                                        const InitializeInternetSamplesArgs& args) {
  const auto samples = internet_latency_samples_address(
      telemetry_program, agent, {args.data_provider, origin_exchange, target_exchange, args.epoch});
  return {telemetry_program,
          {writable(samples.address), signing(agent), read_only(origin_exchange), read_only(target_exchange),
           read_only(kSystemProgramId)},
          encode(args)};
}

Instruction write_internet_samples(const Pubkey& telemetry_program, const Pubkey& agent, const Pubkey& samples,
                                   const WriteInternetSamplesArgs& args) {
  return {telemetry_program, {writable(samples), signing(agent), read_only(kSystemProgramId)}, encode(args)};
}

}  // namespace dz::wire
