// The embedded evidence source: InfluxDB line protocol on /write and /api/v2/write. A write is answered 204 only when
// every line of it was read and its rows are on disk, which is decided by counting; what is refused is named in a
// partial-write error, as InfluxDB does, and the rest is kept. A conversation without sockets: request in, answer out.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/durable_evidence.h"
#include "telemetry/influx_statement.h"
#include "telemetry/parse_lines.h"
#include "telemetry/standing_lag.h"
#include "telemetry/step_back.h"

namespace dz::telemetry {

// Whose rows a token may write: those of one contributor's devices, or of one device, and what speaks of them alone. A
// QA run speaks of the whole fleet: a device that has no result of it fails.
struct TokenScope {
  std::string secret;
  Pubkey contributor;       // zero: none
  Pubkey device;            // zero: none
  bool fleet_wide = false;  // QA runs, and the results of every device
};

// The devices that the ledger knows, by key, with their contributor.
using KnownDevices = std::map<Pubkey, Pubkey>;

enum class WriteApi : std::uint8_t { V1, V2 };

struct WriteRequest {
  WriteApi api = WriteApi::V1;
  std::string_view body;
  std::string_view precision;  // of the query; empty: ns
  std::string_view token;      // from the Authorization header or the query's p; empty: none
};

// A write under way: what is not read yet of its body, and of what is read the rows that wait, because the ledger has
// yet to be asked for their devices.
struct PushedWrite;

struct WriteAnswer {
  int status = 204;
  std::string body;                           // JSON, empty with 204
  std::string error;                          // the same in words, some lines of them; empty when all is well
  std::optional<Duration> retry_after = {};   // with 503: not sooner
  std::shared_ptr<PushedWrite> waiting = {};  // with 503: go_on() has another answer once the ledger was asked
  // With 204: rows of devices that sent before, and not a moment ago. They wait for their next reading, not for the
  // answer, which may come a moment later.
  bool at_leisure = false;
};

// Counted since the start; the devices by key.
struct PushCounters {
  std::uint64_t requests = 0, unauthorised = 0, unreadable_lines = 0, ignored_rows = 0, rows = 0;
  struct Device {
    std::uint64_t rows = 0, too_old = 0, too_far_ahead = 0, too_many = 0, not_allowed = 0;
    Duration farthest_ahead{};          // of the latest refused row, seen from its arrival
    std::optional<Timestamp> ahead_at;  // when that came
    // The newest row that was not too far ahead, of all that came, and when the last of them came.
    std::optional<Timestamp> newest, came_at;
    StandingLag lag;  // of that, while it is late
    StepBack step_back;

    // Rows came, the newest of them stamped so; none of them was too far ahead.
    void saw(Timestamp stamp, Timestamp now);
    // Rows came, and may be late, set back or, a while ago at most, too far ahead.
    bool is_out_of_time(Timestamp now) const;
    // How far ahead its clock is: nothing once its rows are of the right time again.
    std::optional<Duration> clock_ahead(Timestamp now) const;
    // How late its rows come, when that is too late for their minutes, which close `lateness` after their end, and
    // stays so: nothing while a backlog is handed in.
    std::optional<Duration> rows_late(Duration lateness, Timestamp now) const;
    // They come so late, but it is not known yet whether that stays so.
    bool perhaps_late(Duration lateness, Timestamp now) const;

   private:
    // How late what came last was; of times that went back, by those.
    Duration lateness_of_last() const { return *came_at - step_back.newest_back().value_or(*newest); }
    std::optional<Duration> too_late(Duration lateness, Timestamp now) const;
  };
  std::map<Pubkey, Device> devices;
  std::set<Pubkey> out_of_time;  // those of them that are; of others nothing of the kind is told
  struct Unknown {
    std::uint64_t rows = 0;
    Timestamp came_at;  // the last of them
  };
  std::map<Pubkey, Unknown> unknown_devices;  // at most 1000 keys
};

struct Complaints;

class PushEndpoint {
 public:
  static constexpr Duration kRetryAfter = std::chrono::seconds{10};

