// What connections may cost: one, those of one peer, and all of a process together; and who gives way when there is no
// room. One rule: whoever is longest without having finished anything gives way first. Counting only: no socket, no
// clock. Servers of one process share one object, and use it on one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace dz::net {

struct ConnectionLimits {
  std::size_t connections = 1024;                // open at once
  std::size_t of_peer = 256;                     // of one address that is not of this machine
  std::size_t unread = 4U << 20;                 // bytes of texts that wait for one WebSocket reader
  std::size_t buffers = 256U << 20;              // bytes that all hold, of what they send and of what they do not read
  std::size_t fragments = 1024;                  // frames of one WebSocket message
  Duration deadline = std::chrono::seconds{30};  // to send one request or message, and to take one answer
  Duration idle = std::chrono::minutes{2};       // a kept-alive connection without a request is closed after this
};

// Why somebody was refused, or closed before the end.
enum class TurnedAway : std::uint8_t {
  TooMany,  // as many connections as may be, none of which can give way
  TooManyOfPeer,
  GaveWay,      // to another one: it was the longest without having finished anything
  Unread,       // a WebSocket that does not read what it is sent
  NoRoom,       // all connections together hold as many bytes as they may
  TooSlow,      // not a whole request, message or read answer before the deadline
  Fragments,    // a WebSocket message of too many pieces, or too many pings
  Malformed,    // not HTTP
  TooLong,      // headers, trailers, chunk extensions or a body over their limit
  Failed,       // what it sent made a handler fail
  OutOfMemory,  // there was no memory for it
};
inline constexpr std::size_t kTurnedAwayKinds = 11;
std::string_view to_text(TurnedAway why);  // "too_many"

// Whose connection it is when they are counted: an IPv4 address, the first 64 bits of an IPv6 one, which one customer
// has for himself. Empty for this machine, where a proxy may stand for any number of peers; and for what is no address.
std::string peer_of(const std::string& address);

class Connections {
 public:
  using Id = std::uint64_t;
  static constexpr Duration kGrace = std::chrono::seconds{1};  // within which nobody is taken for stuck

  explicit Connections(ConnectionLimits limits) : limits_(limits) {}

  const ConnectionLimits& limits() const { return limits_; }
  void allow_at_most(std::size_t connections);  // whatever the limits say: for a system that has no room for more

  // A new connection; nothing when it is refused. When another one has to give way for it, or for its bytes later,
  // that one is forgotten here and its drop() is called, which closes it.
  std::optional<Id> add(const std::string& address, std::function<void()> drop, Duration now);
  void remove(Id id);  // one that is not known is ignored, here and below
  // It has done something whole: its answer is read, its message was taken. It is the youngest again.
  void finished(Id id, Duration now);
  // Somebody works on its request: it does not give way meanwhile.
  void busy(Id id, bool is);
  // It holds so many bytes from now on. False: there is no room for more, and nothing has changed; or it has given way.
  bool hold(Id id, std::size_t bytes, Duration now);
  // The longest without having finished anything, whoever it is. False: nobody can.
  bool give_way();

  void count(TurnedAway why) { ++turned_away_[static_cast<std::size_t>(why)]; }
  std::uint64_t turned_away(TurnedAway why) const { return turned_away_[static_cast<std::size_t>(why)]; }

  std::size_t open() const { return by_age_.size(); }
  std::size_t open_of_busiest_peer() const;  // of those that are counted by peer
  std::size_t bytes() const { return bytes_; }
  // The most bytes that were held since this was last asked.
  std::size_t take_peak();

 private:
  struct Connection {
    Id id = 0;
    std::string peer;
    std::function<void()> drop;
    Duration since{};  // when it last finished something, or came
    std::size_t bytes = 0;
    bool busy = false;
  };
  using ByAge = std::list<Connection>;  // the longest without having finished anything first

  template <typename Suits>
  bool drop_first(const Suits& suits);
  void forget(ByAge::iterator it);

  ConnectionLimits limits_;
  ByAge by_age_;
  std::unordered_map<Id, ByAge::iterator> by_id_;
  std::map<std::string, std::size_t, std::less<>> of_peers_;  // but those of this machine
  std::size_t bytes_ = 0, peak_ = 0;
  Id last_id_ = 0;
  std::array<std::uint64_t, kTurnedAwayKinds> turned_away_{};
};

}  // namespace dz::net
