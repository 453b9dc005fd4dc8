// A device carries its interfaces twice: in the old vector of tagged elements that old clients read, and in the
// current one of sized elements. The current one is the truth; the old one is written from it.
#include "base/check.h"
#include "wire/account_reading.h"

namespace dz::wire {
namespace {

// Tags of elements of the old vector.
constexpr std::uint8_t kTagV1 = 0;
constexpr std::uint8_t kTagV2 = 1;
constexpr std::uint8_t kTagV2Again = 2;  // read only
constexpr std::uint8_t kTagV3 = 3;       // read only: V2 with segments
constexpr std::uint8_t kSizedVersion = 4;
constexpr std::size_t kSizedPrefix = 3;  // u16 size, u8 version

template <typename Io, typename T>
void head_fields(Io& io, T& d, const Profile& profile) {
  io(d.owner, d.index, d.bump, d.location, d.exchange, d.type, d.public_ip);
  io.word(d.status, profile.device_status);
  io(d.code, d.dz_prefixes, d.metrics_publisher, d.contributor, d.mgmt_vrf);
}

template <typename Io, typename T>
void tail_fields(Io& io, T& d, const Profile& profile) {
  io(d.reference_count, d.users_count, d.max_users);
  io.word(d.health, profile.device_health);
  io.word(d.desired_status, profile.device_desired);
  io(d.unicast_users_count, d.multicast_subscribers_count, d.max_unicast_users, d.max_multicast_subscribers);
  io(d.reserved_seats, d.multicast_publishers_count, d.max_multicast_publishers);
}

template <typename Io, typename T>
void v1_fields(Io& io, T& i) {
  io(i.status, i.name, i.type, i.loopback, i.vlan_id, i.ip_net, i.node_segment_idx, i.user_tunnel_endpoint);
}

template <typename Io, typename T, typename Flag>
void v2_fields(Io& io, T& i, Flag& user_tunnel_endpoint) {
  io(i.status, i.name, i.type, i.cyoa, i.dia, i.loopback, i.bandwidth, i.cir, i.mtu, i.routing_mode, i.vlan_id);
  io(i.ip_net, i.node_segment_idx, user_tunnel_endpoint);
}
template <typename Io, typename T>
void v2_fields(Io& io, T& i) {
  v2_fields(io, i, i.user_tunnel_endpoint);
}

// What stands for an element whose tag nobody knows.
Interface unknown_interface() {
  Interface i;
  i.status = InterfaceStatus::Pending;
  return i;
}

void write_old_vector(BorshWriter& out, const std::vector<Interface>& interfaces) {
  out(static_cast<std::uint32_t>(interfaces.size()));
  for (const auto& i : interfaces) {
    out(kTagV2);
    v2_fields(out, i);
  }
}

void write_sized_vector(BorshWriter& out, const std::vector<Interface>& interfaces) {
  out(static_cast<std::uint32_t>(interfaces.size()));
  for (const auto& i : interfaces) {
    BorshWriter body;
    v2_fields(body, i);
    body(i.flex_algo_segments);
    const auto size = kSizedPrefix + body.size();
    DZ_CHECK(size <= 0xffff);  // an account cannot grow that large
    out(static_cast<std::uint16_t>(size), kSizedVersion);
    out.raw(std::move(body).take());
  }
}

std::vector<Interface> read_old_vector(AccountReader& in) {
  std::uint32_t count = 0;
  in(count);
  std::vector<Interface> interfaces;
  for (std::uint32_t n = 0; n < count; ++n) {
    if (in.cursor().empty()) return {};  // the vector does not decode: its default
    std::uint8_t tag = 0;
    in(tag);
    auto i = tag <= kTagV3 ? Interface{} : unknown_interface();
    if (tag == kTagV1) v1_fields(in, i);
    if (tag == kTagV2 || tag == kTagV2Again || tag == kTagV3) v2_fields(in, i);
    if (tag == kTagV3) {
      std::vector<FlexAlgoSegment> dropped;
      in(dropped);
    }
    interfaces.push_back(std::move(i));
  }
  return interfaces;
}

Interface read_sized_body(ByteView body) {
  AccountReader in(body);
  Interface i;
  i.mtu = 0;                              // of a body that ends before it
  std::uint8_t user_tunnel_endpoint = 0;  // anything but 0 is true
  v2_fields(in, i, user_tunnel_endpoint);
  i.user_tunnel_endpoint = user_tunnel_endpoint != 0;
  in(i.flex_algo_segments);
  return i;
}

// Nothing when the lengths contradict each other.
std::optional<std::vector<Interface>> read_sized_vector(BorshCursor& in) {
  if (in.empty()) return std::vector<Interface>{};
  std::uint32_t count = 0;
  if (!in.get(count)) return std::nullopt;
  std::vector<Interface> interfaces;
  for (std::uint32_t n = 0; n < count; ++n) {
    std::uint16_t size = 0;
    std::uint8_t version = 0;
    if (!in.get(size) || !in.get(version) || size < kSizedPrefix) return std::nullopt;
    const auto body = in.take(size - kSizedPrefix);  // later versions append to the body
    if (!body) return std::nullopt;
    interfaces.push_back(read_sized_body(*body));
  }
  return interfaces;
}

void device_fields(AccountReader& in, Device& d, const Profile& profile) {
  head_fields(in, d, profile);
  auto old_interfaces = read_old_vector(in);
  tail_fields(in, d, profile);
  auto interfaces = read_sized_vector(in.cursor());
  if (!interfaces || (!interfaces->empty() && interfaces->size() != old_interfaces.size())) {
    in.mark_broken();
    return;
  }
  d.interfaces = std::move(interfaces->empty() ? old_interfaces : *interfaces);
}

}  // namespace

Bytes encode(const Device& d, const Profile& profile) {
  BorshWriter out;
  out(static_cast<std::uint8_t>(AccountType::Device));
  head_fields(out, d, profile);
  write_old_vector(out, d.interfaces);
  tail_fields(out, d, profile);
  write_sized_vector(out, d.interfaces);
  DZ_CHECK(out.unexpressible().empty());
  return std::move(out).take();
}

Result<Device> decode_device(ByteView bytes, const Profile& profile) {
  return decode_account<Device>(bytes, AccountType::Device, "Device",
                                [&](auto& in, Device& d) { device_fields(in, d, profile); });
}

}  // namespace dz::wire
