#include <fmt/format.h>

#include "lifecycle/table.h"

namespace dz {
namespace {

template <typename Word, std::size_t N>
std::string list_of(const WordSet<Word>& set, const Word (&all)[N]) {
  std::string text;
  std::size_t count = 0;
  for (const Word word : all) {
    if (!set.contains(word)) continue;
    text += (text.empty() ? "" : ", ") + std::string(to_text(word));
    ++count;
  }
  return count == N ? "any" : text;
}

constexpr Status kStatuses[] = {Status::Pending,   Status::Activated,   Status::Deleting,   Status::Rejected,
                                Status::Requested, Status::SoftDrained, Status::HardDrained};
constexpr DesiredStatus kDesired[] = {DesiredStatus::Activated, DesiredStatus::SoftDrained, DesiredStatus::HardDrained,
                                      DesiredStatus::Deleted};
constexpr Health kHealths[] = {Health::Unknown, Health::Pending, Health::Healthy, Health::Impaired};

std::string state_name(Status status) {
  std::string name(to_text(status));
  for (auto& c : name) c = c == '-' ? '_' : c;
  return name;
}

std::string table_rows() {
  std::string rows;
  for (const auto& row : rfc_profile().link_lifecycle) {
    rows += fmt::format("| {} | {} | {} | {} |\n", list_of(row.from, kStatuses), list_of(row.desired, kDesired),
                        list_of(row.health, kHealths), to_text(row.to));
  }
  return rows;
}

std::string diagram_edges() {
  std::string edges;
  for (const auto& row : rfc_profile().link_lifecycle) {
    const auto health = list_of(row.health, kHealths);
    for (const Status from : kStatuses) {
      if (!row.from.contains(from)) continue;
      edges += fmt::format("  {} --> {}: wanted {}{}\n", state_name(from), state_name(row.to),
                           list_of(row.desired, kDesired), health == "any" ? "" : ", health " + health);
    }
  }
  for (const Status status : kStatuses) {
    if (kDeletable.contains(status)) edges += fmt::format("  {} --> [*]: delete\n", state_name(status));
  }
  return edges;
}

}  // namespace

std::string render_state_machine() {
  return "# State machine of links and devices\n\n"
         "<!-- Generated from the profiles of src/domain by `./dev docs`; a test compares. Do not edit. -->\n\n"
         "The activator moves `status` along this table and along nothing else; the ledger program refuses every "
         "other\n"
         "move by the activator's key. What is not in the table stays.\n\n"
         "| status | desired_status | health | next status |\n|---|---|---|---|\n" +
         table_rows() +
         "\n```mermaid\nstateDiagram-v2\n  [*] --> hard_drained: device or WAN link created\n"
         "  [*] --> soft_drained: WAN link created with --status soft-drained\n"
         "  [*] --> requested: DZX link created\n  requested --> hard_drained: side Z accepts\n" +
         diagram_edges() +
         "```\n\n"
         "Besides the table, people move a record directly: its contributor from activated, soft-drained or "
         "hard-drained to\n"
         "a drained status, the foundation between all three; either way `desired_status` becomes the same word in the "
         "same\n"
         "instruction. A record that leaves activated becomes impaired, and a record that is not activated and "
         "healthy\n"
         "becomes impaired when `desired_status` turns to activated, so nothing returns on an old judgement.\n";
}

}  // namespace dz
