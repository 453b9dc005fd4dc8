// What is said to people, held against the world: every page of every record, the alarms, the incidents and the
// messages to webhooks. Each sentence is read as people read it, a clause at a time, and each fact in it (a count of
// minutes, a time, a side and its device, a port, a state, a cause, who did it) is compared with what known_minutes.h
// and the ledger say. A clause of a shape that is not known here is a failure: whoever adds a sentence adds its check.
//
// For walks on pushed evidence. The monitor may die and start again: what stood before is the same after, what nobody
// saw end has not ended, and nothing is told twice (spoken_restarts.cpp).
#pragma once

#include <map>
#include <memory>
#include <regex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "notify/notifier.h"
#include "sim/known_minutes.h"

namespace dz::sim {

class SpokenFacts {
 public:
  // Hears from now on what the first monitor tells webhooks, over its restarts. It does so as long as the checker
  // lives.
  explicit SpokenFacts(World& world);
  ~SpokenFacts();

  // Everything that is said now, right after a pass, and every message since the last call.
  void check();
  // Nothing is under way any more: the last that was told of every record is what it is.
  void check_all_told();
  // From now on no number of the minutes of that device is held against what is known: the walk lets its counters fall,
  // or its times go back.
  void expect_disorder(std::size_t device) { disordered_.insert(device); }
  const std::vector<std::string>& untrue() const { return untrue_; }
  // How often each shape was read.
  const std::map<std::string, int>& read() const { return read_; }

 private:
  // What a text is about, as far as it was read: a record or none, a criterion, and the minutes it speaks of.
  struct Scope {
    std::string code;  // of the record; empty: of none
    Timestamp at;
    const KnownMinutes* known = nullptr;
    const LinkSpec* link = nullptr;
    std::optional<std::size_t> device;
    std::string id, text;
    std::optional<Known> minutes;
    std::string judgement;                       // of the criterion, where a row of it is read
    const boost::json::object* event = nullptr;  // that says it
    std::optional<long> open_rows;               // of the page: gating, and not met
  };
  using Words = std::vector<std::string>;  // of a shape, by its groups; "": not there
  using Check = void (SpokenFacts::*)(Scope&, const Words&);
  struct Shape {
    const char* name;
    std::regex pattern;
    Check check;
    bool of_source = false;  // is checked where monitors pull too
  };
  static std::vector<Shape> shapes_of_findings();
  static std::vector<Shape> shapes_of_records();
  static std::vector<Shape> shapes_of_causes();
  static std::vector<Shape> shapes_of_news();
  static std::vector<Shape> shapes_of_rare();

  // Every clause of a text.
  void read(Scope& scope, const std::string& text);
  void read_clause(Scope& scope, const std::string& clause);
  void untrue(const Scope& scope, const std::string& what);
  void expect(const Scope& scope, bool holds, const std::string& what) {
    if (!holds) untrue(scope, what);
  }

  // ---- pages (spoken_facts.cpp)
  void check_page(Scope scope, const std::string& page);
  void read_heading(Scope& scope, const std::string& line);
  void read_row(Scope scope, const std::string& line);
  bool fails_now(const Scope& scope) const;
  bool gates(const std::string& id) const;
  std::vector<std::string> criteria_of(const Scope& scope) const;
  std::optional<Known> minutes_of(const Scope& scope, const std::string& id) const;
  const Link* link_of(const Scope& scope) const;
  const Device* record_of(const Scope& scope) const;
  std::string health_of(const Scope& scope) const;

