#include "notify/message.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/safe_text.h"

namespace dz::notify {
namespace {

namespace json = boost::json;

constexpr std::size_t kSentence = 600;      // bytes of all sentences of one record in Slack
constexpr std::size_t kName = 100;          // bytes of a code or a list of contributors
constexpr std::size_t kSlackNames = 8;      // records of one incident in Slack
constexpr std::size_t kSummaryParts = 6;    // kinds of changes a summary lists
constexpr std::size_t kDigest = 12;         // characters of the policy's digest that tell policies apart
constexpr std::size_t kFallbackText = 600;  // the text that Slack shows in a notification

// "health healthy to impaired"; "created as hard-drained"; "deleted".
std::string change_text(const NotifyEvent& e) {
  if (e.from.empty()) return "created as " + e.to;
  if (e.to.empty()) return "deleted";
  return fmt::format("{} {} to {}", e.change == Change::DesiredStatus ? "desired status" : to_text(e.change), e.from,
                     e.to);
}

// "recovering: clock of ams-dz001 ahead".
std::string incident_text(const NotifyEvent& e) {
  if (e.change == Change::IncidentOver) return "over: " + e.title;
  if (e.change == Change::IncidentRecovering) return "recovering: " + e.title;
  return e.from.empty() ? e.sentence : "again: " + e.sentence;
}

std::string alarm_text(const NotifyEvent& e) {
  return fmt::format("{}{} of {}", e.change == Change::AlarmOver ? "over: " : "", e.alarm, e.subject);
}

// What has the reader's attention first: the judge itself, then what left service or is about to.
int rank_of(const NotifyEvent& e) {
  if (e.change == Change::Alarm) return 0;
  if (e.change == Change::AlarmOver) return 1;
  if (e.change == Change::Incident) return 2;
  if (is_incident(e.change)) return 4;
  if (e.in_service && e.status == to_text(Status::Activated) && e.to == to_text(Health::Impaired)) return 2;
  if (e.in_service && e.status != to_text(Status::Activated)) return 3;
  return e.in_service ? 4 : 5;
}

// What Slack lists as one: an alarm, an incident with the records that it changed, or every change of one record.
struct Entry {
  std::vector<const NotifyEvent*> events;
  int rank = 0;
};

std::vector<Entry> entries_of(std::span<const NotifyEvent> events) {
  std::vector<Entry> entries;
  std::map<Pubkey, std::size_t> of_record;
  std::map<std::string, std::size_t> of_incident;
  for (const auto& event : events) {
    auto index = entries.size();
    if (!event.incident.empty()) {
      index = of_incident.emplace(event.incident, index).first->second;
    } else if (!is_alarm(event.change)) {
      index = of_record.emplace(event.key, index).first->second;
    }
    if (index == entries.size()) entries.push_back({{}, rank_of(event)});
    entries[index].events.push_back(&event);
    entries[index].rank = std::min(entries[index].rank, rank_of(event));
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.rank < b.rank; });
  return entries;
}

// In the words of any network.
bool is_healthy(const NotifyEvent& e) {
  const auto profiles = all_profiles();
  return std::any_of(profiles.begin(), profiles.end(),
                     [&](const Profile* p) { return e.health == spell(*p, e.kind, Health::Healthy); });
}

bool has(const Entry& entry, Change change) {
  return std::any_of(entry.events.begin(), entry.events.end(), [&](const auto* e) { return e->change == change; });
}
bool is_of_incident(const Entry& entry) { return !entry.events.front()->incident.empty(); }

std::string_view mark_of(const Entry& entry) {
  if (entry.rank == 0) return ":warning:";
  const auto& last = *entry.events.back();
  const bool good = last.change == Change::AlarmOver || has(entry, Change::IncidentOver) ||
                    (last.status == to_text(Status::Activated) && is_healthy(last));
  return good ? ":large_green_circle:" : entry.rank <= 3 ? ":red_circle:" : ":large_yellow_circle:";
}

// Backticks would end the code span that keeps a name from being formatted.
std::string slack_name(std::string text) {
  std::erase(text, '`');
  return slack_text(escaped(text), kName);
}

// A link to its page, where it has one.
std::string slack_record(const std::string& code, const MessageContext& context) {
  const auto page = page_of(code, context);
  if (page.empty()) return "`" + slack_name(code) + "`";
  auto name = slack_name(code);
  std::erase(name, '|');
  return "<" + page + "|" + name + ">";
}

std::string sentences_of(const Entry& entry) {
  std::vector<std::string_view> said;
  std::string text;
  for (const auto* event : entry.events) {
    if (event->sentence.empty() || std::find(said.begin(), said.end(), event->sentence) != said.end()) continue;
    said.push_back(event->sentence);
    text += (text.empty() ? "" : "\n") + event->sentence;
  }
  return text;
}

// "`a`, `b` and 3 more".
std::string slack_records(const std::vector<std::string>& codes, std::size_t count, const MessageContext& context) {
  std::string text;
  const auto shown = std::min(codes.size(), kSlackNames);
  for (std::size_t i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + slack_record(codes[i], context);
  if (count > shown) text += fmt::format("{}{} more", text.empty() ? "" : " and ", count - shown);
  return text;
}

// What became of the records of an incident: a line for each kind of change.
std::string slack_changes(const Entry& entry, const MessageContext& context) {
  std::map<std::string, std::vector<std::string>> changed;
  for (const auto* event : entry.events) {
    if (!is_incident(event->change)) changed[change_text(*event)].push_back(event->code);
  }
  std::string text;
  for (const auto& [change, codes] : changed) {
    text += fmt::format("\n{}: {}", slack_text(change, kName), slack_records(codes, codes.size(), context));
  }
  return text;
}

std::string incident_entry(const Entry& entry, const MessageContext& context) {
  const NotifyEvent* incident = nullptr;  // what was said last of the incident itself
  for (const auto* event : entry.events) {
    if (is_incident(event->change)) incident = event;
  }
  // A record that was impaired by it later, or is healthy again before the others.
  if (incident == nullptr) {
    // Slack takes no bold text that goes over a line's end.
    auto said = slack_text(sentences_of(entry), kSentence);
    said.insert(std::min(said.find('\n'), said.size()), "*");
    return fmt::format("{} *{}{}", mark_of(entry), said, slack_changes(entry, context));
  }
  auto text = fmt::format("{} *{}*", mark_of(entry), slack_text(incident_text(*incident), kSentence));
  if (incident->change == Change::IncidentRecovering) text += "\n" + slack_text(incident->sentence, kSentence);
  text += slack_changes(entry, context);
  std::vector<std::string> codes;
  for (const auto& record : incident->records) codes.push_back(record.code);
  if (!codes.empty()) text += "\nRecords: " + slack_records(codes, incident->record_count, context);
  if (!incident->to_do.empty()) text += "\nTo do: " + slack_text(incident->to_do, kSentence);
  return text;
}

std::string entry_text(const Entry& entry, const MessageContext& context) {
  const auto& first = *entry.events.front();
  if (is_of_incident(entry)) return incident_entry(entry, context);
  if (is_alarm(first.change)) {
    return fmt::format("{} *{}*\n{}", mark_of(entry), slack_text(alarm_text(first), kName),
                       slack_text(first.sentence, kSentence));
  }
  std::string whose, changes;
  for (const auto& code : first.contributors) whose += (whose.empty() ? "" : ", ") + code;
  for (const auto* event : entry.events) changes += (changes.empty() ? "" : "; ") + change_text(*event);
  return fmt::format("{} {} ({} of {}): *{}*\n{}", mark_of(entry), slack_record(first.code, context),
                     to_text(first.kind), slack_name(whose), slack_text(changes, kSentence),
                     slack_text(sentences_of(entry), kSentence));
}

json::object block(std::string_view type, std::string_view text_type, const std::string& text) {
  json::object content{{"type", text_type}, {"text", text}};
  if (text_type == "mrkdwn") content["verbatim"] = true;  // Slack makes no links and mentions of its own
  if (type == "context") return {{"type", type}, {"elements", json::array{std::move(content)}}};
  return {{"type", type}, {"text", std::move(content)}};
}

// As few sections as their limit allows.
void add_sections(const std::vector<Entry>& entries, const MessageContext& context, json::array& blocks) {
  std::string section;
  const auto flush = [&] {
    if (!section.empty()) blocks.push_back(block("section", "mrkdwn", section));
    section.clear();
  };
  for (std::size_t i = 0; i < std::min(entries.size(), kSlackRecords); ++i) {
    const auto text = entry_text(entries[i], context);
    if (section.size() + text.size() + 2 > kSlackText) flush();
    section += (section.empty() ? "" : "\n\n") + text;
  }
  flush();
  if (entries.size() > kSlackRecords) {
    blocks.push_back(block("section", "mrkdwn", fmt::format("and {} more", entries.size() - kSlackRecords)));
  }
}

std::string title_of(const std::vector<Entry>& entries, std::size_t changes) {
  const auto count = [](std::size_t n, const char* one) { return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s"); };
  std::size_t alarms = 0, incidents = 0, links = 0, devices = 0;
  for (const auto& entry : entries) {
    const auto& event = *entry.events.front();
    ++(is_of_incident(entry)            ? incidents
       : is_alarm(event.change)         ? alarms
       : event.kind == RecordKind::Link ? links
                                        : devices);
  }
  std::string title;
  const auto add = [&](std::size_t n, const char* one) {
    if (n > 0) title += (title.empty() ? "" : ", ") + count(n, one);
  };
  add(alarms, "alarm");
  add(incidents, "incident");
  add(links, "link");
  add(devices, "device");
  return fmt::format("DoubleZero: {} of {}", count(changes, "change"), title);
}

// The event with the addresses of its records' pages.
json::object with_pages(json::object entry, const NotifyEvent& event, const MessageContext& context) {
  if (context.page_url.empty() || is_alarm(event.change)) return entry;
  if (!is_incident(event.change)) {
    entry["page"] = page_of(event.code, context);
    return entry;
  }
  auto& records = entry["records"].as_array();
  for (std::size_t i = 0; i < records.size(); ++i)
    records[i].as_object()["page"] = page_of(event.records[i].code, context);
  return entry;
}

// more: members besides.
std::string json_message(std::string_view summary, json::array events, const MessageContext& context,
                         const json::object& more) {
  json::object message{{"format", 1},
                       {"id", context.id},
                       {"at", dz::to_text(context.at)},
                       {"sender", "doublezero-monitor " DZ_VERSION},
                       {"environment", context.environment},
                       {"policy", context.policy},
                       {"summary", summary},
                       {"count", events.size()},
                       {"events", std::move(events)}};
  for (const auto& member : more) message.insert(member);
  return escaped_lines(json::serialize(message));
}

}  // namespace

std::string page_of(std::string_view code, const MessageContext& context) {
  if (context.page_url.empty()) return {};
  std::string page = context.page_url + (context.page_url.ends_with('/') ? "r/" : "/r/");
  for (const char c : code) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~' || c == ':';
    page += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return page;
}

std::string slack_text(std::string_view foreign, std::size_t limit) {
  const auto text = escaped_lines(std::string(foreign));
  constexpr std::string_view kMore = "...";
  std::string out;
  std::size_t safe = 0;  // the end of what fits with kMore after it
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    const auto character = std::string_view(text).substr(i, end - i);
    const std::string_view form = character == "&"   ? "&amp;"
                                  : character == "<" ? "&lt;"
                                  : character == ">" ? "&gt;"
                                                     : character;
    if (out.size() + form.size() > limit) return out.substr(0, safe) + std::string(kMore);
    out += form;
    if (out.size() + kMore.size() <= limit) safe = out.size();
    i = end;
  }
  return out;
}

std::string render_summary(std::span<const NotifyEvent> events) {
  struct Part {
    std::string text;
    std::string_view kind;
    std::vector<const NotifyEvent*> events;
  };
  std::vector<Part> parts;
  for (const auto& event : events) {
    const bool of_record = !is_alarm(event.change) && !is_incident(event.change);
    const auto kind = of_record ? to_text(event.kind) : std::string_view("alarm");
    const auto text = of_record                ? change_text(event)
                      : is_alarm(event.change) ? alarm_text(event)
                                               : incident_text(event);
    auto found =
        std::find_if(parts.begin(), parts.end(), [&](const Part& p) { return p.kind == kind && p.text == text; });
    if (found == parts.end()) found = parts.insert(parts.end(), {text, kind, {}});
    found->events.push_back(&event);
  }
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return rank_of(*a.events[0]) < rank_of(*b.events[0]); });
  std::string out;
  for (std::size_t i = 0; i < parts.size() && i < kSummaryParts; ++i) {
    const auto& [text, kind, of] = parts[i];
    if (i > 0) out += "; ";
    if (kind == "alarm") {
      out += text;
    } else if (of.size() == 1) {
      out += fmt::format("{}: {}", of[0]->code, text);
    } else {
      out += fmt::format("{} {}s: {}", of.size(), kind, text);
    }
  }
  if (parts.size() > kSummaryParts) out += fmt::format("; {} other changes", parts.size() - kSummaryParts);
  return out;
}

