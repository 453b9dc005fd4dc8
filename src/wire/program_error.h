// Why the serviceability program refused an instruction: the number in {"Custom": n}. Numbers are frozen. Below 10000
// they are upstream's, those among them that the instructions of this program return; from 10000 they are our own.
// A new one also goes into the table of docs/formats/instructions.md, which a test compares with this one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dz::wire {

enum class ProgramError : std::uint32_t {
  InvalidOwnerPubkey = 1,
  InvalidLocationPubkey = 2,
  InvalidExchangePubkey = 3,
  InvalidDeviceAPubkey = 4,
  InvalidDeviceZPubkey = 5,
  InvalidDevicePubkey = 6,
  InvalidStatus = 7,
  NotAllowed = 8,
  InvalidAccountType = 9,
  InvalidContributorPubkey = 10,
  InvalidInterfaceVersion = 11,
  InvalidInterfaceName = 12,
  ReferenceCountNotZero = 13,
  InvalidContributor = 14,
  InvalidInterfaceZForExternal = 15,
  InvalidIndex = 16,
  DeviceAlreadySet = 17,
  DeviceNotSet = 18,
  InvalidAccountCode = 19,
  MaxUsersExceeded = 20,
  InvalidLastAccessEpoch = 21,
  Unauthorized = 22,
  InvalidSolanaPubkey = 23,
  InterfaceNotFound = 24,
  AccessPassUnauthorized = 25,
  InvalidClientIp = 26,
  InvalidDzIp = 27,
  InvalidTunnelNet = 28,
  InvalidTunnelId = 29,
  InvalidTunnelIp = 30,
  InvalidBandwidth = 31,
  InvalidDelay = 32,
  InvalidJitter = 33,
  CodeTooLong = 34,
  NoDzPrefixes = 35,
  InvalidLocation = 36,
  InvalidExchange = 37,
  InvalidDzPrefix = 38,
  NameTooLong = 39,
  InvalidLatitude = 40,
  InvalidLongitude = 41,
  InvalidLocId = 42,
  InvalidCountryCode = 43,
  InvalidLocalAsn = 44,
  InvalidRemoteAsn = 45,
  InvalidMtu = 46,
  InvalidInterfaceIp = 47,
  InvalidInterfaceIpNet = 48,
  InvalidVlanId = 49,
  InvalidMaxBandwidth = 50,
  InvalidAccountOwner = 52,
  AccessPassNotFound = 53,
  InvalidBgpCommunity = 55,
  InterfaceAlreadyExists = 56,
  InvalidInterfaceType = 57,
  InvalidLoopbackType = 58,
  InvalidMinCompatibleVersion = 59,
  InvalidActualLocation = 60,
  InvalidUserPubkey = 61,
  InvalidPublicIp = 62,
  AllocationFailed = 63,
  SerializationFailure = 64,
  InvalidArgument = 65,
  InvalidFoundationAllowlist = 66,
  Deprecated = 67,
  ImmutableField = 68,
  CyoaRequiresPhysical = 69,
  DeviceHasInterfaces = 70,
  AccessPassInUse = 72,
  InvalidTenantPubkey = 73,
  TenantNotInAccessPassAllowlist = 79,
  InvalidTunnelEndpoint = 80,
  MaxUnicastUsersExceeded = 81,
  MaxMulticastSubscribersExceeded = 82,
  InterfaceHasEdgeAssignment = 83,
  FeatureNotEnabled = 84,
  MaxMulticastPublishersExceeded = 85,
  ArithmeticOverflow = 86,
  InvalidName = 87,
  InvalidDeviceTunnelBlock = 88,
  AccessPassMaxUnicastUsersExceeded = 89,
  AccessPassMaxMulticastUsersExceeded = 90,

  // Our own.
  NotAlongLifecycle = 10000,
  NotAContributorsStatus = 10001,
  NotInService = 10002,
  DesiredStatusDiffers = 10003,
  HeldByOtherSide = 10004,
  AlreadyInitialized = 10005,
  InterfaceInUse = 10006,
  DeviceAcceptsNoUsers = 10007,
  NotDrained = 10008,
  DeviceHasUsers = 10009,
  ExchangeDeviceMismatch = 10011,
  ManagedPool = 10012,
  ResourceInUse = 10013,
  JudgedOtherwise = 10014,
  InterfaceStatusNotSettable = 10015,
  InvariantViolated = 10099
};

// "HeldByOtherSide"
std::string_view name_of(ProgramError error);

// One sentence for people: what was expected and what to do. Upper case, full stop and the particulars are the
// caller's.
std::string_view text_of(ProgramError error);

// Nothing for a number that is not above.
std::optional<ProgramError> program_error(std::uint32_t code);

// Why the telemetry program refused an instruction; a numbering of its own.
enum class TelemetryError : std::uint32_t {
  UnauthorizedAgent = 1001,
  DeviceNotReady = 1002,
  LinkNotReady = 1003,
  InvalidLink = 1004,
  AccountFull = 1006,
  InvalidAccountType = 1007,
  InvalidAccountOwner = 1008,
  InvalidAddress = 1009,
  AccountAlreadyExists = 1010,
  AccountDoesNotExist = 1011,
  InvalidSamplingInterval = 1012,
  TooManySamples = 1013,
  ExchangeNotReady = 1014,
  DataProviderNameTooLong = 1015,
  SameExchange = 1016,
  NoSamples = 1017
};
std::string_view text_of(TelemetryError error);

}  // namespace dz::wire
