// A profile is data: the numbers that the words have on a ledger, and the program version that names it. The
// numbers are on the ledger and never change.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "domain/records.h"
#include "domain/words.h"

namespace dz {

template <typename Word>
struct CodeTable {
  std::span<const std::pair<std::uint8_t, Word>> codes;
  Word missing;  // an account that ends before the field
  Word invalid;  // a number that is not in the table

  // Nothing when the number names no word.
  constexpr std::optional<Word> word(std::uint8_t code) const {
    for (const auto& [number, value] : codes) {
      if (number == code) return value;
    }
    return std::nullopt;
  }
  // Nothing when this ledger cannot express the word.
  constexpr std::optional<std::uint8_t> code(Word word) const {
    for (const auto& [number, value] : codes) {
      if (value == word) return number;
    }
    return std::nullopt;
  }
};

struct Profile {
  std::string_view name;  // "rfc"
  Version version;        // what ProgramConfig says
  Version min_compatible_version;
  CodeTable<Status> link_status;
  CodeTable<Status> device_status;
  CodeTable<DesiredStatus> desired_status;
  CodeTable<Health> health;
};

const Profile& rfc_profile();

// By ProgramConfig.version. Unsupported, with what to do, when no profile speaks that version.
Result<const Profile*> recognise_profile(const Version& version);

}  // namespace dz
