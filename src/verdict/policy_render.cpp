// A policy written out in full: the text of the default file, of --check-config and under the digest.
#include <fmt/format.h>

#include "verdict/policy.h"
#include "verdict/policy_words.h"

namespace dz::verdict {
namespace {

using std::chrono::minutes;
using Out = std::back_insert_iterator<std::string>;

void put_text(Out out, std::string_view key, std::string_view value) {
  fmt::format_to(out, "{} = \"", key);
  for (const char c : value) {
    if (c == '\n') {
      fmt::format_to(out, "\\n");
    } else if (c == '"' || c == '\\') {
      fmt::format_to(out, "\\{}", c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(out, "\\u{:04x}", static_cast<int>(c));
    } else {
      *out++ = c;
    }
  }
  fmt::format_to(out, "\"\n");
}

void put_settings(Out out, const CriterionSettings& s, bool of_links) {
  if (const auto types = type_words(of_links); s.types != kAllTypes) {
    std::string list;
    for (const auto& [bit, word] : types) {
      if ((s.types & bit) != 0) list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", word);
    }
    fmt::format_to(out, "types = [{}]\n", list);
  }
  if (s.window) fmt::format_to(out, "window = \"{}\"\n", span_text(*s.window));
  if (s.bad_allowed) fmt::format_to(out, "allowed_bad = {}\n", *s.bad_allowed);
  if (s.unobserved_allowed) fmt::format_to(out, "allowed_unobserved = {}\n", *s.unobserved_allowed);
  if (s.stage) fmt::format_to(out, "stage = \"{}\"\n", to_text(*s.stage));
  fmt::format_to(out, "mode = \"{}\"\n", to_text(s.mode));
}

void put_built_in(Out out, const Policy& p, const Criterion& c) {
  const bool staged = p.profile->device_stages && !c.staged_meaning.empty();
  fmt::format_to(out, "\n[[criterion]]\nid = \"{}\"  # {}\nsubject = \"{}\"\n", c.name,
                 staged ? c.staged_meaning : c.meaning, c.reading.subject);
  if (c.kind == CriterionKind::Evidence) {
    fmt::format_to(out, "source = \"{}\"\nsignal = \"{}\"\n", to_text(c.source), c.reading.signal);
  }
  put_settings(out, p.of(c.id), is_of_links(c.name));
}

void put_rule(Out out, const AddedRule& rule, const CriterionSettings& settings) {
  fmt::format_to(out, "\n[[criterion]]\nid = \"{}\"\nsubject = \"{}\"\n", rule.id, to_text(rule.subject));
  if (!rule.meaning.empty()) put_text(out, "meaning", rule.meaning);
  put_text(out, "source", rule.source);
  put_text(out, "query", rule.query);
  if (rule.subject == RuleSubject::Link) {
    put_text(out, "link_label", rule.link_label);
  } else {
    put_text(out, "device_label", rule.device_label);
    if (rule.is_of_links()) put_text(out, "interface_label", rule.interface_label);
  }
  // A fraction keeps its point, so that it reads back as the same number.
  if (rule.at_least) fmt::format_to(out, "at_least = {}\n", number_text(*rule.at_least));
  if (rule.at_most) fmt::format_to(out, "at_most = {}\n", number_text(*rule.at_most));
  fmt::format_to(out, "absent = \"{}\"\nevery = \"{}\"\n", rule.absent_is_bad ? "bad" : "unobserved",
                 span_text(rule.every));
  put_settings(out, settings, rule.is_of_links());
}

}  // namespace

std::string render_policy(const Policy& p) {
  std::string text;
  const Out out = std::back_inserter(text);
  // Left out for the network of the RFC, whose policies were written before there was another.
  if (p.profile != &rfc_profile()) put_text(out, "profile", p.profile->name);
  fmt::format_to(out, "window = \"{}\"\nrecovery_window = \"{}\"\nmax_staleness = \"{}\"\nmax_hold = \"{}\"\n",
                 window_text(p.window), window_text(p.recovery_window), span_text(p.max_staleness),
                 span_text(p.max_hold));
  fmt::format_to(out, "\n[allowed]\nbad = {}\nunobserved = {}\n", p.bad_allowed, p.unobserved_allowed);
  fmt::format_to(out, "\n[damping]\nshort = {{ bad = {}, of = {} }}\nlong = {{ bad = {}, of = {} }}\n",
                 p.damping_short.bad, p.damping_short.of, p.damping_long.bad, p.damping_long.of);
  fmt::format_to(out, "\n[qa]\nsuccesses = {}\nmax_gap = \"{}\"\n", p.qa.successes, span_text(p.qa.max_gap));
  for (const auto& c : all_criteria()) put_built_in(out, p, c);
  for (std::size_t i = 0; i < p.rules.size(); ++i) put_rule(out, p.rules[i], p.of(added_criterion(i)));
  return text;
}

}  // namespace dz::verdict
