#include "domain/interface_name.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace dz {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

// "1/1/2": numbers joined by '/', how many; 0 when it is not that.
int number_path(std::string_view text) {
  int count = 0;
  for (;;) {
    const auto slash = text.find('/');
    if (!all_digits(text.substr(0, slash))) return 0;
    ++count;
    if (slash == std::string_view::npos) return count;
    text.remove_prefix(slash + 1);
  }
}

struct Kind {
  std::string_view word;  // long form
  std::string_view shorthand;
  int fewest;  // numbers after the word
  int most;
};
constexpr std::array<Kind, 5> kKinds = {{{"ethernet", "et", 1, 4},
                                         {"switch", "sw", 3, 3},
                                         {"loopback", "lo", 1, 1},
                                         {"port-channel", "po", 1, 1},
                                         {"vlan", "vl", 1, 1}}};

}  // namespace

std::string interface_key(std::string_view name) {
  // Each name of each row comes by here, and std::tolower() asks the locale.
  const auto lower = [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::string key(name);
  std::transform(key.begin(), key.end(), key.begin(), lower);
  return key;
}

std::string_view parent_port(std::string_view name) { return name.substr(0, name.find('.')); }

Result<std::string> normalise_interface_name(std::string_view name) {
  const auto key = interface_key(name);
  const auto port = parent_port(key);
  const auto sub = std::string_view(key).substr(port.size());
  const bool sub_ok = sub.empty() || all_digits(sub.substr(1));
  for (const auto& kind : kKinds) {
    for (const auto word : {kind.word, kind.shorthand}) {
      if (!sub_ok || name.size() > 64 || !port.starts_with(word)) continue;
      const int numbers = number_path(port.substr(word.size()));
      if (numbers < kind.fewest || numbers > kind.most) continue;
      std::string full = std::string(kind.word) + key.substr(word.size());
      full[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(full[0])));
      return full;
    }
  }
  return refused("interface '" + std::string(name.substr(0, 64)) +
                 "': expected EthernetN[/N], SwitchN/N/N, LoopbackN, Port-ChannelN or VlanN, with an optional .N");
}

}  // namespace dz
