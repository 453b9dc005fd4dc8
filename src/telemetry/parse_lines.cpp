#include "telemetry/parse_lines.h"

namespace dz::telemetry {
namespace {

constexpr std::size_t kMostWork = 1U << 20;  // wire::RowReader::start()
constexpr std::size_t kMostRows = 4096;      // to be made durable and applied at once: some 5 ms again

}  // namespace

std::uint32_t LineParser::port_of(const wire::Series& series, RowBatch& batch) {
  if (series.memo != wire::Series::kNoMemo && series.memo >> 32 == batch_)
    return static_cast<std::uint32_t>(series.memo);
  const auto port = static_cast<std::uint32_t>(batch.ports.size());
  batch.ports.push_back({series.device, series.interface});
  series.memo = std::uint64_t{batch_} << 32 | port;
  return port;
}

Result<ParsedLines> LineParser::parse_piece(std::string_view body, std::string_view precision, Timestamp now) {
  DZ_TRY_ASSIGN(const auto unit, wire::parse_precision(precision));
  ParsedLines parsed;
  ++batch_;
  reader_.start(body, unit, now, kMostWork);
  std::size_t rows = 0;
  while (rows < kMostRows) {
    const wire::Row* row = reader_.next();
    if (row == nullptr) break;
    ++rows;
    auto& batch = parsed.batch;
    const auto& series = *row->series;
    switch (series.kind) {
      case wire::RowKind::IntfCounters:
        batch.counters.push_back({port_of(series, batch),
                                  {row->at, row->in_octets, row->out_octets, row->in_errors, row->out_errors,
                                   row->in_fcs_errors, row->in_discards, row->out_discards, row->carrier_transitions}});
        break;
      case wire::RowKind::Getconfig:
        batch.getconfigs.push_back({series.device, row->at, row->count.value_or(0)});
        break;
      case wire::RowKind::QaResult:
        batch.qa_results.push_back({series.device, row->at, row->success.value_or(false)});
        break;
      case wire::RowKind::QaMetadata: batch.qa_runs.push_back(row->at); break;
      case wire::RowKind::Other: break;
    }
  }
  parsed.errors = reader_.errors();
  parsed.unreadable = reader_.refused();
  parsed.ignored = reader_.ignored();
  parsed.consumed = reader_.consumed();
  return parsed;
}

}  // namespace dz::telemetry
