// [quorum] of the monitor's settings: the other judges, and how many have to hold the same before health is raised.
// docs/operating/quorum.md lists every key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/pubkey.h"
#include "base/result.h"
#include "quorum/agreement.h"
#include "service/settings.h"
#include "verdict/toml_reader.h"

namespace dz::monitor {

struct QuorumPeer {
  std::string name;  // for people; empty: its key is its name
  std::string url;   // of its API: http(s), host, port and a path before /api
  Pubkey key;        // that it signs opinions with
  bool operator==(const QuorumPeer&) const = default;
};

struct QuorumSettings {
  std::uint32_t k = 1;  // this monitor among them
  std::string keypair;  // that opinions are signed with; empty: the health authority's
  std::vector<QuorumPeer> peers;
  bool operator==(const QuorumSettings&) const = default;

  // One that has a judge's key and asks nobody gives opinions to those that ask it: an observer beside the writer.
  bool on() const { return k > 1 || !peers.empty() || !keypair.empty(); }
};

void declare_quorum(service::Settings& settings, QuorumSettings& quorum);
// The handler of quorum.peers. Refused, with line: unknown keys, what is no URL or no key, a peer named twice.
verdict::TomlReader::Handler quorum_peers(const verdict::TomlReader& reader, std::vector<QuorumPeer>& peers);

// Refused: k of 0, or more than there are judges.
Result<void> check_quorum(const QuorumSettings& quorum);
// Whose opinions count. Refused: this monitor's key is missing, or a peer's.
Result<quorum::Rules> rules_of(const QuorumSettings& quorum, const std::optional<Pubkey>& own);

// For --check-config.
std::string render_quorum(const QuorumSettings& quorum);

}  // namespace dz::monitor
