#include "attest/stated_criterion.h"

namespace dz::attest {

CriterionStatement stated_criterion(const verdict::Finding& f, const std::optional<Minute>& watermark,
                                    const verdict::Policy& policy, const verdict::Window& window) {
  const auto number = [](int n) { return static_cast<std::uint32_t>(n); };
  CriterionStatement stated{.name = std::string(f.name),
                            .mode = f.mode,
                            .gates = f.gates,
                            .judgement = f.judgement,
                            .stale = f.stale,
                            .damped_failure = f.damped_failure};
  if (criterion(f.id).kind == verdict::CriterionKind::Record) return stated;
  if (f.has_tally) {
    const auto& t = f.tally;
    stated.counts = CriterionStatement::Counts{t.from, t.to, number(t.good), number(t.bad), number(t.unobserved)};
  }
  if (f.id == verdict::CriterionId::DeviceQa && watermark) {
    const auto length = policy.window_of(f.id, window);
    stated.results =
        CriterionStatement::Results{*watermark - length, *watermark, number(f.qa.successes), number(f.qa.failures)};
  }
  if (f.candidates > 0)
    stated.candidates = CriterionStatement::Candidates{number(f.candidates), number(f.candidates_met)};
  return stated;
}

}  // namespace dz::attest
