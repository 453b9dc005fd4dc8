// Request bodies of line protocol into the rows this project understands: what devices, the controller and QA send. A
// bad line never stops the others; it becomes an error in InfluxDB's manner.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/pubkey.h"
#include "base/time.h"
#include "wire/line_protocol.h"

namespace dz::wire {

enum class RowKind : std::uint8_t {
  Other,         // well-formed, nothing this project reads
  IntfCounters,  // intfCounters: tags dzd_pubkey, intf
  Getconfig,     // controller_grpc_getconfig_success: tag device_pubkey
  QaResult,      // device_qa_test_results: tag device_pubkey
  QaMetadata,    // device_qa_test_metadata
};

// What a measurement and its tags say, worked out once and remembered by the raw text.
struct Series {
  RowKind kind = RowKind::Other;
  std::string text;       // as written in the line
  Pubkey device;          // zero for QaMetadata and Other
  std::string interface;  // IntfCounters only
  // For the reader's user: what it found out about this series. Lives as long as the series is remembered.
  static constexpr std::uint64_t kNoMemo = UINT64_MAX;
  mutable std::uint64_t memo = kNoMemo;
};

struct Row {
  const Series* series = nullptr;  // valid until the next start()
  std::string_view line;           // for messages
  Timestamp at;
  std::optional<std::uint64_t> in_octets, out_octets, in_errors, out_errors, in_fcs_errors;  // IntfCounters
  std::optional<std::uint64_t> in_discards, out_discards, carrier_transitions;               // and these
  std::optional<std::uint64_t> count;                                                        // Getconfig
  std::optional<bool> success;                                                               // QaResult
};

class RowReader {
 public:
  RowReader();
  RowReader(RowReader&&) noexcept;
  RowReader& operator=(RowReader&&) noexcept;
  ~RowReader();

  // Begins a body. It must outlive the reading. Lines without a timestamp are dated `now`. most_work: next() stops at
  // the end of the line with which the reading has cost that much, counted in bytes of lines that are quick to read;
  // a slow one counts eight times. A million is some 5 ms, and no line is slower.
  void start(std::string_view body, Precision precision, Timestamp now, std::size_t most_work = SIZE_MAX);
  // The next row of a kind other than Other; null at the end, or when the work is done.
  const Row* next();
  // Bytes of the body that next() is through with; less than it has: begin again with the rest.
  std::size_t consumed() const;

  // Lines refused since start(). Whether all is well is told by their number only: errors() has the texts of the first
  // few, and of long ones the beginning.
  std::size_t refused() const;
  const std::vector<std::string>& errors() const;
  std::size_t ignored() const;  // well-formed lines of kind Other

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// "unable to parse '<line>': <why>", a long line cut short.
std::string line_error(std::string_view line, std::string_view why);
// "partial write: <errors, one a line> dropped=<n>"
std::string partial_write_text(const std::vector<std::string>& errors, std::size_t dropped);

}  // namespace dz::wire
