#include "monitor/quorum_settings.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/shown_url.h"
#include "service/api_questions.h"
#include "service/toml_values.h"

namespace dz::monitor {
namespace {

constexpr std::size_t kMostPeers = 31;

Result<QuorumPeer> read_peer(const verdict::TomlReader& reader, const toml::node& node, const std::string& path) {
  QuorumPeer peer;
  std::string key;
  DZ_TRY(reader.table(node, path,
                      {{"name", service::toml_text(reader, peer.name)},
                       {"url", service::toml_text(reader, peer.url)},
                       {"key", service::toml_text(reader, key)}}));
  auto url = service::parse_api_url(std::move(peer.url));
  if (!url) return reader.complain(node, path + ": url: " + url.error().message);
  peer.url = std::move(*url);
  const auto parsed = parse_pubkey(key);
  if (!parsed) return reader.complain(node, path + ": key: " + parsed.error().message);
  peer.key = *parsed;
  return peer;
}

std::string shown_name(const QuorumPeer& peer) { return peer.name.empty() ? to_text(peer.key) : peer.name; }

}  // namespace

void declare_quorum(service::Settings& settings, QuorumSettings& quorum) {
  settings.number({"--quorum-k", "quorum.k"}, quorum.k, {1, kMostPeers + 1},
                  "Monitors that must hold the same before health is raised, this one among them");
  settings.text({"--quorum-keypair", "quorum.keypair"}, quorum.keypair,
                "Key file that opinions are signed with; by default keypair");
}

verdict::TomlReader::Handler quorum_peers(const verdict::TomlReader& reader, std::vector<QuorumPeer>& peers) {
  return [&reader, &peers](const toml::node& node, const std::string& path) -> Result<void> {
    const auto* array = node.as_array();
    if (array == nullptr) return reader.complain(node, path + ": expected a list of tables with url and key");
    for (const auto& entry : *array) {
      DZ_TRY_ASSIGN(auto peer, read_peer(reader, entry, path));
      const auto same = std::find_if(peers.begin(), peers.end(), [&](const QuorumPeer& other) {
        return other.key == peer.key || other.url == peer.url || (!peer.name.empty() && other.name == peer.name);
      });
      if (same != peers.end()) {
        return reader.complain(entry, fmt::format("{}: expected each peer once, found {} a second time: name, url and "
                                                  "key are of one peer each",
                                                  path, shown_name(*same)));
      }
      if (peers.size() == kMostPeers)
        return reader.complain(entry, fmt::format("{}: expected at most {} peers", path, kMostPeers));
      peers.push_back(std::move(peer));
    }
    return {};
  };
}

Result<void> check_quorum(const QuorumSettings& quorum) {
  const auto judges = quorum.peers.size() + 1;
  if (quorum.k >= 1 && quorum.k <= judges) return {};
  return refused(
      fmt::format("quorum.k: expected 1 to {}, the number of judges with this one, found {}: name more in "
                  "quorum.peers, or ask for fewer",
                  judges, quorum.k));
}

Result<quorum::Rules> rules_of(const QuorumSettings& settings, const std::optional<Pubkey>& own) {
  quorum::Rules rules{settings.k, {}};
  for (const auto& peer : settings.peers) rules.judges.insert(peer.key);
  if (!settings.on()) return rules;
  if (!own) {
    return refused(
        "[quorum] is there and no key: expected quorum.keypair, or keypair, to sign this monitor's opinions "
        "with");
  }
  if (!rules.judges.insert(*own).second) {
    return refused(
        fmt::format("quorum.peers: expected the keys of other judges, found this monitor's own {}: two "
                    "monitors with one key are one judge",
                    to_text(*own)));
  }
  return rules;
}

std::string render_quorum(const QuorumSettings& quorum) {
  if (!quorum.on()) return "# quorum: this monitor decides alone\n";
  if (quorum.peers.empty()) return "# quorum: this monitor decides alone, and gives others its opinions\n";
  auto text = fmt::format("# quorum: {} of {} judges\n", quorum.k, quorum.peers.size() + 1);
  for (const auto& peer : quorum.peers)
    text += fmt::format("# judge {} at {}, key {}\n", shown_name(peer), shown_url(peer.url), to_text(peer.key));
  return text;
}

}  // namespace dz::monitor
