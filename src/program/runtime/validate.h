// What every stored record must satisfy, whoever writes it. Run before each write of an account; a record that fails
// is not written. docs/formats/program.md has the limits.
#pragma once

#include <string_view>

#include "domain/records.h"
#include "domain/users.h"
#include "program/runtime/outcome.h"

namespace dz::program {

Check validate(const ProgramConfig& config);
Check validate(const GlobalState& state);
Check validate(const GlobalConfig& config);
Check validate(const Location& location);
Check validate(const Exchange& exchange);
Check validate(const Contributor& contributor);
Check validate(const Device& device);
Check validate(const Link& link);
Check validate(const Permission& permission);
Check validate(const ResourceExtension& pool);
Check validate(const Topology& topology);
Check validate(const Index& index);
Check validate(const User& user);        // validate_users.cpp
Check validate(const AccessPass& pass);  // validate_users.cpp
Check validate(const LatencySamples& samples);
Check validate(const InternetLatencySamples& samples);

// A vlan that there is.
Check check_vlan(const Interface& i);
// A CYOA interface is a physical port.
Check check_cyoa(const Interface& i);

// Letters, digits, ':', '_' and '-'; empty is allowed.
Check check_code(std::string_view code);
// Devices and links: checked and lower-cased.
Outcome<std::string> lower_case_code(std::string_view code);

inline constexpr std::uint32_t kLinkMtu = 9000;
inline constexpr std::uint16_t kEdgeMtu = 1500;
inline constexpr std::uint16_t kFirstBgpCommunity = 10000, kLastBgpCommunity = 10999;

}  // namespace dz::program
