// Users of the network and the passes that let them in, as plain values, every field of the account included. Byte
// layouts: wire/accounts.h and docs/formats/accounts.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/pubkey.h"
#include "domain/records.h"

namespace dz {

// Any kind of user but a multicast one.
constexpr bool is_unicast(UserType type) { return type != UserType::Multicast; }

inline constexpr std::uint8_t kTunnelFlagCreatedAsPublisher = 1U << 0;

// Somebody who is connected to a device: one for each address and type.
struct User {
  Pubkey owner;            // of whose access pass it is
  AccountIndex index = 0;  // 0 unless the account is at an address of the old kind
  std::uint8_t bump = 0;
  UserType type = UserType::Ibrl;
  Pubkey tenant;  // zero: none
  Pubkey device;
  Cyoa cyoa = Cyoa::None;
  Ipv4 client_ip;  // where it comes from
  Ipv4 dz_ip;      // its address in the network: its own, or one of a dz_prefix of the device
  std::uint16_t tunnel_id = 0;
  NetworkV4 tunnel_net;
  UserStatus status = UserStatus::Activated;
  std::vector<Pubkey> publishers, subscribers;  // multicast groups
  Pubkey validator;
  Ipv4 tunnel_endpoint;  // 0.0.0.0: the device's public address
  std::uint8_t tunnel_flags = 0;
  BgpStatus bgp_status = BgpStatus::Unknown;
  std::uint64_t last_bgp_up_at = 0, last_bgp_reported_at = 0;  // slots
  std::uint64_t bgp_rtt_ns = 0;                                // 0: no sample
  std::vector<Pubkey> feeds;
  bool operator==(const User&) const = default;
};

// A seat that an edge-seat pass has at a feed.
struct FeedSeat {
  Pubkey feed;
  std::uint8_t max_users = 0, max_future_users = 0, current_users = 0;
  std::uint8_t anniversary_day = 0;                // 1 to 31
  std::int64_t window_end = 0, terminates_at = 0;  // unix seconds
  bool operator==(const FeedSeat&) const = default;
};

// What a pass was given for. Of the fields after kind only those of the kind are kept.
struct AccessPassType {
  AccessPassKind kind = AccessPassKind::Prepaid;
  Pubkey node;                  // solana-validator, solana-rpc
  std::string name, key;        // others
  std::vector<FeedSeat> seats;  // edge-seat
  bool operator==(const AccessPassType&) const = default;
};

inline constexpr std::uint8_t kPassFlagLocked = 1U << 0, kPassFlagAllowMultipleIp = 1U << 1;

// Who may connect, from where and until when.
struct AccessPass {
  Pubkey owner;  // who made it
  std::uint8_t bump = 0;
  AccessPassType type;
  Ipv4 client_ip;                       // 0.0.0.0: any
  Pubkey user_payer;                    // who may connect with it
  std::uint64_t last_access_epoch = 0;  // 0: no unicast access
  std::uint16_t connection_count = 0;
  AccessPassStatus status = AccessPassStatus::Requested;
  std::vector<Pubkey> publisher_allowlist, subscriber_allowlist;  // multicast groups
  std::uint8_t flags = 0;
  std::vector<Pubkey> tenant_allowlist;
  // Counted of edge-seat passes only.
  std::uint16_t unicast_user_count = 0, max_unicast_users = 1;
  std::uint16_t multicast_user_count = 0, max_multicast_users = 1;
  bool operator==(const AccessPass&) const = default;
  bool allows_multiple_ip() const { return (flags & kPassFlagAllowMultipleIp) != 0; }
};

// Latency over the internet between two exchanges, as one provider measured it in one epoch (telemetry program).
struct InternetLatencySamples {
  std::uint64_t epoch = 0;
  std::string data_provider;
  Pubkey oracle_agent;  // the only writer
  Pubkey origin_exchange, target_exchange;
  std::uint64_t sampling_interval_us = 0;
  std::uint64_t start_timestamp_us = 0;  // 0 until the first write that names one
  std::vector<std::uint32_t> rtt_us;
  bool operator==(const InternetLatencySamples&) const = default;
};

}  // namespace dz