  // ---- clauses about findings (spoken_findings.cpp)
  void good_minutes(Scope& scope, const Words& words);
  void bad_minutes(Scope& scope, const Words& words);
  void events(Scope& scope, const Words& words);
  void no_rows_at_all(Scope& scope, const Words& words);
  void unobserved_minutes(Scope& scope, const Words& words);
  void begins_unobserved(Scope& scope, const Words& words);
  void failing(Scope& scope, const Words& words);
  void clean_since(Scope& scope, const Words& words);
  void not_bad_since(Scope& scope, const Words& words);
  void met_at(Scope& scope, const Words& words);
  void met_after_repair(Scope& scope, const Words& words);
  void met_once_observed(Scope& scope, const Words& words);
  void has_never_been_heard(Scope& scope, const Words& words);
  void candidates(Scope& scope, const Words& words);
  void qa_results(Scope& scope, const Words& words);
  void no_qa_result(Scope& scope, const Words& words);
  void longest_gap(Scope& scope, const Words& words);
  void qa_to_do(Scope& scope, const Words& words);
  void find_out_why(Scope& scope, const Words& words);
  void bad_in_the_last_hour(Scope& scope, const Words& words);
  // Reads "A (ams) Switch1/1/1" and the like; then the scope's minutes are those of the place.
  void read_where(Scope& scope, const std::string& where, std::optional<PortSignal> signal);
  void at_port(Scope& scope, std::size_t device, std::size_t port, std::optional<PortSignal> signal);

  // ---- clauses about records (spoken_records.cpp)
  // Its own that holds at that time, or of a link that of a device at its ends; null: none does.
  const control::Maintenance* maintenance_of(const Scope& scope) const;
  void led_by(Scope& scope, const Words& words);
  void also(Scope& scope, const Words& words);
  void evidence_and_record(Scope& scope, const Words& words);
  void impaired_unless(Scope& scope, const Words& words);
  void more_to_do(Scope& scope, const Words& words);
  void every_criterion_is_met(Scope& scope, const Words& words);
  void not_judged_yet(Scope& scope, const Words& words);
  void nothing_to_check(Scope& scope, const Words& words);
  void state_good(Scope& scope, const Words& words);
  void state_failing(Scope& scope, const Words& words);
  void state_recovering(Scope& scope, const Words& words);
  void state_collecting(Scope& scope, const Words& words);
  void seen_clean(const Scope& scope);
  void state_needs(Scope& scope, const Words& words);
  void held_by_drain(Scope& scope, const Words& words);
  void held_by_record(Scope& scope, const Words& words);
  void nothing_to_do(Scope& scope, const Words& words);
  void to_do_of(Scope& scope, const Words& words);
  void command(Scope& scope, const Words& words);
  void status_is(Scope& scope, const Words& words);
  void status_line(Scope& scope, const Words& words);
  void judged_at(Scope& scope, const Words& words);
  void field_of_record(Scope& scope, const Words& words);
  void not_asked(Scope& scope, const Words& words);
  void of_side(Scope& scope, const Words& words);
  void clock_note(Scope& scope, const Words& words);
  void in_maintenance(Scope& scope, const Words& words);

  // ---- causes (spoken_causes.cpp)
  void port_at_fault(Scope& scope, const Words& words);
  void device_silent(Scope& scope, const Words& words);
  void config_agent_missing(Scope& scope, const Words& words);
  void telemetry_agent_silent(Scope& scope, const Words& words);
  void qa_failing(Scope& scope, const Words& words);
  void clock_ahead(Scope& scope, const Words& words);
  void probes_at_fault(Scope& scope, const Words& words);
  void silent_together(Scope& scope, const Words& words);
  void rows_late(Scope& scope, const Words& words);
  void source_to_check(Scope& scope, const Words& words);
  void named(Scope& scope, const Words& words);  // what to do, what ends it: that it is at fault
  void title(Scope& scope, const Words& words);  // of what is over too

  // ---- over restarts (spoken_restarts.cpp)
  struct Listed {  // an incident, as it was listed at the last call
    std::string subject, kind, title;
    MinuteNumber to = 0;  // the minutes that were closed then
    bool failing = false;
    Timestamp since{}, state_since{};
  };
  void hear();
  bool is_settling(Timestamp at) const;
  // Right after a start the newest minutes that were seen count.
  Duration clock_before_start(const Scope& scope, std::size_t device) const;
  Known as_last_seen(const Scope& scope, Known known) const;
  std::optional<Known> minutes_behind(const Listed& incident, const KnownMinutes& known) const;
  bool was_seen_to_end(const Listed& incident, const KnownMinutes& known) const;
  void check_continuity(const boost::json::array& incidents, const KnownMinutes& known);
  void check_once(const boost::json::object& event);
  std::string health_of_key(const Pubkey& record) const;

