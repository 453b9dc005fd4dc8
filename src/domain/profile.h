// A profile is data: the numbers that the words have on a ledger, the rows of its lifecycle, what its program guards
// by itself, and the program versions that name it. The numbers are on the ledger and never change. A profile is picked
// once, by ProgramConfig or by a flag; everything else reads its fields and does not ask which one it is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "domain/records.h"
#include "domain/transition.h"
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

enum class RecordKind : std::uint8_t { Link, Device };
std::string_view to_text(RecordKind kind);  // "link", "device"

struct Profile {
  std::string_view name;  // "rfc", "v0.34"
  Version version;        // what ProgramConfig says
  Version min_compatible_version;
  bool any_patch = false;  // every patch of version is this profile

  CodeTable<Status> link_status, device_status;
  CodeTable<DesiredStatus> link_desired, device_desired;
  CodeTable<Health> link_health, device_health;
  std::string_view link_healthy, device_healthy;  // how people and JSON spell Health::Healthy

  // What the activator moves. Rows are tried in order.
  std::span<const Transition> link_lifecycle, device_lifecycle;
  WordSet<Status> link_deletable, device_deletable;  // statuses from which the program lets a record be deleted

  // The program itself enforces the lifecycle and who writes what, takes a judgement back when a record leaves service
  // or asks to return, and keeps the holds of both sides. Where it does not, the order in which the daemons write does.
  bool guarded = false;
  // SetLinkHealth and SetDeviceHealth may name the state that was judged, and CreateLink a status (ADR 2).
  bool extended_instructions = false;
  // Devices are ready for links before they are ready for users.
  bool device_stages = false;

  std::span<const Transition> lifecycle(RecordKind kind) const {
    return kind == RecordKind::Link ? link_lifecycle : device_lifecycle;
  }
  const CodeTable<Status>& status(RecordKind kind) const {
    return kind == RecordKind::Link ? link_status : device_status;
  }
  const CodeTable<DesiredStatus>& desired(RecordKind kind) const {
    return kind == RecordKind::Link ? link_desired : device_desired;
  }
  const CodeTable<Health>& health(RecordKind kind) const {
    return kind == RecordKind::Link ? link_health : device_health;
  }
};

// The network of the RFC: the default of the embedded ledger.
const Profile& rfc_profile();
// The network that is live: serviceability v0.34.
const Profile& v034_profile();

std::span<const Profile* const> all_profiles();

// By ProgramConfig.version. Unsupported, with what to do, when no profile speaks that version.
Result<const Profile*> recognise_profile(const Version& version);
// By name, as a flag gives it. Refused: the message lists the names.
Result<const Profile*> find_profile(std::string_view name);

// Health as the ledger's people spell it: "healthy", "ready-for-service", "ready-for-users", "impaired".
std::string_view spell(const Profile& profile, RecordKind kind, Health health);
// The other way round; "healthy" is understood everywhere. Refused: the message lists the words this ledger has.
Result<Health> parse_health(const Profile& profile, RecordKind kind, std::string_view text);

// "pending, activated, hard-drained": the words that a table has, for help and messages.
template <typename Word>
std::string words_in(const CodeTable<Word>& table) {
  std::string list;
  for (const auto& [code, word] : table.codes) list += (list.empty() ? "" : ", ") + std::string(to_text(word));
  return list;
}
// A word that this ledger has. Refused: the message lists those it has.
template <typename Word>
Result<Word> parse_word_of(const CodeTable<Word>& table, std::string_view text) {
  const auto word = parse_word<Word>(text);
  if (word && table.code(*word)) return *word;
  return refused("expected one of " + words_in(table) + "; found '" + std::string(text.substr(0, 60)) + "'");
}

}  // namespace dz
