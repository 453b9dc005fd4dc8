#include "telemetry/derived_minutes.h"

#include <algorithm>

#include "telemetry/minute_rows.h"
#include "telemetry/store_pull.h"

namespace dz::telemetry {
namespace {

using std::chrono::minutes;

constexpr minutes kBefore{60};

evidence::EvidenceSettings pulled_settings() {
  evidence::EvidenceSettings settings;
  for (const auto source : {evidence::Source::Counters, evidence::Source::ConfigAgent})
    settings.pulled = static_cast<std::uint8_t>(settings.pulled | 1U << static_cast<unsigned>(source));
  settings.lag.fill(PullLimits{}.lag);
  return settings;
}

class Derivation {
 public:
  Derivation(const DerivedSpan& span, const AskForRows& ask) : span_(span), ask_(ask), events_(span.events) {
    derived_.evidence.name_interfaces(span.interfaces);
  }

  Result<DerivedMinutes> run() {
    const auto begin = span_.from - kBefore;
    if (span_.counters) {
      const auto from = begin - std::chrono::ceil<minutes>(PullLimits{}.error_lookback);
      DZ_TRY_ASSIGN(const auto rows, ask({StoreSubject::Baselines, from, begin}));
      add(rows_of_baselines(rows, begin, Timestamp{begin}), Timestamp{begin});
    }
    for (auto from = begin; from < span_.to; from += PullLimits{}.chunk) {
      const auto to = std::min(from + PullLimits{}.chunk, span_.to);
      if (span_.counters) DZ_TRY(take(StoreSubject::Counters, evidence::Source::Counters, from, to));
      if (span_.config_agent) DZ_TRY(take(StoreSubject::ConfigAgent, evidence::Source::ConfigAgent, from, to));
    }
    return std::move(derived_);
  }

 private:
  // A store that has no counters of events is asked without them from then on.
  Result<StoreRows> ask(StoreQuestion question) {
    question.events = events_ && question.subject != StoreSubject::ConfigAgent;
    auto rows = ask_(question);
    if (rows || !question.events || !speaks_of_events(rows.error())) return rows;
    events_ = question.events = false;
    return ask_(question);
  }

  Result<void> take(StoreSubject subject, evidence::Source source, Minute from, Minute to) {
    DZ_TRY_ASSIGN(const auto rows, ask({subject, from, to}));
    const auto at = Timestamp{to} + PullLimits{}.lag;
    const auto batch = subject == StoreSubject::Counters ? rows_of_counters(rows, from, derived_.evidence)
                                                         : rows_of_getconfigs(rows, from, derived_.evidence);
    derived_.has_counters |= !batch.counters.empty();
    derived_.has_config_agent |= !batch.getconfigs.empty();
    add(batch, at);
    derived_.evidence.answered(source, {from, to, at});
    return {};
  }

  // A row that the evidence has no place for leaves its minute without it, as in the monitor.
  void add(const RowBatch& batch, Timestamp now) {
    for (const auto& [port, row] : batch.counters) {
      const auto& [device, interface] = batch.ports[port];
      (void)derived_.evidence.add_counters(device, interface, row, now);
    }
    for (const auto& row : batch.getconfigs) (void)derived_.evidence.add_getconfig(row.device, row.at, row.count, now);
  }

  const DerivedSpan& span_;
  const AskForRows& ask_;
  bool events_;
  DerivedMinutes derived_{.evidence = evidence::Evidence(pulled_settings())};
};

}  // namespace

Result<DerivedMinutes> derive_minutes(const DerivedSpan& span, const AskForRows& ask) {
  return Derivation(span, ask).run();
}

}  // namespace dz::telemetry