  // ---- what seldom is (spoken_rare.cpp)
  void counters_fell(Scope& scope, const Words& words);
  void times_back(Scope& scope, const Words& words);
  void own_clock(Scope& scope, const Words& words);
  void source_stale(Scope& scope, const Words& words);
  void source_is_stale(Scope& scope, const Words& words);
  void health_disagrees(Scope& scope, const Words& words);
  void budget_used(Scope& scope, const Words& words);
  void budget_held(Scope& scope, const Words& words);
  void held_back(Scope& scope, const Words& words);
  void note_rare();
  bool fell_lately(std::size_t device, std::size_t port) const;

  void since_is(const Scope& scope, const Known& known, const std::string& since);
  bool is_device(const std::string& code) const;
  std::size_t device_called(const Scope& scope, const std::string& code);
  std::optional<std::size_t> port_called(std::size_t device, const std::string& name) const;

  // ---- alarms, incidents, messages (spoken_news.cpp)
  void check_alarms(const KnownMinutes& known);
  void check_incidents(const KnownMinutes& known);
  void check_incident(const boost::json::object& incident, const KnownMinutes& known);
  void check_message(const std::string& body, Timestamp sent);
  void check_event(const boost::json::object& event);
  void check_slack(const boost::json::object& message);
  void alarm_recovering(Scope& scope, const Words& words);
  void alarm_impaired(Scope& scope, const Words& words);
  void alarm_impaired_without_cause(Scope& scope, const Words& words);
  void alarm_of_silence(Scope& scope, const Words& words);
  void why_status(Scope& scope, const Words& words);
  void why_by_hand(Scope& scope, const Words& words);
  void why_wanted(Scope& scope, const Words& words);
  void why_the_ledger(Scope& scope, const Words& words);
  void healthy_again_from(Scope& scope, const Words& words);
  void clean_until(Scope& scope, const Words& words);
  std::optional<Scope> scope_of_record(const std::string& code, const KnownMinutes& known) const;

  World& world_;
  std::vector<Shape> shapes_;
  Timestamp heard_since_;
  std::vector<std::pair<Timestamp, std::string>> messages_;
  std::unique_ptr<notify::Notifier> notifier_;
  std::vector<Duration> clocks_;               // of devices, how far ahead at the last call
  std::vector<Duration> clocks_before_start_;  // the same before the monitor started last
  std::set<std::size_t> disordered_;
  struct Step {
    Timestamp after, before;  // it was between two calls
    Duration by;
  };
  std::map<std::size_t, Step> steps_;                                  // of the clocks of devices, back
  std::map<std::pair<std::size_t, std::size_t>, Timestamp> replayed_;  // ports, when last
  std::optional<Timestamp> clock_wrong_, wrong_since_, last_check_;  // of the monitor's clock, when last and since when
  bool quiet_ = false;                                               // what is untrue is not told
  bool of_before_ = false;                                           // what is read was judged some minutes ago
  std::map<std::string, Listed> listed_;                             // by subject
  std::map<std::string, std::pair<Timestamp, std::string>> told_messages_;  // when, and in which words
  std::set<std::string> told_ids_;                                          // of events
  // What was told last of each incident, alarm, and field of a record.
  std::map<std::string, std::string> told_states_;
  std::vector<std::string> untrue_;
  std::map<std::string, int> read_;
};

// "11:42", "yesterday 11:42", "tomorrow 11:42", as a page of that time means it; times lie within a day of it.
Timestamp time_spoken(const std::string& text, Timestamp now);
// Without the mark of a cause that stands although it gates nothing.
std::string without_mark(std::string text);
// A pattern, with these words for what stands in many: <time>, <when> ("at 11:42", "tomorrow 11:42"), <duration>,
// <counters>, <id>, <code>, <words>. Each is a group.
std::regex shape(std::string pattern);

}  // namespace dz::sim
