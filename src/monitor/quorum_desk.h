// This monitor among several judges: what it holds of each record, for those who ask; what the others hold; and which
// planned changes may go. Nothing here waits: questions leave through a seam, and a peer that hangs keeps its own
// opinion back and nothing else. What may go is decided by quorum/agreement.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "control/plan_monitor.h"
#include "monitor/ledger_reader.h"
#include "monitor/quorum_settings.h"
#include "net/async_client.h"
#include "quorum/disputes.h"
#include "quorum/peer_book.h"
#include "quorum/stated_opinions.h"
#include "service/log.h"

namespace dz::monitor {

struct QuorumSeams {
  // Asks the peer's API for this path and query. done is called once, at once or later, with the body of a good answer.
  std::function<void(const QuorumPeer&, const std::string& target, std::function<void(Result<std::string>)> done)> ask;
  std::function<void()> wake;  // an answer arrived: step() soon
};

// Who judges. key: none: this monitor gives no opinions.
struct QuorumSelf {
  quorum::Rules rules;
  std::optional<wire::Keypair> key;
  Pubkey program;                           // serviceability
  const verdict::Policy* policy = nullptr;  // outlives the desk
};

// A change that is planned and waits for other judges.
struct WaitingChange {
  control::HealthChange change;
  quorum::Agreement agreement;
  Timestamp since;
};

struct QuorumCounters {
  std::uint64_t agreed = 0;                   // changes that several had to hold, and did, for the first time
  std::uint64_t questions = 0, failures = 0;  // of and to peers
  std::uint64_t unreadable = 0;               // opinions in answers that are none
};

class QuorumDesk {
 public:
  static constexpr std::size_t kMostGiven = 256;  // opinions of one answer, besides those asked for by name

  // settings outlive the desk.
  QuorumDesk(const QuorumSettings& settings, QuorumSelf self, service::LogSink log);

  bool on() const { return settings_.on(); }
  void connect(QuorumSeams seams) { seams_ = std::move(seams); }

  // Takes what arrived, asks what is due. Returns when to be called again at the latest.
  Timestamp step(Timestamp now);

  // What a pass found: from now on this is what the monitor holds. All of one pass.
  struct Judged {
    const control::MonitorInputs& inputs;
    const control::RecordBook& book;
    const LedgerReader& reader;
  };
  void judged(const Judged& pass);
  // Takes out what has to wait, and remembers why. pause: called now and then, with nothing to wait for.
  void hold(std::vector<control::HealthChange>& changes, const Judged& pass, const std::function<void()>& pause);

  // The opinions behind a change that may go, of the last hold(); null: it may not, or no quorum is asked for.
  const std::vector<quorum::SignedOpinion>* agreed(const Pubkey& record) const;
  // The same, as its statement carries them.
  std::vector<attest::OpinionStatement> stated(const Pubkey& record) const;
  const std::map<Pubkey, WaitingChange>& waiting() const { return waiting_; }
  // "healthy waits for 1 more of 2 judges that have to hold it: judge fra would write impaired". Empty: it does not
  // wait.
  std::string sentence_of(const Pubkey& record) const;

  // What this monitor holds of records whose health it would change, and of those asked for by name: these from the
  // next pass on.
  std::vector<quorum::SignedOpinion> opinions(std::span<const Pubkey> named);

  // Where a judge that would write something else of a change that waits has other minutes; null: it does not, or what
  // it has is not known.
  const attest::Differences* differences(const Pubkey& judge, const Pubkey& record) const;

  const QuorumSettings& settings() const { return settings_; }
  const quorum::PeerBook& peers() const { return book_; }
  std::optional<Pubkey> key() const { return self_.key ? std::optional(self_.key->pubkey()) : std::nullopt; }
  const QuorumCounters& counters() const { return counters_; }
  std::string name_of(const Pubkey& judge) const;

 private:
  struct Given {
    quorum::Opinion opinion;
    std::optional<wire::Signature> signature;  // once somebody asked
    bool differs = false;                      // from what stands on the ledger
  };
  struct Arrived {
    Pubkey peer;
    Result<std::string> body;
  };

  struct ArrivedMinutes {
    quorum::Disputes::Question question;
    Result<std::string> body;
  };

  void take(const Arrived& arrived, Timestamp now);
  void send(const quorum::PeerBook::Question& question);
  void send(const quorum::Disputes::Question& question);
  const QuorumPeer& peer_of(const Pubkey& judge) const;
  void compare(const WaitingChange& waiting, const Judged& pass);
  std::string differences_text(const Pubkey& judge, const Pubkey& record) const;
  std::optional<quorum::Opinion> opinion_of(const Judged& pass, const control::RecordVerdict& verdict) const;
  std::optional<Minute> complete_until(const control::MonitorInputs& inputs, RecordKind kind) const;
  quorum::SignedOpinion signed_opinion(Given& given) const;
  bool may_go(const control::HealthChange& change, const Judged& pass);
  void wait(const control::HealthChange& change, quorum::Agreement found, const Judged& pass);
  std::string why(const WaitingChange& waiting) const;
  std::string refusal_text(const quorum::RefusedOpinion& refused, RecordKind kind) const;
  std::string silence_text(const Pubkey& judge) const;

  const QuorumSettings& settings_;
  QuorumSelf self_;
  quorum::Hash policy_{};
  service::LogSink log_;
  QuorumSeams seams_;
  quorum::PeerBook book_;
  quorum::Disputes disputes_;
  std::vector<Arrived> arrived_;
  std::vector<ArrivedMinutes> arrived_minutes_;
  std::map<Pubkey, Given> given_;          // of the last pass
  std::map<Pubkey, Timestamp> asked_for_;  // by name, and when last
  std::map<Pubkey, WaitingChange> waiting_;
  std::map<Pubkey, std::vector<quorum::SignedOpinion>> agreed_;
  std::map<Pubkey, Health> counted_;    // agreements that the counter has
  std::map<Pubkey, std::string> said_;  // of what waits
  Timestamp now_;                       // of the last step
  QuorumCounters counters_;
};

// Takes the questions over HTTP(S), and the answers back.
QuorumSeams http_peers(net::SendHttp send, std::function<void()> wake);

}  // namespace dz::monitor
