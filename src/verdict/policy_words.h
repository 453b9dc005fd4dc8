// How the policy file spells things. Internal to verdict/: reading and writing share it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "verdict/policy.h"

namespace dz::verdict {

// "24h", "390m".
inline std::string span_text(std::chrono::minutes m) {
  return m.count() % 60 == 0 ? fmt::format("{}h", m.count() / 60) : fmt::format("{}m", m.count());
}

// As a window is written: "24h", "200000 slots".
inline std::string window_text(const Window& w) {
  return w.slots == 0 ? span_text(w.length) : fmt::format("{} slots", w.slots);
}

// The shortest text that reads back as the same number, as TOML spells it.
inline std::string number_text(double value) {
  auto text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

inline bool is_of_links(std::string_view id) { return id.starts_with("link."); }

struct TypeWord {
  std::uint8_t bit;
  std::string_view word;
};
inline std::vector<TypeWord> type_words(bool of_links) {
  std::vector<TypeWord> words;
  if (of_links) {
    for (const auto type : {LinkType::Wan, LinkType::Dzx}) words.push_back({type_bit(type), to_text(type)});
  } else {
    for (const auto type : {DeviceType::Hybrid, DeviceType::Transit, DeviceType::Edge})
      words.push_back({type_bit(type), to_text(type)});
  }
  return words;
}

}  // namespace dz::verdict
