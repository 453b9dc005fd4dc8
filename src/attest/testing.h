// For tests alone: statements and minutes with something in every field. docs/formats/decision.md shows their bytes.
#pragma once

#include "attest/minutes.h"
#include "attest/statement.h"

namespace dz::attest {

inline Pubkey key_of(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}
inline Hash hash_of(std::uint8_t n) { return key_of(n).bytes; }

inline constexpr Minute kEnd{std::chrono::minutes{29'600'000}};  // 2026-04-12T13:20:00Z

// Of the errors of side A of a link: of ten minutes the sixth is bad, and the last was not observed.
inline MinutesLeaf minutes_of_errors() {
  using evidence::MinuteState;
  MinutesLeaf leaf;
  leaf.criterion = "link.a.errors";
  leaf.signal = evidence::Signal::Errors;
  leaf.subject = evidence::interface_subject(key_of(5), "Switch1/1/1");
  leaf.from = kEnd - std::chrono::minutes{10};
  leaf.to = kEnd;
  leaf.states.assign(10, MinuteState::Good);
  leaf.states[5] = MinuteState::Bad;
  leaf.states[9] = MinuteState::Unobserved;
  leaf.damped_bad = 16;
  leaf.offences = {{kEnd - std::chrono::minutes{5}, evidence::kInErrors}};
  leaf.values = {{kEnd - std::chrono::minutes{5}, evidence::kInErrors, 7, 9}};
  return leaf;
}

inline MinutesLeaf minutes_of_qa() {
  MinutesLeaf leaf;
  leaf.criterion = "device.qa";
  leaf.subject = evidence::device_subject(evidence::SubjectKind::Reporting, key_of(5));
  leaf.from = kEnd - std::chrono::minutes{60};
  leaf.to = kEnd;
  leaf.results = {{kEnd - std::chrono::minutes{30}, true}};
  leaf.runs = {kEnd - std::chrono::minutes{30}};
  return leaf;
}

inline Statement statement_of_a_reset() {
  Statement s;
  s.genesis = hash_of(1);
  s.program = key_of(2);
  s.monitor = key_of(3);
  s.record = key_of(4);
  s.account = hash_of(5);
  s.slot = {77};
  s.status = Status::HardDrained;
  s.desired_status = DesiredStatus::HardDrained;
  s.from = Health::Healthy;
  s.to = Health::Impaired;
  s.reason = verdict::HealthReason::LeftService;
  s.reset = true;
  s.policy = hash_of(6);
  s.at = kEnd + std::chrono::seconds{31};
  s.present_since = s.at;
  s.minutes = transparency::empty_root();
  return s;
}

inline Statement statement_of_a_link() {
  auto s = statement_of_a_reset();
  s.reset = false;
  s.desired_status = DesiredStatus::Activated;
  s.from = Health::Impaired;
  s.to = Health::Healthy;
  s.reason = verdict::HealthReason::Recovered;
  s.evidence_known_at = s.at;
  s.window_minutes = 10;
  s.sources = {{"counters", kEnd, std::nullopt, false, std::chrono::seconds{30}}};
  const CriterionStatement::Counts counts{kEnd - std::chrono::minutes{10}, kEnd, 8, 1, 1};
  s.criteria = {{.name = "link.a.errors", .gates = true, .judgement = verdict::Judgement::Met, .counts = counts}};
  const Bytes leaf = encode(minutes_of_errors());
  s.minutes = minutes_root({&leaf, 1});
  return s;
}

inline Statement statement_of_a_device() {
  auto s = statement_of_a_link();
  s.kind = RecordKind::Device;
  s.window_slots = 200'000;
  s.sources.push_back({"qa", std::nullopt, kEnd, true, Duration{0}});
  s.criteria = {{.name = "device.max_users_zero", .judgement = verdict::Judgement::NotApplicable},
                {.name = "device.qa",
                 .mode = verdict::Mode::Shadow,
                 .judgement = verdict::Judgement::NotMet,
                 .stale = true,
                 .damped_failure = true,
                 .results = CriterionStatement::Results{kEnd - std::chrono::minutes{60}, kEnd, 1, 0},
                 .candidates = CriterionStatement::Candidates{3, 1}}};
  const std::vector<Bytes> leaves{encode(minutes_of_errors()), encode(minutes_of_qa())};
  s.minutes = minutes_root(leaves);
  OpinionStatement opinion{key_of(9), kEnd, s.at, {}};
  opinion.signature.bytes.fill(8);
  s.opinions = {opinion};
  return s;
}

}  // namespace dz::attest
