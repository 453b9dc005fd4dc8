// From the minutes a store aggregated to rows the evidence takes, which is made for rows: the same minutes become good
// or bad as if every raw row had been read.
//
// A counter's minute has a first, a largest and a last value. They become rows at second 0, 25 and 50 of the minute,
// and only those that say something: a counter that goes on rising is one row. The instants are the same for octets and
// errors, so that a reset of both is seen as one; they are more than 5 s from the minute's end, so that it is not taken
// for one that happened beside last minute's errors; and 10 s from it, as EOS syncs the two.
//
// What a minute's aggregate cannot tell apart, and how it is read here: an error counter first heard of in the minute
// in which its interface was first heard of is a baseline; octets that reset within a minute and rose again only after
// it count as idle if they had not risen before; values that fell and came back within a minute never fell.
//
// An answer also holds minutes that were taken before (the overlap for late rows). Of those only what the evidence does
// not have yet is told: a minute that was silent, a rise it did not show. What it has is not told again, so asking
// twice, or after a restart, changes nothing.
#pragma once

#include "evidence/evidence.h"
#include "telemetry/row_batch.h"
#include "telemetry/store_query.h"

namespace dz::telemetry {

// closed: minutes before it were taken already; the source's watermark, or the first minute asked for when there is
// none.
RowBatch rows_of_counters(const StoreRows& answer, Minute closed, const evidence::Evidence& store);
RowBatch rows_of_getconfigs(const StoreRows& answer, Minute closed, const evidence::Evidence& store);
RowBatch rows_of_qa(const StoreRows& answer);
// The last error values before `before`, the first minute asked for. A value whose time the store does not tell is laid
// before the rings, where it is compared with and leaves no minute.
RowBatch rows_of_baselines(const StoreRows& answer, Minute before, Timestamp now);

}  // namespace dz::telemetry
