#include "apps/cli/ui/words.h"

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

// "activated, hard-drained (rfc); activated, drained (v0.34)"
template <typename WordsOf>
std::string words_by_profile(WordsOf words_of_profile) {
  std::string text;
  for (const auto* profile : all_profiles()) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : "; ", words_of_profile(*profile), profile->name);
  }
  return text;
}

// How an option is written and explained.
struct OptionText {
  std::string name, help;
};

// An option whose value is a word that some ledger has. table_of(profile) -> CodeTable: the words of one ledger.
template <typename Word, typename TableOf>
Declared declare_word(Options& options, const OptionText& text, std::optional<Word>& target, TableOf table_of) {
  const auto known = words_by_profile([table_of](const Profile& p) { return words_in(table_of(p)); });
  return options.parsed(text.name, target, text.help + ": " + known,
                        [table_of, known](std::string_view found) -> Result<Word> {
                          for (const auto* profile : all_profiles()) {
                            if (auto word = parse_word_of(table_of(*profile), found)) return word;
                          }
                          return refused(fmt::format("expected one of {}; found '{}'", known, found.substr(0, 60)));
                        });
}

Result<Health> parse_any_health(RecordKind kind, std::string_view text) {
  for (const auto* profile : all_profiles()) {
    if (auto health = parse_health(*profile, kind, text)) return health;
  }
  const auto known = words_by_profile([kind](const Profile& p) { return health_words(p, kind); });
  return refused(fmt::format("expected one of {}; found '{}'", known, text.substr(0, 60)));
}

template <typename Word>
Result<void> check_word(const CodeTable<Word>& table, std::string_view flag, const std::optional<Word>& word) {
  if (!word || table.code(*word)) return {};
  return refused(fmt::format("{} '{}': this ledger has no such word, but {}", flag, to_text(*word), words_in(table)));
}

}  // namespace

Declared declare_status(Options& options, std::optional<Status>& target, RecordKind kind, const std::string& help) {
  return declare_word(options, {"--status", help}, target, [kind](const Profile& p) { return p.status(kind); });
}

Declared declare_desired(Options& options, std::optional<DesiredStatus>& target, RecordKind kind,
                         const std::string& help) {
  return declare_word(options, {"--desired-status", help}, target,
                      [kind](const Profile& p) { return p.desired(kind); });
}

Declared declare_health(Options& options, std::optional<Health>& target, RecordKind kind, const std::string& help) {
  const auto known = words_by_profile([kind](const Profile& p) { return health_words(p, kind); });
  return options.parsed("--health", target, help + ": " + known,
                        [kind](std::string_view text) { return parse_any_health(kind, text); });
}

Result<void> check_words(const LedgerRules& rules, RecordKind kind, const LedgerWords& words) {
  const auto& profile = *rules.profile;
  DZ_TRY(check_word(profile.status(kind), "--status", words.status));
  DZ_TRY(check_word(profile.desired(kind), "--desired-status", words.desired_status));
  if (!words.health || profile.health(kind).code(*words.health)) return {};
  return refused(fmt::format("--health '{}': this ledger has no such word for a {}, but {}", to_text(*words.health),
                             to_text(kind), health_words(profile, kind)));
}

}  // namespace dz::cli
