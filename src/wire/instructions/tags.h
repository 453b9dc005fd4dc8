// The first byte of instruction data. Numbers are frozen.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace dz::wire {

enum class InstructionTag : std::uint8_t {
  InitGlobalState = 1,
  SetAuthority = 2,
  SetGlobalConfig = 3,
  AddFoundationAllowlist = 4,
  RemoveFoundationAllowlist = 5,
  CreateLocation = 10,
  UpdateLocation = 11,
  SuspendLocation = 12,
  ResumeLocation = 13,
  DeleteLocation = 14,
  CreateExchange = 15,
  UpdateExchange = 16,
  SuspendExchange = 17,
  ResumeExchange = 18,
  DeleteExchange = 19,
  CreateDevice = 20,
  UpdateDevice = 23,
  DeleteDevice = 26,
  CreateLink = 28,
  UpdateLink = 31,
  DeleteLink = 34,
  CreateUser = 36,
  UpdateUser = 39,
  DeleteUser = 42,
  RequestBanUser = 44,
  CreateContributor = 60,
  UpdateContributor = 61,
  SuspendContributor = 62,
  ResumeContributor = 63,
  DeleteContributor = 64,
  SetDeviceExchange = 65,
  AcceptLink = 66,
  SetAccessPass = 67,
  SetAirdrop = 68,
  CloseAccessPass = 69,
  CheckStatusAccessPass = 70,
  CheckUserAccessPass = 71,
  CreateDeviceInterface = 73,
  DeleteDeviceInterface = 74,
  UpdateDeviceInterface = 76,
  SetMinVersion = 79,
  AllocateResource = 80,
  CreateResource = 81,
  DeallocateResource = 82,
  SetDeviceHealth = 83,
  SetLinkHealth = 84,
  CloseResource = 85,
  AddQaAllowlist = 86,
  RemoveQaAllowlist = 87,
  SetFeatureFlags = 94,
  CreatePermission = 97,
  UpdatePermission = 98,
  SuspendPermission = 99,
  ResumePermission = 100,
  DeletePermission = 101,
  CreateIndex = 104,
  DeleteIndex = 105,
  SetUserBgpStatus = 106,
  CreateTopology = 107,
  DeleteTopology = 108,
  ClearTopology = 109,
  AssignTopologyNodeSegments = 110,
  SetAccessPassFlags = 116
};

// Upstream instructions that always fail with Deprecated (67).
bool is_deprecated(std::uint8_t tag);

// Upstream's name of an instruction on what no program of this project keeps: tenants, multicast groups, feeds, users
// at addresses of the old kind. Empty for any other number.
std::string_view unserved_instruction(std::uint8_t tag);

// "SetLinkHealth", as the program logs it; empty for a number that is not above.
std::string_view to_text(InstructionTag tag);

// Nothing for no data or a number that is not above.
std::optional<InstructionTag> instruction_tag(ByteView data);

// The data of an instruction without arguments.
inline Bytes only(InstructionTag tag) { return {static_cast<std::uint8_t>(tag)}; }

enum class TelemetryTag : std::uint8_t {
  InitializeDeviceLatencySamples = 0,
  WriteDeviceLatencySamples = 1,
  InitializeInternetLatencySamples = 2,
  WriteInternetLatencySamples = 3
};

}  // namespace dz::wire
