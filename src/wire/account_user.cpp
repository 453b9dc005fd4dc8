// Users and access passes.
#include "wire/account_user.h"

#include "wire/account_reading.h"

namespace dz::wire {
namespace {

template <typename Io, typename T>
void user_fields(Io& io, T& r) {
  io(r.owner, r.index, r.bump, r.type, r.tenant, r.device, r.cyoa, r.client_ip, r.dz_ip, r.tunnel_id, r.tunnel_net);
  io(r.status, r.publishers, r.subscribers, r.validator, r.tunnel_endpoint, r.tunnel_flags);
  io(r.bgp_status, r.last_bgp_up_at, r.last_bgp_reported_at, r.bgp_rtt_ns, r.feeds);
}

template <typename Io, typename T>
void access_pass_fields(Io& io, T& r) {
  io(r.owner, r.bump, r.type, r.client_ip, r.user_payer, r.last_access_epoch, r.connection_count, r.status);
  io(r.publisher_allowlist, r.subscriber_allowlist, r.flags, r.tenant_allowlist);
  io(r.unicast_user_count, r.max_unicast_users, r.multicast_user_count, r.max_multicast_users);
}

}  // namespace

void write_borsh(BorshWriter& out, const FeedSeat& s) {
  out(s.feed, s.max_users, s.max_future_users, s.current_users, s.anniversary_day, s.window_end, s.terminates_at);
}

bool read_borsh(BorshCursor& in, FeedSeat& s) {
  return in.get(s.feed) && in.get(s.max_users) && in.get(s.max_future_users) && in.get(s.current_users) &&
         in.get(s.anniversary_day) && in.get(s.window_end) && in.get(s.terminates_at);
}

void write_borsh(BorshWriter& out, const AccessPassType& type) {
  out(type.kind);
  switch (type.kind) {
    case AccessPassKind::Prepaid: return;
    case AccessPassKind::SolanaValidator:
    case AccessPassKind::SolanaRpc: return out(type.node);
    case AccessPassKind::Others: return out(type.name, type.key);
    case AccessPassKind::EdgeSeat: return out(type.seats);
  }
}

bool read_borsh(BorshCursor& in, AccessPassType& type) {
  type = {};
  if (!in.get(type.kind)) return false;
  switch (type.kind) {
    case AccessPassKind::Prepaid: return true;
    case AccessPassKind::SolanaValidator:
    case AccessPassKind::SolanaRpc: return in.get(type.node);
    case AccessPassKind::Others: return in.get(type.name) && in.get(type.key);
    case AccessPassKind::EdgeSeat: return in.get(type.seats);
  }
  return false;
}

Bytes encode(const User& r) {
  BorshWriter out;
  out(static_cast<std::uint8_t>(AccountType::User));
  user_fields(out, r);
  return std::move(out).take();
}

Bytes encode(const AccessPass& r) {
  BorshWriter out;
  out(static_cast<std::uint8_t>(AccountType::AccessPass));
  access_pass_fields(out, r);
  return std::move(out).take();
}

Result<User> decode_user(ByteView bytes) {
  return decode_account<User>(bytes, AccountType::User, "User", [](auto& io, auto& r) { user_fields(io, r); });
}
Result<AccessPass> decode_access_pass(ByteView bytes) {
  return decode_account<AccessPass>(bytes, AccountType::AccessPass, "AccessPass",
                                    [](auto& io, auto& r) { access_pass_fields(io, r); });
}

}  // namespace dz::wire
