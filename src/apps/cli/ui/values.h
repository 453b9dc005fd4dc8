// Values as people write them on the command line, and as tables show them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/network.h"
#include "domain/record_code.h"
#include "wire/keypair.h"

namespace dz::cli {

// "10Gbps", "10 Gbps", "1.5G", "500Kbps", "200bps", any case; a unit is required. In bit/s.
Result<std::uint64_t> parse_bandwidth(std::string_view text);
std::string bandwidth_text(std::uint64_t bits_per_second);  // "1.5Gbps"; exact
// The same within what a link may have; and up to the most that one may have, for ports.
Result<std::uint64_t> parse_link_bandwidth(std::string_view text);
Result<std::uint64_t> parse_port_bandwidth(std::string_view text);

// Round-trip milliseconds, 0.01 to 1000; in ns.
Result<std::uint64_t> parse_delay_ms(std::string_view text);
Result<std::uint64_t> parse_delay_override_ms(std::string_view text);  // 0 clears
std::string delay_text(std::uint64_t ns);                              // "40.00ms"

Result<std::vector<NetworkV4>> parse_networks(std::string_view comma_separated);
std::string networks_text(const std::vector<NetworkV4>& networks);

Result<double> parse_latitude(std::string_view text);
Result<double> parse_longitude(std::string_view text);
Result<bool> parse_bool(std::string_view text);  // true/false, yes/no, 1/0
Result<std::uint64_t> parse_whole_number(std::string_view text, std::uint64_t most);

// Money: 1 credit is 1,000,000,000 lamports.
Result<std::uint64_t> parse_credits(std::string_view text);
std::string credits_text(std::uint64_t lamports);

}  // namespace dz::cli
