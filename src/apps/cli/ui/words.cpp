#include "apps/cli/ui/words.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/cli/ui/context.h"
#include "apps/cli/ui/nearest.h"

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

std::string complain(const std::string& known, std::string_view found) {
  return fmt::format("expected one of {}; found '{}'{}", known, found.substr(0, 60),
                     did_you_mean(found, split_words(known)));
}

// How an option is written and explained.
struct OptionText {
  std::string name, help;
};

// The complaint about a word: with one ledger's words once it is known which ledger it is. words_of_profile(profile).
template <typename WordsOf>
std::function<WrongWord(std::string)> complaint(const std::string& flag, WordsOf words_of_profile) {
  return [flag, words_of_profile](std::string found) -> WrongWord {
    return [flag, words_of_profile, found = std::move(found)](const Profile* profile) {
      const auto known = profile != nullptr ? words_of_profile(*profile) : words_by_profile(words_of_profile);
      return flag + ": " + complain(known, found);
    };
  };
}

// Each word once, of whichever ledger.
template <typename WordsOf>
std::vector<std::string> all_words(WordsOf words_of_profile) {
  std::vector<std::string> words;
  for (const auto* profile : all_profiles()) {
    for (auto& word : split_words(words_of_profile(*profile))) {
      if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(std::move(word));
    }
  }
  return words;
}

// An option whose value is a word that some ledger has. table_of(profile) -> CodeTable: the words of one ledger.
template <typename Word, typename TableOf>
Declared declare_word(Options& options, const OptionText& text, std::optional<Word>& target, TableOf table_of) {
  const auto words_of_profile = [table_of](const Profile& p) { return words_in(table_of(p)); };
  const auto parse = [table_of, words_of_profile](std::string_view found) -> Result<Word> {
    for (const auto* profile : all_profiles()) {
      if (auto word = parse_word_of(table_of(*profile), found)) return word;
    }
    return refused(complain(words_by_profile(words_of_profile), found));
  };
  return options
      .ledger_word(text.name, target, text.help + ": " + words_by_profile(words_of_profile), parse,
                   complaint(text.name, words_of_profile))
      .words(all_words(words_of_profile));
}

Result<Health> parse_any_health(RecordKind kind, std::string_view text) {
  for (const auto* profile : all_profiles()) {
    if (auto health = parse_health(*profile, kind, text)) return health;
  }
  return refused(complain(words_by_profile([kind](const Profile& p) { return health_words(p, kind); }), text));
}

template <typename Word>
Result<void> check_word(Context& context, const CodeTable<Word>& table, std::string_view flag,
                        const std::optional<Word>& word) {
  if (!word || table.code(*word)) return {};
  return wrong_usage(
      context, fmt::format("{} '{}': this ledger has no such word, but {}", flag, to_text(*word), words_in(table)));
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
  const auto words_of_profile = [kind](const Profile& p) { return health_words(p, kind); };
  return options
      .ledger_word(
          "--health", target, help + ": " + words_by_profile(words_of_profile),
          [kind](std::string_view text) { return parse_any_health(kind, text); },
          complaint("--health", words_of_profile))
      .words(all_words(words_of_profile));
}

Result<void> check_words(Context& context, const LedgerRules& rules, RecordKind kind, const LedgerWords& words) {
  const auto& profile = *rules.profile;
  DZ_TRY(check_word(context, profile.status(kind), "--status", words.status));
  DZ_TRY(check_word(context, profile.desired(kind), "--desired-status", words.desired_status));
  if (!words.health || profile.health(kind).code(*words.health)) return {};
  return wrong_usage(context, fmt::format("--health '{}': this ledger has no such word for a {}, but {}",
                                          to_text(*words.health), to_text(kind), health_words(profile, kind)));
}

Result<Status> parse_status(const Profile& profile, RecordKind kind, std::string_view text) {
  if (auto word = parse_word_of(profile.status(kind), text)) return word;
  return refused(complain(words_in(profile.status(kind)), text));
}
Result<DesiredStatus> parse_desired(const Profile& profile, RecordKind kind, std::string_view text) {
  if (auto word = parse_word_of(profile.desired(kind), text)) return word;
  return refused(complain(words_in(profile.desired(kind)), text));
}
Result<Health> parse_health_word(const Profile& profile, RecordKind kind, std::string_view text) {
  if (auto word = parse_health(profile, kind, text)) return word;
  return refused(complain(health_words(profile, kind), text));
}

}  // namespace dz::cli
