// Words of the domain by their text, internal to attest/: those of enums that no parse_word() knows.
#pragma once

#include <optional>
#include <string_view>

#include "evidence/tally.h"
#include "verdict/health_table.h"

namespace dz::attest {

// The word among the first `count` of an enum that has exactly this text.
template <typename Word>
std::optional<Word> word_among(std::string_view text, int count) {
  for (int i = 0; i < count; ++i) {
    if (to_text(static_cast<Word>(i)) == text) return static_cast<Word>(i);
  }
  return std::nullopt;
}

inline std::optional<verdict::HealthReason> reason_of(std::string_view text) {
  return word_among<verdict::HealthReason>(text, static_cast<int>(verdict::HealthReason::EntersProvisioning) + 1);
}
inline std::optional<verdict::Judgement> judgement_of(std::string_view text) {
  return word_among<verdict::Judgement>(text, static_cast<int>(verdict::Judgement::NotApplicable) + 1);
}
inline std::optional<evidence::Signal> signal_of(std::string_view text) {
  return word_among<evidence::Signal>(text, static_cast<int>(evidence::Signal::Discards) + 1);
}

}  // namespace dz::attest
