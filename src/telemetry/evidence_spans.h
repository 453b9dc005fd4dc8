// Which minutes an input of the evidence can touch: what is in doubt when that input is lost.
#pragma once

#include "telemetry/evidence_file.h"
#include "telemetry/row_batch.h"

namespace dz::telemetry {

// Rows whose time no arrival at `now` makes acceptable touch nothing.
EvidenceSpan span_of(const RowBatch& batch, Timestamp now);
// Samples of later reads depend on those of this one, until the ledger is asked for them again.
EvidenceSpan span_of(const std::vector<evidence::SampleRead>& reads, Timestamp read_at);
// A pass closes the minutes since the pass before: which rows are late depends on it.
EvidenceSpan span_of_pass(std::optional<Timestamp> before, Timestamp now, Duration lateness);

}  // namespace dz::telemetry
