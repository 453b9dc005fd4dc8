// The minutes that a monitor claims beside those that a store, or the ledger's samples, give once more: how a
// contributor shows a monitor to be wrong.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "apps/cli/ui/context.h"
#include "attest/minutes.h"
#include "evidence/evidence.h"
#include "telemetry/derived_minutes.h"

namespace dz::cli {

// Where raw rows are: "ledger", or KIND=URL of a store with what is needed to read it.
struct RawSource {
  bool ledger = false;
  telemetry::StoreSettings store;
};
// Refused, with the forms that there are.
Result<RawSource> parse_raw_source(std::string_view text);
// Refused: credentials that would cross a network in clear, a database that is missing.
Result<void> check_raw_source(const RawSource& source);

struct Comparison {
  struct Different {
    std::string criterion, subject, signal;
    Minute minute;
    evidence::MinuteState claimed, found;
    evidence::CounterBits counters = 0;  // at fault, as found
  };
  std::vector<Different> different;   // minute by minute, leaf by leaf
  std::size_t compared = 0;           // minutes
  std::vector<std::string> left_out;  // signals that this source says nothing of, or has no rows of
};

// leaves: of one decision. Refused: the source says nothing of any of them, or has no rows of that time.
Result<Comparison> compare_with_store(const std::vector<attest::MinutesLeaf>& leaves, const RawSource& source,
                                      const telemetry::AskForRows& ask);
Result<Comparison> compare_with_samples(const std::vector<attest::MinutesLeaf>& leaves, client::LedgerClient& ledger,
                                        const Pubkey& telemetry_program, Timestamp now);

// Asks the store over HTTP(S), one request at a time, each within a minute.
telemetry::AskForRows ask_over_http(const telemetry::StoreSettings& store);

std::string render_comparison(const Comparison& comparison);
boost::json::value to_json(const Comparison& comparison);

}  // namespace dz::cli
