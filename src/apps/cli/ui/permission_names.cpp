#include "apps/cli/ui/permission_names.h"

namespace dz::cli {
namespace {

constexpr PermissionName kNames[] = {{"foundation", 0},
                                     {"permission-admin", 1},
                                     {"infra-admin", 2},
                                     {"network-admin", 3},
                                     {"tenant-admin", 4},
                                     {"multicast-admin", 5},
                                     {"feed-authority", 6},
                                     {"activator", 7},
                                     {"sentinel", 8},
                                     {"user-admin", 9},
                                     {"access-pass-admin", 10},
                                     {"health-oracle", 11},
                                     {"qa", 12},
                                     {"globalstate-admin", 13},
                                     {"contributor-admin", 14},
                                     {"topology-admin", 15},
                                     {"resource-admin", 16},
                                     {"index-admin", 17}};

}  // namespace

std::span<const PermissionName> permission_names() { return kNames; }

}  // namespace dz::cli
