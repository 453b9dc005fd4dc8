#include "apps/cli/words.h"

#include <fmt/format.h>

namespace dz::cli {
namespace {

std::string health_words(const Profile& profile, RecordKind kind) {
  std::string list;
  for (const auto& [code, health] : profile.health(kind).codes) {
    list += (list.empty() ? "" : ", ") + std::string(spell(profile, kind, health));
  }
  return list;
}

// "what is wanted: activated, drained (v0.34); activated, hard-drained (rfc)"
template <typename WordsOf>
std::string help_with(const std::string& help, WordsOf words_of_profile) {
  std::string text = help + ": ";
  bool first = true;
  for (const auto* profile : all_profiles()) {
    text += fmt::format("{}{} ({})", first ? "" : "; ", words_of_profile(*profile), profile->name);
    first = false;
  }
  return text;
}

Result<Health> parse_any_health(RecordKind kind, std::string_view text) {
  std::string known;
  for (const auto* profile : all_profiles()) {
    if (const auto health = parse_health(*profile, kind, text)) return health;
    known += fmt::format("{}{} ({})", known.empty() ? "" : "; ", health_words(*profile, kind), profile->name);
  }
  return refused(fmt::format("expected one of {}; found '{}'", known, text.substr(0, 60)));
}

template <typename Word>
Result<void> check_word(const CodeTable<Word>& table, std::string_view flag, const std::optional<Word>& word) {
  if (!word || table.code(*word)) return {};
  return refused(fmt::format("{} '{}': this ledger has no such word, but {}", flag, to_text(*word), words_in(table)));
}

}  // namespace

Declared declare_status(Options& options, std::optional<Status>& target, RecordKind kind, const std::string& help) {
  return options.parsed("--status", target,
                        help_with(help, [kind](const Profile& p) { return words_in(p.status(kind)); }),
                        parse_word<Status>);
}

Declared declare_desired(Options& options, std::optional<DesiredStatus>& target, RecordKind kind,
                         const std::string& help) {
  return options.parsed("--desired-status", target,
                        help_with(help, [kind](const Profile& p) { return words_in(p.desired(kind)); }),
                        parse_word<DesiredStatus>);
}

Declared declare_health(Options& options, std::optional<Health>& target, RecordKind kind, const std::string& help) {
  return options.parsed("--health", target, help_with(help, [kind](const Profile& p) { return health_words(p, kind); }),
                        [kind](std::string_view text) { return parse_any_health(kind, text); });
}

Result<void> check_words(const Profile& profile, RecordKind kind, const LedgerWords& words) {
  DZ_TRY(check_word(profile.status(kind), "--status", words.status));
  DZ_TRY(check_word(profile.desired(kind), "--desired-status", words.desired_status));
  if (!words.health || profile.health(kind).code(*words.health)) return {};
  return refused(fmt::format("--health '{}': this ledger has no such word for a {}, but {}", to_text(*words.health),
                             to_text(kind), health_words(profile, kind)));
}

const Profile& shown_profile(const Snapshot& snapshot) {
  return snapshot.profile != nullptr ? *snapshot.profile : *all_profiles().front();
}

Status out_of_service(const Profile& profile, RecordKind kind) {
  return profile.status(kind).code(Status::HardDrained) ? Status::HardDrained : Status::Drained;
}

bool has_soft_drain(const Profile& profile, RecordKind kind) {
  return profile.status(kind).code(Status::SoftDrained).has_value();
}

}  // namespace dz::cli
