// What the three stores answer. The first line of an input is the question's subject and the status of the answer, as
// in "counters 200"; the rest is the body.
#include <charconv>

#include "base/check.h"
#include "input.h"
#include "targets.h"
#include "telemetry/minute_rows.h"
#include "telemetry/store_query.h"

namespace dz::fuzz {
namespace {

using telemetry::StoreKind;
using telemetry::StoreSubject;

constexpr Minute kFrom{std::chrono::minutes{29'383'334}};  // 2025-11-13 02:14
constexpr Minute kTo = kFrom + std::chrono::minutes{10};

telemetry::StoreSettings settings_of(StoreKind kind) {
  telemetry::StoreSettings store;
  store.name = "lake";
  store.kind = kind;
  store.url = "http://127.0.0.1:1";
  if (kind != StoreKind::Prometheus) store.database = "network";
  store.username = "reader";
  store.password = "S3cret-S3cret";
  return store;
}

verdict::AddedCriterion criterion_of(std::string_view subject) {
  verdict::AddedCriterion criterion;
  criterion.id = "link.loss";
  criterion.subject = subject == "added-link" ? verdict::AddedKind::Link : verdict::AddedKind::SideA;
  criterion.source = "lake";
  criterion.query = "select";
  criterion.device_label = "dzd_pubkey";
  criterion.link_label = "link_pk";
  criterion.at_most = 5;
  return criterion;
}

StoreSubject subject_of(std::string_view word) {
  if (word == "counters") return StoreSubject::Counters;
  if (word == "baselines") return StoreSubject::Baselines;
  if (word == "getconfig") return StoreSubject::ConfigAgent;
  if (word == "qa") return StoreSubject::Qa;
  if (word == "future") return StoreSubject::FutureRows;
  return StoreSubject::Added;
}

bool can_be_kept(const telemetry::RowBatch& batch) {
  const auto kept = telemetry::decode_row_batch(encode(batch));
  return kept.has_value() && *kept == batch;
}

void check_rows(const telemetry::StoreRows& rows, std::string_view body) {
  const auto found = rows.counters.size() + rows.baselines.size() + rows.getconfigs.size() + rows.qa_results.size() +
                     rows.qa_runs.size() + rows.added_values.size() + rows.future_rows.size();
  DZ_CHECK(found <= body.size() &&
           rows.ports.size() <= body.size());  // a row takes a byte at least, so memory is bounded by the body
  for (const auto& counter : rows.counters) DZ_CHECK(counter.port < rows.ports.size());
  for (const auto& baseline : rows.baselines) DZ_CHECK(baseline.port < rows.ports.size());
  evidence::Evidence evidence;
  DZ_CHECK(can_be_kept(telemetry::rows_of_counters(rows, kFrom, evidence)));
  DZ_CHECK(can_be_kept(telemetry::rows_of_getconfigs(rows, kFrom, evidence)));
  DZ_CHECK(can_be_kept(telemetry::rows_of_qa(rows)));
  DZ_CHECK(can_be_kept(telemetry::rows_of_baselines(rows, kFrom, Timestamp{kTo})));
}

int answer_of(StoreKind kind, ByteView bytes) {
  Input input(bytes);
  const auto line = as_text(input.take_until('\n'));
  const auto space = std::min(line.find(' '), line.size());
  const auto subject = line.substr(0, space);
  telemetry::StoreAnswer answer{200, std::string(as_text(input.rest()))};
  (void)std::from_chars(line.data() + space + (space < line.size() ? 1 : 0), line.data() + line.size(), answer.status);
  const auto criterion = criterion_of(subject);
  const telemetry::StoreQuestion question{subject_of(subject), kFrom, kTo, &criterion};
  const auto store = settings_of(kind);
  if (!telemetry::serves(kind, question.subject)) return 0;
  const auto rows = telemetry::read_answer(store, question, answer);
  if (rows) {
    check_rows(*rows, answer.body);
  } else {
    DZ_CHECK(can_be_told(rows.error().message));
    DZ_CHECK(rows.error().message.find(store.password) == std::string::npos);
  }
  return 0;
}

}  // namespace

int influxdb_target(ByteView bytes) { return answer_of(StoreKind::InfluxDb, bytes); }
int prometheus_target(ByteView bytes) { return answer_of(StoreKind::Prometheus, bytes); }
int clickhouse_target(ByteView bytes) { return answer_of(StoreKind::ClickHouse, bytes); }

}  // namespace dz::fuzz
