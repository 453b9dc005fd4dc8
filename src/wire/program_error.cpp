#include "wire/program_error.h"

namespace dz::wire {
namespace {

struct Entry {
  ProgramError error;
  std::string_view name;
  std::string_view text;
};

constexpr Entry kErrors[] = {
    {ProgramError::InvalidOwnerPubkey, "InvalidOwnerPubkey",
     "the contributor is not yours: sign with its owner's key, or with a key of the foundation"},
    {ProgramError::InvalidLocationPubkey, "InvalidLocationPubkey",
     "the location account is not the one of the record: read the record again and repeat"},
    {ProgramError::InvalidExchangePubkey, "InvalidExchangePubkey",
     "the exchange account is not the one of the record: read the record again and repeat"},
    {ProgramError::InvalidDeviceAPubkey, "InvalidDeviceAPubkey",
     "the account given as side A is not the link's device there: read the link again and repeat"},
    {ProgramError::InvalidDeviceZPubkey, "InvalidDeviceZPubkey",
     "the account given as side Z is not the link's device there: read the link again and repeat"},
    {ProgramError::InvalidDevicePubkey, "InvalidDevicePubkey",
     "two different devices are expected, and those of the record: name each device once"},
    {ProgramError::InvalidStatus, "InvalidStatus",
     "the status of the record does not allow this: look at it and bring it there first"},
    {ProgramError::NotAllowed, "NotAllowed",
     "the signing key may not do this: sign with the record's contributor, the authority for this field, or the "
     "foundation"},
    {ProgramError::InvalidAccountType, "InvalidAccountType",
     "an account is of another kind than this instruction needs: check the addresses"},
    {ProgramError::InvalidContributorPubkey, "InvalidContributorPubkey",
     "the contributor account is not the one of the record: read the record again and repeat"},
    {ProgramError::InvalidInterfaceVersion, "InvalidInterfaceVersion",
     "the interface is stored in a version that this program does not know: use a newer client"},
    {ProgramError::InvalidInterfaceName, "InvalidInterfaceName",
     "no such interface name: expected a name of the device such as Ethernet1/1, Switch1/1/1, Port-channel1, Loopback0 "
     "or Vlan10"},
    {ProgramError::ReferenceCountNotZero, "ReferenceCountNotZero",
     "other records still refer to this one: remove or move them first"},
    {ProgramError::InvalidContributor, "InvalidContributor",
     "a device of the link belongs to another contributor: use the contributor's own device, or create a DZX link"},
    {ProgramError::InvalidInterfaceZForExternal, "InvalidInterfaceZForExternal",
     "side Z of a DZX link names its interface when it accepts: leave it out here"},
    {ProgramError::InvalidIndex, "InvalidIndex", "the index is not one of those expected here: use 1 or 2"},
    {ProgramError::DeviceAlreadySet, "DeviceAlreadySet",
     "this seat of the exchange is taken: remove the device there first"},
    {ProgramError::DeviceNotSet, "DeviceNotSet", "this seat of the exchange is empty: there is nothing to remove"},
    {ProgramError::InvalidAccountCode, "InvalidAccountCode",
     "a code has letters, digits, ':', '_' and '-' only: choose another"},
    {ProgramError::MaxUsersExceeded, "MaxUsersExceeded",
     "the device has as many users as it may have: choose another, or raise its max_users"},
    {ProgramError::InvalidLastAccessEpoch, "InvalidLastAccessEpoch",
     "the last epoch of an access pass has to be 0 or one that is not over"},
    {ProgramError::Unauthorized, "Unauthorized",
     "the access pass is not for this key, address or administrator, or the payer did not sign"},
    {ProgramError::InvalidSolanaPubkey, "InvalidSolanaPubkey", "a pass for a validator or an RPC node names its key"},
    {ProgramError::InterfaceNotFound, "InterfaceNotFound",
     "the device has no interface of that name: look at its list of interfaces"},
    {ProgramError::AccessPassUnauthorized, "AccessPassUnauthorized",
     "the access pass has run out: ask for another epoch"},
    {ProgramError::InvalidClientIp, "InvalidClientIp", "the address of the user has to be routable on the internet"},
    {ProgramError::InvalidDzIp, "InvalidDzIp",
     "the address that the user gets has to be routable on the internet: correct the dz prefixes"},
    {ProgramError::InvalidTunnelNet, "InvalidTunnelNet",
     "the tunnel network has to be a private one (RFC 1918) for a link, a link-local one (169.254/16) for a user: "
     "correct "
     "the block"},
    {ProgramError::InvalidTunnelId, "InvalidTunnelId",
     "the tunnel id has to be at most 1024 for a link, 4595 for a user: free some ids first"},
    {ProgramError::InvalidTunnelIp, "InvalidTunnelIp",
     "the tunnel address does not belong to the tunnel network: read the link again and repeat"},
    {ProgramError::InvalidBandwidth, "InvalidBandwidth",
     "the bandwidth has to be 10 to 400 Gbps for a link, not above that of its interfaces, and set for an edge "
     "interface"},
    {ProgramError::InvalidDelay, "InvalidDelay", "the delay has to be 0.01 to 1000 ms round trip"},
    {ProgramError::InvalidJitter, "InvalidJitter", "the jitter has to be 0.01 to 1000 ms"},
    {ProgramError::CodeTooLong, "CodeTooLong", "a code or VRF name has at most 32 characters: shorten it"},
    {ProgramError::NoDzPrefixes, "NoDzPrefixes", "a device needs at least one dz prefix: give one, such as a /29"},
    {ProgramError::InvalidLocation, "InvalidLocation", "a device needs a location: name one that exists"},
    {ProgramError::InvalidExchange, "InvalidExchange", "a device needs an exchange: name one that exists"},
    {ProgramError::InvalidDzPrefix, "InvalidDzPrefix",
     "every dz prefix has to be routable on the internet: replace the private one"},
    {ProgramError::NameTooLong, "NameTooLong", "a name has at most 64 characters (a topology's 32): shorten it"},
    {ProgramError::InvalidLatitude, "InvalidLatitude", "the latitude has to be -90 to 90 degrees"},
    {ProgramError::InvalidLongitude, "InvalidLongitude", "the longitude has to be -180 to 180 degrees"},
    {ProgramError::InvalidLocId, "InvalidLocId", "the location id is not a valid one: leave it out or correct it"},
    {ProgramError::InvalidCountryCode, "InvalidCountryCode", "the country has to be its two-letter code, such as NL"},
    {ProgramError::InvalidLocalAsn, "InvalidLocalAsn", "the local ASN has to be 1 to 4294967294"},
    {ProgramError::InvalidRemoteAsn, "InvalidRemoteAsn", "the remote ASN has to be 1 to 4294967294"},
    {ProgramError::InvalidMtu, "InvalidMtu", "the mtu has to be 9000, or 1500 for CYOA and DIA interfaces"},
    {ProgramError::InvalidInterfaceIp, "InvalidInterfaceIp",
     "this interface may not have that address: CYOA needs one, other ports have one only with DIA or as user tunnel "
     "endpoint"},
    {ProgramError::InvalidInterfaceIpNet, "InvalidInterfaceIpNet",
     "the address of the interface is not a valid network: give it as address/prefix"},
    {ProgramError::InvalidVlanId, "InvalidVlanId", "the vlan id has to be 0 to 4094"},
    {ProgramError::InvalidMaxBandwidth, "InvalidMaxBandwidth", "the maximum bandwidth is not a valid one: correct it"},
    {ProgramError::InvalidAccountOwner, "InvalidAccountOwner",
     "an account given here is not the one that the link names: read the link again and repeat"},
    {ProgramError::AccessPassNotFound, "AccessPassNotFound",
     "there is no access pass for this address and key: have one set"},
    {ProgramError::InvalidBgpCommunity, "InvalidBgpCommunity",
     "the BGP community has to be 10000 to 10999, and none is left to hand out beyond"},
    {ProgramError::InterfaceAlreadyExists, "InterfaceAlreadyExists",
     "the device has an interface of that name: update or delete that one"},
    {ProgramError::InvalidInterfaceType, "InvalidInterfaceType", "this cannot be done with an interface of that type"},
    {ProgramError::InvalidLoopbackType, "InvalidLoopbackType",
     "the loopback type cannot be taken away: choose another type"},
    {ProgramError::InvalidMinCompatibleVersion, "InvalidMinCompatibleVersion",
     "the minimum version may not be above the program's own"},
    {ProgramError::InvalidActualLocation, "InvalidActualLocation",
     "the device is not at the location given as the old one: read the device again and repeat"},
    {ProgramError::InvalidUserPubkey, "InvalidUserPubkey",
     "the user account is not at the address of this client address and type"},
    {ProgramError::InvalidPublicIp, "InvalidPublicIp",
     "the public address has to be routable on the internet and outside the device's own dz prefixes"},
    {ProgramError::AllocationFailed, "AllocationFailed",
     "the pool has no room left for this, or what was asked for is taken: ask for another, or enlarge the pool"},
    {ProgramError::SerializationFailure, "SerializationFailure", "the record could not be written: report this"},
    {ProgramError::InvalidArgument, "InvalidArgument",
     "the arguments do not fit the accounts or each other: use a client of this program's version"},
    {ProgramError::InvalidFoundationAllowlist, "InvalidFoundationAllowlist",
     "the foundation allowlist may not become empty, and nobody removes the own key: let another member do it"},
    {ProgramError::Deprecated, "Deprecated",
     "this instruction is no longer served: use a client of this program's version"},
    {ProgramError::ImmutableField, "ImmutableField",
     "this can be set once only: blocks from which others have allocated do not change"},
    {ProgramError::CyoaRequiresPhysical, "CyoaRequiresPhysical",
     "CYOA is for physical interfaces only: choose another interface"},
    {ProgramError::DeviceHasInterfaces, "DeviceHasInterfaces", "the device still has interfaces: delete them first"},
    {ProgramError::AccessPassInUse, "AccessPassInUse", "users are connected with this access pass: delete them first"},
    {ProgramError::InvalidTenantPubkey, "InvalidTenantPubkey", "there is no such tenant"},
    {ProgramError::TenantNotInAccessPassAllowlist, "TenantNotInAccessPassAllowlist",
     "the access pass is for other tenants"},
    {ProgramError::InvalidTunnelEndpoint, "InvalidTunnelEndpoint",
     "the tunnel endpoint has to be routable on the internet"},
    {ProgramError::MaxUnicastUsersExceeded, "MaxUnicastUsersExceeded",
     "the device has as many unicast users as it may have: choose another, or raise its max_unicast_users"},
    {ProgramError::MaxMulticastSubscribersExceeded, "MaxMulticastSubscribersExceeded",
     "the device has as many multicast subscribers as it may have: choose another, or raise its "
     "max_multicast_subscribers"},
    {ProgramError::InterfaceHasEdgeAssignment, "InterfaceHasEdgeAssignment",
     "the interface serves CYOA or DIA, or a link: it cannot serve both"},
    {ProgramError::FeatureNotEnabled, "FeatureNotEnabled", "this is switched off on this ledger"},
    {ProgramError::MaxMulticastPublishersExceeded, "MaxMulticastPublishersExceeded",
     "the device has as many multicast publishers as it may have: choose another, or raise its "
     "max_multicast_publishers"},
    {ProgramError::ArithmeticOverflow, "ArithmeticOverflow",
     "a counter would overflow or fall below zero: report this"},
    {ProgramError::InvalidName, "InvalidName",
     "a topology's name starts with a letter and has letters, digits and '-' only"},
    {ProgramError::InvalidDeviceTunnelBlock, "InvalidDeviceTunnelBlock",
     "the device tunnel block has to be private (RFC 1918) or link-local"},
    {ProgramError::AccessPassMaxUnicastUsersExceeded, "AccessPassMaxUnicastUsersExceeded",
     "the access pass has as many unicast users as it may have: have it raised"},
    {ProgramError::AccessPassMaxMulticastUsersExceeded, "AccessPassMaxMulticastUsersExceeded",
     "the access pass has as many multicast users as it may have: have it raised"},
    {ProgramError::NotAlongLifecycle, "NotAlongLifecycle",
     "status may not go there from where it is: the activator moves it only along the lifecycle table, which needs "
     "desired_status and, to activate, health healthy"},
    {ProgramError::NotAContributorsStatus, "NotAContributorsStatus",
     "a contributor only drains: to come back, set desired_status to activated and let health and the activator do the "
     "rest"},
    {ProgramError::NotInService, "NotInService",
     "status moves only between activated, soft-drained and hard-drained: a record elsewhere has to be accepted first, "
     "or can only be deleted"},
    {ProgramError::DesiredStatusDiffers, "DesiredStatusDiffers",
     "status and desired_status were given and do not say the same: give one of them, or the same word twice"},
    {ProgramError::HeldByOtherSide, "HeldByOtherSide",
     "the other side of this DZX link keeps it drained: only that side can clear its hold"},
    {ProgramError::AlreadyInitialized, "AlreadyInitialized",
     "this ledger is initialized; that happens once, so there is nothing to do"},
    {ProgramError::InterfaceInUse, "InterfaceInUse",
     "an interface belongs to one link at most, and a linked one stays: delete its link first, or choose another "
     "interface"},
    {ProgramError::DeviceAcceptsNoUsers, "DeviceAcceptsNoUsers",
     "the device is not activated and takes no new users: wait until it is, or choose another device"},
    {ProgramError::NotDrained, "NotDrained",
     "only what is hard-drained, or never was in service, can be deleted: hard-drain it first"},
    {ProgramError::DeviceHasUsers, "DeviceHasUsers", "the device still has users: wait until they have left"},
    {ProgramError::ExchangeDeviceMismatch, "ExchangeDeviceMismatch",
     "the device at this seat of the exchange is another one: name that device"},
    {ProgramError::ManagedPool, "ManagedPool",
     "this pool is kept by the program for its links and devices: it is not changed by hand"},
    {ProgramError::ResourceInUse, "ResourceInUse", "something is still allocated from this pool: free it first"},
    {ProgramError::JudgedOtherwise, "JudgedOtherwise",
     "the record changed after it was judged: read it again and judge again"},
    {ProgramError::InterfaceStatusNotSettable, "InterfaceStatusNotSettable",
     "only CYOA and DIA ports are set activated or unlinked: link ports follow their link, loopbacks are always "
     "activated"},
    {ProgramError::InvariantViolated, "InvariantViolated",
     "the transaction would have left the ledger in contradiction with itself and was undone: report this"},
};

const Entry* find(ProgramError error) {
  for (const auto& entry : kErrors) {
    if (entry.error == error) return &entry;
  }
  return nullptr;
}

}  // namespace

std::string_view name_of(ProgramError error) {
  const auto* entry = find(error);
  return entry != nullptr ? entry->name : "";
}

std::string_view text_of(ProgramError error) {
  const auto* entry = find(error);
  return entry != nullptr ? entry->text : "";
}

std::optional<ProgramError> program_error(std::uint32_t code) {
  const auto error = static_cast<ProgramError>(code);
  if (find(error) == nullptr) return std::nullopt;
  return error;
}

std::string_view text_of(TelemetryError error) {
  switch (error) {
    case TelemetryError::UnauthorizedAgent:
      return "only the agent that the samples belong to writes them, a device's is its metrics publisher: sign with "
             "that "
             "key";
    case TelemetryError::DeviceNotReady: return "a device of the link is in a status that takes no samples";
    case TelemetryError::LinkNotReady: return "the link is in a status that takes no samples";
    case TelemetryError::InvalidLink: return "the link does not join exactly these two devices: check the accounts";
    case TelemetryError::AccountFull:
      return "the account holds at most 35000 samples, of the internet 3000: go on in the next epoch";
    case TelemetryError::InvalidAccountType: return "the account holds samples of another kind: check the address";
    case TelemetryError::InvalidAccountOwner: return "the account is not the telemetry program's: check the address";
    case TelemetryError::InvalidAddress:
      return "the samples account is not at the address of this direction, link or pair of exchanges, and epoch";
    case TelemetryError::AccountAlreadyExists: return "the samples account exists: write to it";
    case TelemetryError::AccountDoesNotExist: return "the samples account does not exist: initialize it first";
    case TelemetryError::InvalidSamplingInterval: return "the sampling interval has to be above 0";
    case TelemetryError::TooManySamples: return "one write carries at most 2560 samples: split it";
    case TelemetryError::ExchangeNotReady: return "an exchange is in a status that takes no samples";
    case TelemetryError::DataProviderNameTooLong: return "a data provider's name has at most 32 bytes: shorten it";
    case TelemetryError::SameExchange: return "the two exchanges are the same: name two";
    case TelemetryError::NoSamples: return "a write carries at least one sample";
  }
  return "";
}

}  // namespace dz::wire
