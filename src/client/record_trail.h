// The trail of one link or device: what its transactions on the ledger wrote of status, desired_status and health, and
// who signed them. It is read a few requests at a time, newest first and only as far back as somebody needs, so that a
// network full of records with long trails does not cause a storm of requests. It is kept in memory, and what is known
// is not asked for again.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "client/ledger_client.h"
#include "client/record_writes.h"

namespace dz::client {

struct TrailLimits {
  std::size_t page = 1000;           // signatures a request, at most 1000
  std::size_t transactions = 10000;  // looked at for one record; what is older counts as not kept
  int tries = 4;                     // at a transaction that the ledger answers for and does not show
};

// A transaction that the ledger lists and does not show: of a later version, pruned, or an answer that makes no sense.
struct NotShown {
  wire::Signature signature;
  std::string reason;
};

class RecordTrail {
 public:
  RecordTrail(Pubkey record, wire::ProgramIds ids, const Profile& profile, TrailLimits limits = {});

  // All make at most `requests` requests and take those they made off it; with an error nothing is lost, and the next
  // call goes on where this one stopped. The answer is whether the work is done: false when requests ran out. Retry:
  // the ledger does not answer. Any other error is about one transaction, which not_shown() then names; after some
  // tries it is passed over: it may have written anything, so nothing that came before it counts.

  // Reads what landed since the last time. The first call only finds the end of the trail.
  Result<bool> catch_up(LedgerClient& ledger, std::size_t& requests);
  // Reads back to the next older event; when that is not possible, until exhausted().
  Result<bool> reach_back(LedgerClient& ledger, std::size_t& requests);
  // Asks once more for the transaction that was passed over; when it is shown, all is read anew. Or, where the list
  // ended, for what is older: when there is something, reach_back() goes on.
  Result<bool> look_again(LedgerClient& ledger, std::size_t& requests);

  // Gives back the memory of what was listed and not read; it is listed again when it is needed.
  void forget_unread();

  // Valid after a catch_up() that was done.
  const RecordEvents& known() const { return known_; }
  // Nothing older can be read. Without known().from_creation the ledger does not list it, or an older transaction
  // cannot be decoded.
  bool exhausted() const { return exhausted_; }
  // The transaction that holds the trail back now, or that was passed over; null: none.
  const NotShown* not_shown() const;
  bool passed_over() const { return passed_over_.has_value(); }

 private:
  // What one transaction says about the record. not_readable: nothing that came before the events counts.
  struct Told {
    std::vector<RecordEvent> events;
    bool not_readable = false;
  };

  Result<bool> list_first(LedgerClient& ledger, std::size_t& requests);
  Result<bool> list_new(LedgerClient& ledger, std::size_t& requests);
  Result<bool> list_older(LedgerClient& ledger, std::size_t& requests);
  Result<bool> list_before(const wire::Signature& entry, LedgerClient& ledger, std::size_t& requests);
  Result<bool> list_again(LedgerClient& ledger, std::size_t& requests);
  Result<bool> read_fresh(LedgerClient& ledger, std::size_t& requests);
  // The transaction; none: it is passed over.
  Result<std::optional<ConfirmedTransaction>> show(LedgerClient& ledger, const wire::Signature& signature);
  Told tell(const std::optional<ConfirmedTransaction>& transaction) const;
  void append(Told told);
  void prepend(Told told);
  void take_oldest();
  void stop_reaching_back();

  Pubkey record_;
  wire::ProgramIds ids_;
  const Profile* profile_;
  TrailLimits limits_;
  RecordEvents known_;
  bool exhausted_ = false;
  bool list_ended_ = false;                       // that is why
  std::optional<TrailEntry> newest_;              // the newest transaction that was listed; none: none was
  std::optional<wire::Signature> before_newest_;  // the one before it; none: it is the first that was listed
  std::vector<TrailEntry> fresh_pages_;           // landed since, being listed: newest first
  std::deque<TrailEntry> fresh_;                  // landed since, listed, not read yet: oldest first
  std::deque<TrailEntry> older_;                  // newest first, not read yet
  std::optional<wire::Signature> oldest_;         // where to list on from; none: the list has ended
  std::optional<wire::Signature> last_taken_;     // from older_
  std::size_t looked_at_ = 0;
  std::optional<NotShown> failing_, passed_over_;
  int tries_ = 0;  // at failing_
};

}  // namespace dz::client