  // Whether the ledger was asked for that device a moment ago and has none. If not, it is asked without waiting for it,
  // and the device's rows are neither kept nor refused: who sent them is told to send them again.
  using AskedInVain = std::function<bool(const Pubkey& unknown)>;

  // All outlive the endpoint.
  PushEndpoint(DurableEvidence& evidence, AskedInVain asked_in_vain);

  // Without tokens everybody may write (the server then listens on this machine only). The secrets are to be known from
  // the start; whose they are can follow with the devices, before which nothing is taken.
  void set_tokens(std::vector<TokenScope> tokens);
  // What was counted of devices that are none of these is forgotten.
  void set_devices(KnownDevices devices) {
    devices_ = std::move(devices);
    devices_known_ = true;
    std::erase_if(counters_.devices, [this](const auto& entry) { return !devices_.contains(entry.first); });
    std::erase_if(counters_.out_of_time, [this](const Pubkey& device) { return !devices_.contains(device); });
  }

  // A write is done piece by piece, for others to be served between. Its rows are on disk piece by piece too: whoever
  // gets no answer sends all of them again, and rows that come twice count once. The body outlives the work, up to the
  // first answer.
  std::shared_ptr<PushedWrite> begin(const WriteRequest& request, Timestamp now);
  // Some 5 ms of it; never waits. The answer, when it is known: rows of known devices are on disk then, whatever the
  // others are. After an answer with `waiting` it begins to look at the rows that wait anew: rows of devices that are
  // known by now are kept, those of devices that the ledger does not have are refused, and the others wait on.
  std::optional<WriteAnswer> go_on(const std::shared_ptr<PushedWrite>& write, Timestamp now);
  // Keeps nothing more of it: 503 with these words. What its rows say of their devices' clocks is told to on_rows.
  void put_off(PushedWrite& write, std::string_view why) const;
  // All pieces at once.
  WriteAnswer write(const WriteRequest& request, Timestamp now);
  WriteAnswer finish(const std::shared_ptr<PushedWrite>& write, Timestamp now);
  // The newest row of a device that the ledger knows and the token may write, of each write.
  using OnRows = std::function<void(const Pubkey& device, Timestamp newest)>;
  void on_rows(OnRows on_rows) { on_rows_ = std::move(on_rows); }
  // /query, which clients ask before they write (influx_statement.h).
  WriteAnswer query(const StatementRequest& request);

  // Whether that is one of the tokens; without any, whatever it is. Counts who is refused.
  bool admits(std::string_view token);

  const PushCounters& counters() const { return counters_; }

 private:
  const TokenScope* scope_of(std::string_view token) const;
  bool may_write(const TokenScope* scope, const Pubkey& device) const;
  WriteAnswer answer_of(const std::shared_ptr<PushedWrite>& write) const;
  std::optional<WriteAnswer> read_piece(PushedWrite& write, Timestamp now);
  std::optional<WriteAnswer> keep(PushedWrite& write, RowBatch& rows, Timestamp now);
  RowBatch take_allowed(PushedWrite& write, RowBatch& rows, Timestamp now);
  void refuse_unknown(const RowBatch& rows, Timestamp now, Complaints& complaints);
  void refuse_foreign(const RowBatch& rows, Complaints& complaints);
  static void refuse_runs(RowBatch& batch, Complaints& complaints);
  std::string why_waiting(const PushedWrite& write) const;
  void tell_times(const RowBatch& batch, const TokenScope* scope) const;
  bool is_at_leisure(const RowBatch& batch, Timestamp now) const;
  void note_times(const RowBatch& batch, Timestamp now);
  void account(const RowBatch& batch, const IngestReport& report, Timestamp now, Complaints& complaints);

  DurableEvidence& evidence_;
  AskedInVain asked_in_vain_;
  OnRows on_rows_;
  LineParser parser_;
  using Digest = std::array<unsigned char, 32>;
  static Digest digest_of(std::string_view secret);

  std::vector<TokenScope> tokens_;
  std::vector<Digest> digests_;  // of their secrets, in the same order
  KnownDevices devices_;
  bool devices_known_ = false;  // until the ledger was read once, nobody can be told that a device is unknown
  PushCounters counters_;
};

}  // namespace dz::telemetry
