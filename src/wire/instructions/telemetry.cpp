#include "wire/instructions/telemetry.h"

#include "wire/addresses.h"
#include "wire/program_ids.h"

namespace dz::wire {

Instruction initialize_latency_samples(const Pubkey& telemetry_program, const Pubkey& agent, const LatencyPath& path,
                                       const InitializeLatencySamplesArgs& args) {
  const auto samples =
      latency_samples_address(telemetry_program, path.origin_device, path.target_device, path.link, args.epoch);
  return {telemetry_program,
          {{samples.address, false, true},
           {agent, true, true},
           {path.origin_device, false, false},
           {path.target_device, false, false},
           {path.link, false, false},
           {kSystemProgramId, false, false}},
          encode(args)};
}

Instruction write_latency_samples(const Pubkey& telemetry_program, const Pubkey& agent, const Pubkey& samples,
                                  const WriteLatencySamplesArgs& args) {
  return {
      telemetry_program, {{samples, false, true}, {agent, true, true}, {kSystemProgramId, false, false}}, encode(args)};
}

}  // namespace dz::wire
