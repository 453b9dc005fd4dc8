#include "apps/cli/ui/global_config_args.h"

namespace dz::cli {
namespace {

// Private AS numbers and private or reserved networks, as the test networks of DoubleZero have them.
GlobalConfig default_config() {
  GlobalConfig config;
  config.local_asn = 65000;
  config.remote_asn = 65342;
  config.device_tunnel_block = *parse_network("172.16.0.0/16");
  config.user_tunnel_block = *parse_network("169.254.0.0/16");
  config.multicastgroup_block = *parse_network("233.84.178.0/24");
  config.multicast_publisher_block = *parse_network("148.51.120.0/21");
  return config;
}

}  // namespace

void declare_global_config(Options& options, GlobalConfigArgs& args) {
  options.number("--local-asn", args.local_asn, "AS number of the network (65000)");
  options.number("--remote-asn", args.remote_asn, "AS number of users (65342)");
  options.parsed("--device-tunnel-block", args.device_tunnel_block, "addresses of links and loopbacks (172.16.0.0/16)",
                 parse_network);
  options.parsed("--user-tunnel-block", args.user_tunnel_block, "addresses of user tunnels (169.254.0.0/16)",
                 parse_network);
  options.parsed("--multicastgroup-block,--multicast-group-block", args.multicastgroup_block,
                 "multicast groups (233.84.178.0/24)", parse_network);
  options.parsed("--multicast-publisher-block", args.multicast_publisher_block,
                 "multicast publishers (148.51.120.0/21)", parse_network);
  options.number("--next-bgp-community", args.next_bgp_community, "next community to hand out, 10000 to 10999");
}

wire::SetGlobalConfigArgs merged(const GlobalConfigArgs& args, const std::optional<GlobalConfig>& present) {
  const auto base = present.value_or(default_config());
  wire::SetGlobalConfigArgs merged;
  merged.local_asn = args.local_asn.value_or(base.local_asn);
  merged.remote_asn = args.remote_asn.value_or(base.remote_asn);
  merged.device_tunnel_block = args.device_tunnel_block.value_or(base.device_tunnel_block);
  merged.user_tunnel_block = args.user_tunnel_block.value_or(base.user_tunnel_block);
  merged.multicastgroup_block = args.multicastgroup_block.value_or(base.multicastgroup_block);
  merged.multicast_publisher_block = args.multicast_publisher_block.value_or(base.multicast_publisher_block);
  merged.next_bgp_community = args.next_bgp_community;
  return merged;
}

}  // namespace dz::cli
