// Interface names: one interface is spelled differently by people, by the ledger and by EOS telemetry.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace dz {

// The ledger's spelling: shorthand expanded (et, sw, lo, po, vl), lower-cased, first letter capital
// ("Port-channel1", "Ethernet1/1.100"). Accepted: EthernetN[/N...], SwitchN/N/N, LoopbackN, Port-ChannelN, VlanN,
// each with an optional .N. Refused otherwise.
Result<std::string> normalise_interface_name(std::string_view name);

// Case-folded key under which all spellings of one interface meet ("port-channel1000").
std::string interface_key(std::string_view name);

// "Switch1/1/1.1004" -> "Switch1/1/1"; a name without a sub-interface is its own parent.
std::string_view parent_port(std::string_view name);
inline bool is_sub_interface(std::string_view name) { return parent_port(name).size() != name.size(); }

}  // namespace dz
