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

// unsaid: the types that it has where nothing is said of them. Read back, the text gives the same policy.
void put_settings(Out out, const CriterionSettings& s, bool of_links, std::uint8_t unsaid = kAllTypes) {
  if (const auto types = type_words(of_links); s.types != kAllTypes || unsaid != kAllTypes) {
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
  const bool staged = p.device_stages && !c.staged_meaning.empty();
  fmt::format_to(out, "\n[[criterion]]\nid = \"{}\"  # {}\nsubject = \"{}\"\n", c.name,
                 staged ? c.staged_meaning : c.meaning, c.reading.subject);
  if (c.kind == CriterionKind::Evidence) {
    fmt::format_to(out, "source = \"{}\"\nsignal = \"{}\"\n", to_text(c.source), c.reading.signal);
  }
  put_settings(out, p.of(c.id), is_of_links(c.name), Policy{}.of(c.id).types);
}

void put_added(Out out, const AddedCriterion& criterion, const CriterionSettings& settings) {
  fmt::format_to(out, "\n[[criterion]]\nid = \"{}\"\nsubject = \"{}\"\n", criterion.id, to_text(criterion.subject));
  if (!criterion.meaning.empty()) put_text(out, "meaning", criterion.meaning);
  put_text(out, "source", criterion.source);
  put_text(out, "query", criterion.query);
  if (criterion.subject == AddedKind::Link) {
    put_text(out, "link_label", criterion.link_label);
  } else {
    put_text(out, "device_label", criterion.device_label);
    if (criterion.is_of_links()) put_text(out, "interface_label", criterion.interface_label);
  }
  // A fraction keeps its point, so that it reads back as the same number.
  if (criterion.at_least) fmt::format_to(out, "at_least = {}\n", number_text(*criterion.at_least));
  if (criterion.at_most) fmt::format_to(out, "at_most = {}\n", number_text(*criterion.at_most));
  fmt::format_to(out, "absent = \"{}\"\nevery = \"{}\"\n", criterion.absent_is_bad ? "bad" : "unobserved",
                 span_text(criterion.every));
  put_settings(out, settings, criterion.is_of_links());
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
  for (std::size_t i = 0; i < p.added.size(); ++i) put_added(out, p.added[i], p.of(added_criterion(i)));
  return text;
}

}  // namespace dz::verdict
