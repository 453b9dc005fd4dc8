// The monitor's log of decisions (transparency/log.h) as it is published: signed once what is in it is on disk,
// cosigned by the witnesses that the settings name, and shown then. docs/formats/decision-log.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "monitor/file_writes.h"
#include "monitor/monitor_settings.h"
#include "net/async_client.h"
#include "service/log.h"
#include "transparency/published_log.h"

namespace dz::monitor {

class LogDesk {
 public:
  static constexpr Duration kPatience = std::chrono::seconds{10};  // with witnesses, before it is shown without them
  static constexpr Duration kFirstPause =
      std::chrono::seconds{5};  // after a witness failed, and twice as long each time
  static constexpr Duration kLongestPause = std::chrono::minutes{5};

  struct Parts {
    storage::SqliteDatabase& database;
    FileWrites& writes;
    service::LogSink log;
  };
  // What parts refer to outlives the desk. Without a key the log is kept and not published, and so is one that is not
  // the one that was published (damage).
  static Result<LogDesk> open(Parts parts, const MonitorSettings& settings, const std::optional<wire::Keypair>& key);

  // Where statements are added, within the transaction under way.
  transparency::Log& log() { return log_; }
  // Why the log is not published although there is a key, and what to do; empty: it is.
  const std::string& damage() const { return damage_; }
  // Null: there is no key to publish it with, or the log is damaged.
  const transparency::PublishedLog* published() const { return published_ ? &*published_ : nullptr; }

  // How witnesses are asked; until then they are not.
  void connect(net::SendHttp send) { send_ = std::move(send); }

  // Once a pass: signs what is new, once is_on_disk() says that it will stay, and asks the witnesses. Returns when to
  // call again at the latest.
  Timestamp step(Timestamp now, const std::function<bool()>& is_on_disk);

  struct Witness {
    transparency::WitnessAddress address;
    std::uint64_t seen = 0;     // entries, by its own word
    std::string cosigned = {};  // the text of the last checkpoint that it cosigned
    std::string trouble = {};   // why it did not the last time; empty: it did
    Duration pause = kFirstPause;
    Timestamp next_try = {};
    bool asked = false;
  };
  const std::vector<Witness>& witnesses() const { return witnesses_; }

 private:
  LogDesk(Parts parts, transparency::Log log) : parts_(std::move(parts)), log_(log) {}

  void publish(Timestamp now, const std::function<bool()>& is_on_disk);
  void ask(Witness& witness, Timestamp now);
  void hear(std::size_t witness, const transparency::Note& note, Result<net::ClientResponse> answer);
  void failed(Witness& witness, std::string trouble);
  bool all_cosigned() const;

  Parts parts_;
  transparency::Log log_;
  std::optional<transparency::PublishedLog> published_;
  std::string damage_;
  std::vector<Witness> witnesses_;
  net::SendHttp send_;
  Timestamp signed_at_;  // the newest checkpoint
  Timestamp now_;        // of the last step
};

}  // namespace dz::monitor
