#include <fmt/format.h>

#include "lifecycle/table.h"

namespace dz::lifecycle {
namespace {

// The words of a set in the order of a ledger's numbers; "any" when the ledger has no other.
template <typename Word, typename Spell>
std::string list_of(const WordSet<Word>& set, const CodeTable<Word>& table, const Spell& spelling) {
  std::string text;
  std::size_t count = 0;
  for (const auto& [code, word] : table.codes) {
    if (!set.contains(word)) continue;
    text += (text.empty() ? "" : ", ") + std::string(spelling(word));
    ++count;
  }
  return count == table.codes.size() ? "any" : text;
}

std::string state_name(Status status) {
  std::string name(to_text(status));
  for (auto& c : name) c = c == '-' ? '_' : c;
  return name;
}

// One kind of record of one profile.
struct Page {
  const Profile& profile;
  RecordKind kind;

  std::string from(const Transition& row) const { return list_of(row.from, profile.status(kind), text<Status>); }
  std::string desired(const Transition& row) const {
    return list_of(row.desired, profile.desired(kind), text<DesiredStatus>);
  }
  std::string health(const Transition& row) const {
    return list_of(row.health, profile.health(kind), [&](Health h) { return spell(profile, kind, h); });
  }
  template <typename Word>
  static std::string_view text(Word word) {
    return to_text(word);
  }
};

std::string_view proof(Needs needs) {
  switch (needs) {
    case Needs::Nothing: return "";
    case Needs::OwnHealth: return "health written by a health authority";
    case Needs::Undrain: return "an undrain, judged anew";
  }
  return "";
}

std::string table_of(const Page& page) {
  const auto rows = page.profile.lifecycle(page.kind);
  bool proofs = false;
  for (const auto& row : rows) proofs |= row.needs != Needs::Nothing;
  std::string table = proofs ? "| status | desired_status | health | next status | needs |\n|---|---|---|---|---|\n"
                             : "| status | desired_status | health | next status |\n|---|---|---|---|\n";
  for (const auto& row : rows) {
    table += fmt::format("| {} | {} | {} | {} |", page.from(row), page.desired(row), page.health(row), to_text(row.to));
    table += proofs ? fmt::format(" {} |\n", proof(row.needs)) : "\n";
  }
  return table;
}

std::string diagram_edges(const Page& page, const WordSet<Status>& deletable) {
  std::string edges;
  for (const auto& row : page.profile.lifecycle(page.kind)) {
    const auto health = page.health(row);
    for (const auto& [code, from] : page.profile.status(page.kind).codes) {
      if (!row.from.contains(from)) continue;
      edges += fmt::format("  {} --> {}: wanted {}{}\n", state_name(from), state_name(row.to), page.desired(row),
                           health == "any" ? "" : ", health " + health);
    }
  }
  for (const auto& [code, status] : page.profile.status(page.kind).codes) {
    if (deletable.contains(status)) edges += fmt::format("  {} --> [*]: delete\n", state_name(status));
  }
  return edges;
}

std::string rfc_section() {
  const auto& rfc = rfc_profile();
  return "## The RFC's network (profile rfc)\n\n"
         "One table for links and devices. The activator moves `status` along it and along nothing else; the ledger\n"
         "program refuses every other move by the activator's key. What is not in the table stays.\n\n" +
         table_of({rfc, RecordKind::Link}) +
         "\n```mermaid\nstateDiagram-v2\n  [*] --> hard_drained: device or WAN link created\n"
         "  [*] --> soft_drained: WAN link created with --status soft-drained\n"
         "  [*] --> requested: DZX link created\n  requested --> hard_drained: side Z accepts\n" +
         diagram_edges({rfc, RecordKind::Link}, rfc.link_deletable) +
         "```\n\n"
         "Besides the table, people move a record directly: its contributor from activated, soft-drained or "
         "hard-drained to\n"
         "a drained status, the foundation between all three; either way `desired_status` becomes the same word in the "
         "same\n"
         "instruction. A record that leaves activated becomes impaired, and a record that is not activated and "
         "healthy\n"
         "becomes impaired when `desired_status` turns to activated, so nothing returns on an old judgement.\n";
}

std::string live_section() {
  const auto& live = v034_profile();
  return "\n## The live network (profile v0.34)\n\n"
         "The program moves nothing by itself and guards nothing: creation forces health to ready, either side writes "
         "any\n"
         "status, a drain by hand leaves `desired_status` activated. So a row may need proof from the "
         "record's transaction history:\n"
         "that a health authority wrote the health, or that after the drain `desired_status` was turned from a "
         "drained\n"
         "word to activated and the record was judged not ready, then ready, after that. Without proof the record is\n"
         "listed as drained by hand and left alone.\n\n### Links\n\n" +
         table_of({live, RecordKind::Link}) + "\n```mermaid\nstateDiagram-v2\n" +
         diagram_edges({live, RecordKind::Link}, live.link_deletable) + "```\n\n### Devices\n\n" +
         table_of({live, RecordKind::Device}) + "\n```mermaid\nstateDiagram-v2\n" +
         diagram_edges({live, RecordKind::Device}, live.device_deletable) + "```\n";
}

}  // namespace

std::string render_state_machine() {
  return "# State machine of links and devices\n\n"
         "<!-- Generated from the profiles of src/domain by `./dev docs`; a test compares. Do not edit. -->\n\n" +
         rfc_section() + live_section();
}

}  // namespace dz::lifecycle
