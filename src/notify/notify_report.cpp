#include "notify/notify_report.h"

#include <boost/json.hpp>

#include "base/shown_url.h"

namespace dz::notify {
namespace {

namespace json = boost::json;

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

std::string_view state_of(const HookView& view) {
  if (view.failures > 0 && view.waiting > 0) return "retrying";
  if (view.on_its_way) return "sending";
  return view.waiting > 0 ? "collecting" : "idle";
}

}  // namespace

void add_notifications(service::MetricsPage& page, const Notifier& notifier, Timestamp now) {
  for (std::size_t i = 0; i < notifier.hooks().size(); ++i) {
    const auto view = notifier.view(i, now);
    const auto& hook = notifier.hooks()[i].name;
    const auto outcome = [&](const char* word, std::uint64_t messages) {
      page.counter("notifications_total", "Messages to webhooks, by what became of each try.",
                   static_cast<double>(messages), {{"hook", hook}, {"outcome", word}});
    };
    outcome("delivered", view.counters.delivered);
    outcome("retried", view.counters.retried);
    outcome("given_up", view.counters.given_up);
    const service::MetricsPage::Labels labels{{"hook", hook}};
    page.counter("notification_events_dropped_total", "Events dropped because too many waited.",
                 static_cast<double>(view.counters.dropped), labels);
    page.gauge("notification_events_waiting", "Events that are not delivered yet.", static_cast<double>(view.waiting),
               labels);
    page.gauge("notification_oldest_seconds", "Age of the oldest that is not delivered; 0 when nothing waits.",
               view.oldest ? seconds(now - *view.oldest) : 0, labels);
  }
}

json::array hooks_json(const Notifier& notifier, Timestamp now) {
  json::array list;
  for (std::size_t i = 0; i < notifier.hooks().size(); ++i) {
    const auto view = notifier.view(i, now);
    const auto& hook = notifier.hooks()[i];
    json::object entry{{"name", hook.name},
                       {"kind", to_text(hook.kind)},
                       {"to", shown_url(hook.url)},
                       {"state", state_of(view)},
                       {"events_waiting", view.waiting}};
    const auto time = [&](const char* name, const std::optional<Timestamp>& t) {
      if (t) entry[name] = dz::to_text(std::chrono::floor<std::chrono::seconds>(*t));
    };
    time("oldest_at", view.oldest);
    time("last_delivered_at", view.last_delivered);
    time("next_try_at", view.next_try);
    if (view.failures > 0) entry["failures"] = view.failures;
    if (!view.last_error.empty()) entry["last_error"] = view.last_error;
    if (view.test) {
      entry["test"] = json::object{{"at", dz::to_text(std::chrono::floor<std::chrono::seconds>(view.test->at))},
                                   {"state", to_text(view.test->state)},
                                   {"said", view.test->said}};
    }
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace dz::notify