std::string render_slack_message(std::span<const NotifyEvent> events, const MessageContext& context) {
  const auto entries = entries_of(events);
  json::array blocks;
  blocks.push_back(block("header", "plain_text", title_of(entries, events.size()).substr(0, kSlackHeader)));
  add_sections(entries, context, blocks);
  const auto about = fmt::format("{} at {}, policy {}", context.environment, dz::to_text(context.at),
                                 std::string_view(context.policy).substr(0, kDigest));
  blocks.push_back(block("context", "mrkdwn", slack_text(about, kSentence)));
  return escaped_lines(json::serialize(
      json::object{{"text", slack_text(render_summary(events), kFallbackText)}, {"blocks", std::move(blocks)}}));
}

std::string render_json_message(std::span<const NotifyEvent> events, const MessageContext& context) {
  json::array list;
  for (const auto& event : events) list.push_back(with_pages(to_json(event), event, context));
  return json_message(render_summary(events), std::move(list), context, {});
}

std::string render_test_message(HookKind kind, const MessageContext& context) {
  const auto text = "Test of this webhook by doublezero-monitor of " + context.environment + ": nothing has happened";
  if (kind == HookKind::Json) return json_message(text, {}, context, {{"test", true}});
  return escaped_lines(json::serialize(json::object{{"text", slack_text(text, kFallbackText)}}));
}

}  // namespace dz::notify
