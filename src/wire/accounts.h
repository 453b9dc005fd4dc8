// Accounts as bytes: docs/formats/accounts.md. Decoding follows the ledger's own rule: fields are read one by one, a
// missing tail takes defaults, trailing bytes are ignored, an unknown enum number becomes the table's `invalid` word;
// Corrupt only when the account type is another one or an inner length contradicts itself.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "domain/profile.h"
#include "domain/records.h"
#include "domain/users.h"

namespace dz::wire {

enum class AccountType : std::uint8_t {
  None = 0,
  GlobalState = 1,
  GlobalConfig = 2,
  Location = 3,
  Exchange = 4,
  Device = 5,
  Link = 6,
  User = 7,
  MulticastGroup = 8,
  ProgramConfig = 9,
  Contributor = 10,
  AccessPass = 11,
  ResourceExtension = 12,
  Tenant = 13,
  Permission = 15,
  Index = 16,
  Topology = 17,
  Feed = 18
};

// Byte 0; None for no bytes or an unknown number.
AccountType account_type(ByteView account);
std::string_view to_text(AccountType type);  // "link", "access-pass"

// Where in an account of the type its code stands, four bytes of length before it: so that one can be found by its code
// without reading the rest. None: the type has no code, or it has no fixed place.
std::optional<std::size_t> code_offset(AccountType type);

Bytes encode(const ProgramConfig&);
Bytes encode(const GlobalState&);
Bytes encode(const GlobalConfig&);
Bytes encode(const Location&);
Bytes encode(const Exchange&);
Bytes encode(const Contributor&);
Bytes encode(const Device&, const Profile&);
Bytes encode(const Link&, const Profile&);
Bytes encode(const Permission&);
Bytes encode(const ResourceExtension&);
Bytes encode(const Topology&);
Bytes encode(const Index&);
Bytes encode(const User&);
Bytes encode(const AccessPass&);
Bytes encode(const LatencySamples&);
Bytes encode(const InternetLatencySamples&);

Result<ProgramConfig> decode_program_config(ByteView);
Result<GlobalState> decode_global_state(ByteView);
// False when the allowlists at the head do not decode, of whatever type the account is.
bool has_readable_allowlists(ByteView global_state);
Result<GlobalConfig> decode_global_config(ByteView);
Result<Location> decode_location(ByteView);
Result<Exchange> decode_exchange(ByteView);
Result<Contributor> decode_contributor(ByteView);
Result<Device> decode_device(ByteView, const Profile&);
Result<Link> decode_link(ByteView, const Profile&);
Result<Permission> decode_permission(ByteView);
Result<ResourceExtension> decode_resource_extension(ByteView);
Result<Topology> decode_topology(ByteView);
Result<Index> decode_index(ByteView);
Result<User> decode_user(ByteView);
Result<AccessPass> decode_access_pass(ByteView);
Result<LatencySamples> decode_latency_samples(ByteView);                   // types 3 and 1 (V0)
Result<InternetLatencySamples> decode_internet_latency_samples(ByteView);  // type 4

// Parts of a DeviceLatencySamples account of type 3, for who does not want to read all of it again and again. What
// stands before the samples, and of that what tells whether there are more of them.
inline constexpr std::size_t kLatencySamplesHead = 349;
inline constexpr std::size_t kSamplesProgressAt = 201, kSamplesProgressSize = 20;
inline constexpr std::size_t kSampleSize = 4;
struct SamplesProgress {
  std::uint64_t sampling_interval_us = 0, start_timestamp_us = 0;
  std::uint32_t count = 0;
  bool operator==(const SamplesProgress&) const = default;
};
// Of exactly those bytes.
Result<SamplesProgress> decode_samples_progress(ByteView part);
// Of the bytes before the samples; it has none.
Result<LatencySamples> decode_samples_head(ByteView head);
// The first `count` of the samples that begin there. Corrupt: there are fewer.
Result<std::vector<std::uint32_t>> decode_samples(ByteView samples, std::uint32_t count);

inline constexpr std::size_t kInternetSamplesHead = 257;  // and the name of the data provider
inline constexpr std::size_t kMaxDataProvider = 32;       // bytes of that name

}  // namespace dz::wire
