// AS numbers and address blocks of a network: the same flags with init and with global-config set.
#pragma once

#include "apps/cli/ui/options.h"
#include "domain/network.h"
#include "wire/instructions/global.h"

namespace dz::cli {

struct GlobalConfigArgs {
  std::optional<std::uint32_t> local_asn, remote_asn;
  std::optional<NetworkV4> device_tunnel_block, user_tunnel_block, multicastgroup_block, multicast_publisher_block;
  std::optional<std::uint16_t> next_bgp_community;
  bool operator==(const GlobalConfigArgs&) const = default;
};
void declare_global_config(Options& options, GlobalConfigArgs& args);

// What is not given stays as it is, or is the default where nothing is yet.
wire::SetGlobalConfigArgs merged(const GlobalConfigArgs& args, const std::optional<GlobalConfig>& present);

}  // namespace dz::cli
