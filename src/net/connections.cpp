#include "net/connections.h"

#include <algorithm>
#include <utility>

#include <boost/asio/ip/address.hpp>

namespace dz::net {

namespace ip = boost::asio::ip;

std::string_view to_text(TurnedAway why) {
  switch (why) {
    case TurnedAway::TooMany: return "too_many";
    case TurnedAway::TooManyOfPeer: return "too_many_of_peer";
    case TurnedAway::GaveWay: return "gave_way";
    case TurnedAway::Unread: return "unread";
    case TurnedAway::NoRoom: return "no_room";
    case TurnedAway::TooSlow: return "too_slow";
    case TurnedAway::Fragments: return "fragments";
    case TurnedAway::Malformed: return "malformed";
    case TurnedAway::TooLong: return "too_long";
    case TurnedAway::Failed: return "failed";
    case TurnedAway::OutOfMemory: return "out_of_memory";
  }
  return "";
}

std::string peer_of(const std::string& address) {
  boost::system::error_code error;
  const auto parsed = ip::make_address(address, error);
  if (error || parsed.is_loopback()) return {};
  if (parsed.is_v4()) return address;
  auto six = parsed.to_v6();
  if (six.is_v4_mapped()) return peer_of(ip::make_address_v4(ip::v4_mapped, six).to_string());
  auto bytes = six.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return ip::address_v6(bytes).to_string();
}

void Connections::allow_at_most(std::size_t connections) {
  limits_.connections = std::min(limits_.connections, connections);
}

std::optional<Connections::Id> Connections::add(const std::string& address, std::function<void()> drop, Duration now) {
  auto peer = peer_of(address);
  const auto found = of_peers_.find(peer);
  if (found != of_peers_.end() && found->second >= limits_.of_peer &&
      !drop_first([&](const Connection& c) { return c.peer == peer; })) {
    count(TurnedAway::TooManyOfPeer);
    return std::nullopt;
  }
  if (open() >= limits_.connections && !give_way()) {
    count(TurnedAway::TooMany);
    return std::nullopt;
  }
  const auto id = ++last_id_;
  if (!peer.empty()) ++of_peers_[peer];
  by_age_.push_back({id, std::move(peer), std::move(drop), now});
  by_id_.emplace(id, std::prev(by_age_.end()));
  return id;
}

void Connections::remove(Id id) {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) forget(found->second);
}

void Connections::finished(Id id, Duration now) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  found->second->since = now;
  by_age_.splice(by_age_.end(), by_age_, found->second);
}

void Connections::busy(Id id, bool is) {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) found->second->busy = is;
}

bool Connections::hold(Id id, std::size_t bytes, Duration now) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return false;
  auto& connection = *found->second;
  if (bytes > limits_.buffers) {
    count(TurnedAway::NoRoom);
    return false;
  }
  // Whoever holds bytes and finished nothing for a while is stuck, and makes room.
  const auto stuck = [&](const Connection& c) { return c.id != id && c.bytes > 0 && now - c.since >= kGrace; };
  while (bytes > connection.bytes && bytes_ - connection.bytes + bytes > limits_.buffers) {
    if (drop_first(stuck)) continue;
    count(TurnedAway::NoRoom);
    return false;
  }
  bytes_ = bytes_ - connection.bytes + bytes;
  connection.bytes = bytes;
  peak_ = std::max(peak_, bytes_);
  return true;
}

bool Connections::give_way() {
  return drop_first([](const Connection&) { return true; });
}

std::size_t Connections::open_of_busiest_peer() const {
  std::size_t most = 0;
  for (const auto& [peer, count] : of_peers_) most = std::max(most, count);
  return most;
}

std::size_t Connections::take_peak() { return std::exchange(peak_, bytes_); }

template <typename Suits>
bool Connections::drop_first(const Suits& suits) {
  const auto found =
      std::find_if(by_age_.begin(), by_age_.end(), [&](const Connection& c) { return !c.busy && suits(c); });
  if (found == by_age_.end()) return false;
  const auto drop = std::move(found->drop);
  forget(found);
  count(TurnedAway::GaveWay);
  drop();
  return true;
}

void Connections::forget(ByAge::iterator it) {
  bytes_ -= it->bytes;
  if (const auto peer = of_peers_.find(it->peer); peer != of_peers_.end() && --peer->second == 0) of_peers_.erase(peer);
  by_id_.erase(it->id);
  by_age_.erase(it);
}

}  // namespace dz::net
