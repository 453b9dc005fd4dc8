#include "monitor/pulled_report.h"

#include <boost/json.hpp>

namespace dz::monitor {
namespace {

namespace json = boost::json;

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

bool serves_it(const PulledSources::Talk& talk) {
  return talk.pull.subject().role == telemetry::StorePull::Role::Serve;
}

void add_progress(service::MetricsPage& page, const PulledSources::Talk& talk,
                  const service::MetricsPage::Labels& labels) {
  const auto& progress = talk.pull.state().back_fill;
  const double done = progress ? seconds(progress->at - progress->from) : 0;
  const double total = progress ? seconds(progress->to - progress->from) : 0;
  page.gauge("store_back_fill_done_seconds", "Of a gap being read: how much was read.", done, labels);
  page.gauge("store_back_fill_total_seconds", "Of a gap being read: its length; 0 when there is none.", total, labels);
}

void add_talk(service::MetricsPage& page, const PulledSources::Talk& talk, const Monitor& monitor, Timestamp now) {
  const service::MetricsPage::Labels labels{{"store", talk.source->store.name}, {"subject", talk.about}};
  const auto& s = talk.pull.state();
  const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
  page.counter("store_requests_total", "Requests sent to a store.", number(s.requests), labels);
  for (std::size_t i = 0; i < telemetry::kPullFailures; ++i) {
    auto failed = labels;
    failed["failure"] = to_text(static_cast<telemetry::PullFailure>(i));
    page.counter("store_failures_total", "Requests that brought no answer to use, by kind.", number(s.failures[i]),
                 failed);
  }
  page.counter("store_bytes_total", "Bytes of the answers.", number(s.bytes), labels);
  page.counter("store_rows_total", "Rows of the answers.", number(s.rows), labels);
  page.counter("store_rows_unknown_total", "Rows dropped: nothing on the ledger is called so.",
               number(talk.unknown_rows), labels);
  page.counter("store_rows_unreadable_total", "Rows left out: a name of theirs is not valid text.",
               number(talk.unreadable_rows), labels);
  page.histogram("store_seconds", "How long answers took, those that were none included.", s.waits, labels);
  page.gauge("store_failed_in_a_row", "Failures since the last answer.", s.failed_in_a_row, labels);
  page.gauge("store_pause_seconds", "How long the store is left alone after a failure.",
             s.pause_until ? std::max(0.0, seconds(*s.pause_until - now)) : 0, labels);
  if (s.answered_at)
    page.gauge("store_answer_age_seconds", "Time since the last answer.", seconds(now - *s.answered_at), labels);
  const auto watermark = monitor.evidence().in_memory().state(talk.of).watermark;
  if (watermark && serves_it(talk)) {
    page.gauge("store_watermark_seconds", "Unix time through which the store's rows are complete.",
               seconds(Timestamp{*watermark}.time_since_epoch()), labels);
    page.gauge("store_age_seconds", "How far behind the clock that is.", seconds(now - *watermark), labels);
  }
  add_progress(page, talk, labels);
}

json::object talk_json(const PulledSources::Talk& talk, const Monitor& monitor, Timestamp now) {
  const auto& s = talk.pull.state();
  json::object out{{"store", talk.source->store.name},
                   {"kind", to_text(talk.source->store.kind)},
                   {"subject", talk.about},
                   {"requests", s.requests},
                   {"bytes", s.bytes},
                   {"rows", s.rows},
                   {"last_bytes", talk.last_bytes},
                   {"last_rows", talk.last_rows},
                   {"rows_unknown", talk.unknown_rows},
                   {"rows_unreadable", talk.unreadable_rows}};
  if (const auto watermark = monitor.evidence().in_memory().state(talk.of).watermark; watermark && serves_it(talk)) {
    out["watermark"] = to_text(Timestamp{*watermark});
    out["age_seconds"] = std::chrono::floor<std::chrono::seconds>(now - *watermark).count();
  }
  json::object failures;
  for (std::size_t i = 0; i < telemetry::kPullFailures; ++i) {
    if (s.failures[i] > 0) failures[to_text(static_cast<telemetry::PullFailure>(i))] = s.failures[i];
  }
  out["failures"] = std::move(failures);
  if (!s.last_error.empty()) out["last_error"] = s.last_error;
  if (s.pause_until) out["asked_again_at"] = to_text(*s.pause_until);
  if (s.answered_at) out["answered_at"] = to_text(*s.answered_at);
  if (s.lacks_events) out["lacks"] = json::array{"carrier-transitions", "in-discards", "out-discards"};
  if (s.back_fill) {
    out["back_fill"] = json::object{{"done_minutes", (s.back_fill->at - s.back_fill->from).count()},
                                    {"of_minutes", (s.back_fill->to - s.back_fill->from).count()}};
  }
  return out;
}

}  // namespace

void add_stores(service::MetricsPage& page, const Monitor& monitor, Timestamp now) {
  for (const auto& talk : monitor.pulled().talks()) add_talk(page, talk, monitor, now);
  constexpr std::size_t kMostDevices = 1000;
  std::size_t shown = 0;
  for (const auto& [device, at] : monitor.pulled().notes().ahead) {
    if (shown++ == kMostDevices) break;
    const auto code =
        monitor.ledger().snapshot() ? client::code_of(monitor.ledger().snapshot()->devices, device) : to_text(device);
    page.gauge("store_clock_ahead_seconds", "How far ahead of the clock a device stamps rows.",
               seconds(at - monitor.pulled().notes().ahead_at), {{"device", code}, {"pubkey", to_text(device)}});
  }
  page.gauge("store_unknown_devices", "Devices with rows in a store that are not on the ledger.",
             static_cast<double>(monitor.pulled().notes().strays.size()));
}

json::array stores_json(const Monitor& monitor, Timestamp now) {
  json::array out;
  for (const auto& talk : monitor.pulled().talks()) out.push_back(talk_json(talk, monitor, now));
  return out;
}

json::array notes_json(const Monitor& monitor, Timestamp now) {
  json::array out;
  if (!monitor.ledger().snapshot()) return out;
  const auto add = [&](const auto& records) {
    for (const auto& [key, record] : records) {
      const auto notes = monitor.notes(key, now);
      if (notes.empty()) continue;
      json::array list;
      for (const auto& note : notes) list.emplace_back(note);
      out.push_back(json::object{{"code", record.code}, {"pubkey", to_text(key)}, {"notes", std::move(list)}});
    }
  };
  add(monitor.ledger().snapshot()->devices);
  add(monitor.ledger().snapshot()->links);
  return out;
}

}  // namespace dz::monitor
