// What changed from pass to pass, as server-sent events for those who do not want to ask again and again: records,
// alarms, incidents, sources, decisions. Pure: it compares pictures. So many of the last events are remembered, for who
// was away for a moment; who was away for longer is told to read the lists again (`resync`), and so is everybody when
// one pass changed more than a few. Format: docs/formats/monitor-api.md.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/pubkey.h"
#include "base/time.h"
#include "domain/profile.h"
#include "verdict/condition.h"

namespace dz::monitor {

// One record as a page shows it in a line.
struct RecordPicture {
  RecordKind kind = RecordKind::Link;
  Pubkey key;
  std::string code;
  Status status = Status::Pending;
  DesiredStatus desired_status = DesiredStatus::Pending;
  Health health = Health::Unknown;       // on the ledger
  Health next_health = Health::Unknown;  // what the monitor makes of it
  verdict::HealthReason reason = verdict::HealthReason::FirstSight;
  std::optional<Timestamp> healthy_at;
  verdict::Condition condition;
  // What its other members rest on, compared and not told: the incident that leads it, the maintenance that holds for
  // it, who drained it.
  std::string incident, maintenance;
  Pubkey drained_by;
  bool operator==(const RecordPicture&) const = default;
};

// An alarm, an incident or a source: a name that tells it from others of its kind, and the members of its JSON object.
struct NamedPicture {
  std::string name;
  std::string members;
  std::size_t beside = 0;  // of what is compared and not told
  bool operator==(const NamedPicture&) const = default;
};

// {"a":1} as "a":1.
std::string members_text(const boost::json::object& object);

struct GoneRecord {
  RecordKind kind = RecordKind::Link;
  Pubkey key;
  std::string code;
  Timestamp at;
};

class ChangeFeed {
 public:
  static constexpr std::size_t kMostEvents = 4096;    // remembered
  static constexpr std::size_t kMostBytes = 1 << 20;  // of them
  static constexpr std::size_t kMostAtOnce = 500;     // of one pass; more are one resync
  static constexpr std::size_t kMostGone = 1000;      // records that are remembered to have been there

  // run: what tells this run of the monitor from every other, in ids. profile: how the ledger spells health.
  ChangeFeed(std::string run, const Profile& profile) : run_(std::move(run)), profile_(profile) {}

  // Whether something is to be told; from within the looks. last: the number of the last event of the text.
  void on_news(std::function<void(std::uint64_t last, const std::string& text)> told) { told_ = std::move(told); }

  // Adds what an assessment says of a record that came or changed.
  using Details = std::function<void(const Pubkey& record, boost::json::object& members)>;

  // The pictures as they are now; the first ones of a run are what later ones are compared with. Records: links first,
  // each ordered by key.
  void look_at_records(std::vector<RecordPicture> records, Timestamp now, const Details& details = {});
  // Only these may have changed since the last look at records. False: one of them was not there then, or not all were
  // looked at yet; nothing is told, and all are to be looked at.
  bool look_at_some(std::vector<RecordPicture> some, Timestamp now, const Details& details = {});
  bool knows(const Pubkey& record) const;  // it was there at the last look
  void look_at_alarms(std::vector<NamedPicture> alarms, Timestamp now);
  void look_at_incidents(std::vector<NamedPicture> incidents, Timestamp now);
  void look_at_sources(std::vector<NamedPicture> sources, Timestamp now);
  // That were made since the last call, the oldest first: members of their JSON objects.
  void tell_decisions(const std::vector<std::string>& decisions);

  struct Beginning {
    std::string text;
    std::uint64_t last = 0;  // the number of the last event that is told in it, or was before
  };
  // How a stream begins: for a client that has seen that event last, or none; at most so many bytes of what it missed.
  Beginning begin(std::string_view last_event_id, std::size_t most) const;

  // By pubkey or code; the youngest, when several are gone. Null: not known.
  const GoneRecord* gone(std::string_view name) const;

 private:
  struct Event {
    std::uint64_t number = 0;
    std::string text;
  };
  using Events = std::vector<std::pair<std::string_view, std::string>>;  // name, data

  using RecordChange = std::pair<std::string_view, const RecordPicture*>;  // "added", "changed", "gone"
  void tell_records(const std::vector<RecordChange>& changes, Timestamp now, const Details& details);
  void look_at_named(std::string_view event, std::optional<std::vector<NamedPicture>>& before,
                     std::vector<NamedPicture> now_there, Timestamp now);
  void tell(const Events& events);
  void tell_resync();
  void hand_on(std::uint64_t begun);
  void remember(std::string_view event, const std::string& data);
  std::string members_of(const RecordPicture& record, const Details& details) const;
  void note_gone(const RecordPicture& record, Timestamp now);
  std::string id_of(std::uint64_t number) const { return run_ + "-" + std::to_string(number); }

  std::string run_;
  const Profile& profile_;
  std::function<void(std::uint64_t, const std::string&)> told_;
  std::optional<std::vector<RecordPicture>> records_;
  std::optional<std::vector<NamedPicture>> alarms_, incidents_, sources_;
  std::deque<Event> events_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
  std::deque<GoneRecord> gone_;  // the youngest first
};

}  // namespace dz::monitor
