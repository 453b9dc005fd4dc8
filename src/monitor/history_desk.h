// The transactions of records that somebody asks the history of: read by the passes, for whoever asks must not wait for
// the ledger, and kept for the next question. Asking is free of the ledger; a pass reads a few requests' worth of what
// was asked for, so that no question makes a storm of them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "client/ledger_client.h"
#include "client/ledger_mirror.h"
#include "client/record_history.h"

namespace dz::monitor {

class HistoryDesk {
 public:
  static constexpr std::size_t kMostRecords = 32;                     // kept; who was asked for longest ago goes first
  static constexpr std::size_t kMostRequests = 2000;                  // to the ledger, for one record
  static constexpr std::size_t kRequestsAStep = 40;                   // for all of them
  static constexpr Duration kEvery = std::chrono::milliseconds{500};  // between two such steps
  static constexpr Duration kFresh = std::chrono::seconds{10};      // what was read stands so long, if nothing changes
  static constexpr Duration kAgainAfter = std::chrono::seconds{5};  // when the ledger does not answer

  // From within ask(): step() soon. From within step(): something that was asked for was read.
  void on_wanted(std::function<void()> wanted) { wanted_ = std::move(wanted); }
  void on_read(std::function<void()> read) { read_ = std::move(read); }

  struct Known {
    client::RecordHistory history;
    bool fresh = false;   // all that landed is in it
    std::string trouble;  // why it is not read on now; empty: nothing is wrong
  };
  // As far as it is known by now.
  Known find(const Pubkey& record, Timestamp now) const;
  // From now on it is read until it is fresh and has so many events, or there are no more.
  void ask(const Pubkey& record, std::size_t events, Timestamp now);

  // What changed is read again before it counts as known.
  void follow(const client::MirrorUpdate& update);
  // Reads what was asked for. Others may ask meanwhile, while the ledger is waited for.
  void step(client::LedgerClient& ledger, const client::Snapshot& records, Timestamp now);
  // When there is something to do again.
  Timestamp next(Timestamp now) const;

 private:
  struct Asked {
    std::size_t events = 0;
    Timestamp at;
  };
  struct Kept {
    std::unique_ptr<client::RecordTrail> trail;
    Timestamp asked_at;
    std::optional<Timestamp> read_at;  // none: something landed since, or may have
    std::size_t requests = 0;
    std::string trouble;
    Timestamp not_before;
  };
  void read(client::LedgerClient& ledger, const Pubkey& record, std::size_t events, std::size_t& requests,
            Timestamp now);
  Kept& keep(const Pubkey& record, const client::Snapshot& records, Timestamp asked_at);
  bool is_read(const Kept& kept, std::size_t events) const;

  std::function<void()> wanted_, read_;
  std::map<Pubkey, Asked> asked_;  // not read as far yet; at most kMostRecords
  std::map<Pubkey, Kept> kept_;    // only a step makes and forgets them
  std::optional<Timestamp> stepped_;
};

}  // namespace dz::monitor
