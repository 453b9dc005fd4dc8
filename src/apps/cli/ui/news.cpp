#include "apps/cli/ui/news.h"

#include "apps/cli/ui/monitor_api.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view kNewsMembers[] = {"condition", "cause", "sentence", "to_do", "healthy_at", "maintenance"};

// "record link.drained", "drain of side Z, contributor 'beta'".
std::string held_text(const json::value& held_by) {
  std::string text(text_of(held_by, "what"));
  if (const auto criterion = text_of(held_by, "criterion"); !criterion.empty()) text += " " + std::string(criterion);
  const auto role = text_of(held_by, "role"), signer = text_of(held_by, "signer");
  if (!role.empty()) text += " of " + std::string(role);
  if (role.empty() && !signer.empty()) text += " of key " + std::string(signer);
  return text;
}

std::string maintenance_text(const json::value& maintenance) {
  if (!maintenance.is_object()) return "";
  return "until " + std::string(text_of(maintenance, "to")) + ": " + std::string(text_of(maintenance, "why"));
}

// "link wan1: health pending; held by ...": what comes after the record's name and health, where it begins with them.
std::string without_name(const std::string& sentence) {
  const auto end = sentence.find("; ");
  const bool named = end != std::string::npos && sentence.substr(0, end).find(": health ") != std::string::npos;
  return named ? sentence.substr(end + 2) : sentence;
}

// A monitor that does not know of conditions yet: what is healthy is well, of the rest the time is known.
void without_condition(const json::value& assessment, News& news) {
  for (const auto* profile : all_profiles()) {
    for (const auto kind : {RecordKind::Link, RecordKind::Device}) {
      if (text_of(assessment, "health") == spell(*profile, kind, Health::Healthy)) news.state = "good";
    }
  }
  if (news.state.empty()) news.returns_at = time_of(assessment, "healthy_at");
}

}  // namespace

const json::value& member_of(const json::value& object, std::string_view name) {
  static const json::value nothing;
  const auto* members = object.if_object();
  const auto* value = members != nullptr ? members->if_contains(name) : nullptr;
  return value != nullptr ? *value : nothing;
}

std::optional<Timestamp> time_of(const json::value& object, std::string_view name) {
  const auto& value = member_of(object, name);
  if (const auto* ms = value.if_int64()) return Timestamp{std::chrono::milliseconds{*ms}};
  const auto time = parse_timestamp(text_of(object, name));
  return time ? std::optional(*time) : std::nullopt;
}

News news_of(const json::value& assessment) {
  const auto& condition = member_of(assessment, "condition");
  const auto& needs = member_of(condition, "needs");
  News news{.state = std::string(text_of(condition, "state")),
            .since = time_of(condition, "since"),
            .returns_at = time_of(condition, "returns_at"),
            .criterion = std::string(text_of(condition, "criterion")),
            .held_by = held_text(member_of(condition, "held_by")),
            .needs = std::string(text_of(needs, "who")),
            .cause = std::string(text_of(member_of(assessment, "cause"), "sentence")),
            .sentence = std::string(text_of(assessment, "sentence")),
            .to_do = std::string(text_of(assessment, "to_do")),
            .maintenance = maintenance_text(member_of(assessment, "maintenance")),
            .members = {}};
  if (!condition.is_object()) without_condition(assessment, news);
  for (const auto name : kNewsMembers) news.members[name] = member_of(assessment, name);
  return news;
}

std::string why_text(const News& news) {
  if (news.state == "good") return "";
  const auto words = news.cause.empty() ? without_name(news.sentence) : news.cause;
  if (news.state.empty()) return words;
  std::string short_words = news.state;
  if (news.state == "held" && !news.held_by.empty()) short_words += " by " + news.held_by;
  if (news.state == "needs-action" && !news.needs.empty()) short_words = "needs " + news.needs;
  if (!news.criterion.empty() && news.state != "held") short_words += ": " + news.criterion;
  return words.empty() ? short_words : short_words + "; " + words;
}

std::string short_duration(Duration duration) {
  using std::chrono::duration_cast;
  const auto s = std::max<std::int64_t>(0, duration_cast<std::chrono::seconds>(duration).count());
  const auto two = [](std::int64_t big, char unit, std::int64_t small, char small_unit) {
    return small == 0 ? fmt::format("{}{}", big, unit) : fmt::format("{}{} {}{}", big, unit, small, small_unit);
  };
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600) return fmt::format("{}m", s / 60);
  if (s < 86400) return two(s / 3600, 'h', s % 3600 / 60, 'm');
  return two(s / 86400, 'd', s % 86400 / 3600, 'h');
}

void add_news(json::object& record, const News& news) {
  for (const auto name : kNewsMembers) {
    const auto* value = news.members.if_contains(name);
    record[name] = value != nullptr ? *value : json::value(nullptr);
  }
}

const News& FleetNews::of(const Pubkey& key) const {
  static const News nothing;
  const auto found = records.find(key);
  return found == records.end() ? nothing : found->second;
}

FleetNews ask_for_news(const Context& context) {
  FleetNews news;
  if (!context.ask_monitor) {
    news.absent = "why, since and time are the monitor's to say, and none is named: --monitor-url URL";
    return news;
  }
  const auto body = context.ask_monitor("/api/v1/assessments?findings=0");
  const auto answer = body ? parse_answer_of("monitor", *body) : Result<json::value>(tl::unexpected(body.error()));
  const auto* list = answer ? member_of(*answer, "assessments").if_array() : nullptr;
  if (list == nullptr) {
    news.problem = answer ? std::string("its answer has no assessments") : answer.error().message;
    news.absent = "why, since and time are not known: " + news.problem;
    return news;
  }
  for (const auto& assessment : *list) {
    if (const auto key = parse_pubkey(text_of(assessment, "pubkey"))) news.records[*key] = news_of(assessment);
  }
  return news;
}

News ask_for_news(const Context& context, const Pubkey& record) {
  if (!context.ask_monitor) return {};
  const auto answer = ask_monitor_for_json(context, record);
  if (answer) return news_of(*answer);
  News news;
  news.sentence = "the monitor was asked: " + answer.error().message;
  return news;
}

}  // namespace dz::cli
