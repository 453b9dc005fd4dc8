#include "sim/judges_world.h"

#include <algorithm>

#include <fmt/format.h>

namespace dz::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kStart{std::chrono::hours{494'000}};
constexpr minutes kWindow{10};
constexpr Duration kMostLag = seconds{90};
const quorum::Network kNetwork{Pubkey{}, Pubkey{}};

wire::Keypair key_of(int n) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(static_cast<std::uint8_t>(n + 1));
  return wire::Keypair::from_seed(seed);
}

template <typename Record>
quorum::Hash hash_of(const Record& r) {
  const auto text = fmt::format("{} {} {} {}", to_text(r.status), to_text(r.desired), to_text(r.health), r.edits);
  return quorum::account_hash(as_bytes(text));
}

bool is_bad(const std::map<Minute, bool>& truth, Minute minute) {
  const auto after = truth.upper_bound(minute);
  return after != truth.begin() && std::prev(after)->second;
}

int bad_minutes(const std::map<Minute, bool>& truth, Minute until, minutes length) {
  int bad = 0;
  for (auto m = until - length; m < until; m += minutes{1}) bad += is_bad(truth, m) ? 1 : 0;
  return bad;
}

}  // namespace

struct JudgesWorld::Judge {
  wire::Keypair key;
  int number = 0;
  JudgeFault fault = JudgeFault::None;
  bool writes = false;
  Duration lag{};
  quorum::PeerBook book;
  std::optional<Record> seen{};
  Timestamp next_pass{}, next_read{};
  std::optional<quorum::SignedOpinion> said{};  // of the last pass, once somebody asked
  std::optional<quorum::Opinion> holds{};       // of the last pass
  std::vector<Held> held{};                     // for the checker
  std::vector<quorum::SignedOpinion> kept{};    // by one that is stale
};

JudgesWorld::JudgesWorld(const JudgesOptions& options)
    : options_(options), random_(options.seed), now_(kStart), changed_at_(kStart) {
  std::vector<int> order;
  for (int i = 0; i < options.judges; ++i) order.push_back(i);
  for (auto i = order.size(); i > 1; --i) std::swap(order[i - 1], order[static_cast<std::size_t>(random_.next() % i)]);
  for (int i = 0; i < options.judges; ++i) rules_.judges.insert(key_of(i).pubkey());
  rules_.k = options.k;
  for (int i = 0; i < options.judges; ++i) {
    auto peers = rules_.judges;
    peers.erase(key_of(i).pubkey());
    judges_.push_back(std::make_unique<Judge>(Judge{.key = key_of(i), .number = i, .book = quorum::PeerBook(peers)}));
    auto& judge = *judges_.back();
    judge.lag = random_.between(seconds{30}, kMostLag);
    judge.next_pass = kStart + random_.between(Duration{}, Duration{seconds{5}});
  }
  for (int i = 0; i < options.faulty; ++i)
    judges_[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]->fault =
        static_cast<JudgeFault>(random_.between(1, 5));
  // At least one honest judge may write; the others by chance.
  for (int i = options.faulty; i < options.judges; ++i)
    judges_[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]->writes =
        i == options.faulty || random_.chance(40);
  bad_[minute_of(kStart) - minutes{60}] = random_.chance(50);
}

JudgesWorld::~JudgesWorld() = default;

void JudgesWorld::run() {
  advance(minutes{random_.between(15, 30)}, true);
  // Quiet: nothing is lost, the link is good and wanted in service.
  loses_ = false;
  bad_[minute_of(now_) + minutes{1}] = false;
  change([](Record& r) { r.desired = DesiredStatus::Activated; });
  const bool enough = options_.judges - options_.faulty >= static_cast<int>(options_.k);
  advance(kWindow + minutes{7}, false);
  if (enough && (record_.health != Health::Healthy || record_.status != Status::Activated))
    complain(fmt::format("a good link did not come into service: it is {} and {}", to_text(record_.health),
                         to_text(record_.status)));
  bad_[minute_of(now_)] = true;
  advance(minutes{10}, false);
  if (enough && record_.health == Health::Healthy) complain("a bad link in service stayed healthy");
}

void JudgesWorld::advance(Duration by, bool in_trouble) {
  const auto end = now_ + by;
  while (now_ < end) {
    now_ += seconds{1};
    while (!due_.empty() && due_.begin()->first <= now_) {
      const auto what = due_.extract(due_.begin());
      what.mapped()();
    }
    if (in_trouble) trouble();
    for (auto& judge : judges_) {
      if (judge->fault == JudgeFault::None && now_ >= judge->next_pass) pass(*judge);
    }
    if (options_.stolen_key && random_.chance(1)) steal();
    if (now_.time_since_epoch() % seconds{3} == Duration{}) act();
  }
}

void JudgesWorld::trouble() {
  if (random_.chance(1) && random_.chance(30)) bad_[minute_of(now_) + minutes{1}] = random_.chance(50);
  if (random_.chance(1) && random_.chance(30)) change([](Record& r) { ++r.edits; });
  if (!random_.chance(1) || !random_.chance(40)) return;
  const bool drain = random_.chance(50);
  change([&](Record& r) {
    r.desired = drain ? DesiredStatus::HardDrained : DesiredStatus::Activated;
    if (drain) r.status = Status::HardDrained;
  });
}

// As the ledger's program has it: what leaves service, or is wanted back, is not healthy any more.
void JudgesWorld::change(const std::function<void(Record&)>& edit) {
  const auto before = record_;
  edit(record_);
  const bool left = before.status == Status::Activated && record_.status != Status::Activated;
  const bool wanted = before.desired != record_.desired && record_.status != Status::Activated;
  if (left || (wanted && record_.health == Health::Healthy)) record_.health = Health::Impaired;
  if (record_ == before) return;
  changed_at_ = now_;
  if (record_.health != Health::Healthy) behind_.reset();
}

// ---- an honest judge

void JudgesWorld::pass(Judge& judge) {
  judge.next_pass = now_ + seconds{5};
  if (now_ >= judge.next_read) {
    judge.seen = record_;
    judge.next_read = now_ + random_.between(Duration{}, Duration{seconds{8}});
  }
  const auto& seen = *judge.seen;
  const auto until = minute_of(now_ - judge.lag);
  const bool good = bad_minutes(bad_, until, kWindow) == 0;
  auto health = seen.health;
  if (good) {
    health = Health::Healthy;
  } else if (seen.status == Status::Activated ? bad_minutes(bad_, until, minutes{5}) >= 3
                                              : seen.health == Health::Healthy) {
    health = Health::Impaired;
  }
  judge.holds = opinion_of(judge, health, seen);
  judge.holds->window_end = until;
  judge.said.reset();
  judge.held.push_back({now_, judge.holds->account, health});
  if (judge.writes && health != seen.health) {
    judge.said = sign(*judge.holds, judge.key);
    const auto found =
        agreement({seen.health, seen.status}, *judge.said, judge.book.of(judge.holds->record), rules_, now_);
    if (found.reached()) write(judge, found);
  }
  ask(judge);
}

void JudgesWorld::ask(Judge& judge) {
  std::set<Pubkey> wanted;
  if (judge.holds->health != judge.seen->health) wanted.insert(judge.holds->record);
  for (const auto& question : judge.book.ask(wanted, now_)) {
    const auto found = std::find_if(judges_.begin(), judges_.end(),
                                    [&](const auto& other) { return other->key.pubkey() == question.peer; });
    auto* other = found->get();
    later(Duration{}, seconds{2}, [this, &judge, other] {
      const auto said = answer(*other, judge);
      if (other->fault == JudgeFault::Silent) {
        if (random_.chance(50)) judge.book.failed(other->key.pubkey(), "refused", now_);
        return;
      }
      later(Duration{}, seconds{2}, [this, &judge, other, said] { judge.book.heard(other->key.pubkey(), said, now_); });
    });
  }
}

std::vector<quorum::SignedOpinion> JudgesWorld::answer(Judge& judge, const Judge& asker) {
  if (judge.fault != JudgeFault::None) return faulty_answer(judge, asker);
  if (!judge.holds) return {};
  if (!judge.said) judge.said = sign(*judge.holds, judge.key);
  return {*judge.said};
}

void JudgesWorld::write(const Judge& judge, const quorum::Agreement& found) {
  const auto& seen = *judge.seen;
  // The program takes a judgement of the state that it names and of no other.
  if (record_.status != seen.status || record_.desired != seen.desired || record_.health != seen.health) return;
  check_write(seen.health, judge.holds->health, seen.status, judge.holds->account);
  land(seen, judge.holds->health, {matter_of(*judge.holds), now_, now_, changed_at_, found.counted.agreeing});
}

void JudgesWorld::land(const Record& judged, Health to, Written written) {
  const auto from = judged.health;
  record_.health = to;
  raised_ += to == Health::Healthy && from != to ? 1 : 0;
  if (to == Health::Healthy) {
    old_.push_back(written);
    behind_ = std::move(written);
  } else {
    behind_.reset();
  }
}

// ---- faulty ones

quorum::Opinion JudgesWorld::opinion_of(const Judge& judge, Health health, const Record& record) const {
  quorum::Opinion o;
  o.network = kNetwork;
  o.judge = judge.key.pubkey();
  o.account = hash_of(record);
  o.health = health;
  o.window_end = minute_of(now_);
  o.made_at = now_;
  return o;
}

// The worst that can be said of the record as it is: all faulty judges say the same.
quorum::Opinion JudgesWorld::lie(const Judge& judge) const {
  const bool bad = bad_minutes(bad_, minute_of(now_), kWindow) > 0;
  return opinion_of(judge, bad ? Health::Healthy : Health::Impaired, record_);
}

std::vector<quorum::SignedOpinion> JudgesWorld::faulty_answer(Judge& judge, const Judge& asker) {
  auto said = lie(judge);
  switch (judge.fault) {
    case JudgeFault::None:
    case JudgeFault::Silent: return {};
    case JudgeFault::Lying: return {sign(said, judge.key)};
    case JudgeFault::Stale:
      judge.kept.push_back(sign(said, judge.key));
      return {judge.kept[static_cast<std::size_t>(random_.next() % judge.kept.size())]};
    case JudgeFault::Equivocating: {
      auto contrary = said;
      contrary.health = said.health == Health::Healthy ? Health::Impaired : Health::Healthy;
      if (random_.chance(50)) return {sign(said, judge.key), sign(contrary, judge.key)};
      return {sign(asker.number % 2 == 0 ? said : contrary, judge.key)};
    }
    case JudgeFault::Forging: break;
  }
  std::vector<quorum::SignedOpinion> forged{sign(said, judge.key)};
  for (const auto& other : judges_) {
    forged.push_back({said, forged[0].signature});
    forged.back().opinion.judge = other->key.pubkey();
  }
  return forged;
}

// Whoever stole the health key writes healthy with what it has: the opinions of all faulty judges, forged ones, or an
// older statement.
void JudgesWorld::steal() {
  if (record_.health == Health::Healthy) return;
  Written written{{}, now_, now_, changed_at_, {}};
  if (!old_.empty() && random_.chance(40)) {
    written = old_[static_cast<std::size_t>(random_.next() % old_.size())];
    written.landed_at = now_;
    written.changed_at = changed_at_;
  } else {
    std::optional<quorum::Opinion> said;
    for (const auto& judge : judges_) {
      said = opinion_of(*judge, Health::Healthy, record_);
      auto given = sign(*said, judge->fault != JudgeFault::None ? judge->key : key_of(200));
      given.opinion.judge = judge->key.pubkey();
      written.opinions.push_back(given);
    }
    written.matter = matter_of(*said);
  }
  record_.health = Health::Healthy;
  behind_ = std::move(written);
}

// ---- the activator

void JudgesWorld::act() {
  if (record_.status == Status::Activated || record_.desired != DesiredStatus::Activated) return;
  if (record_.health != Health::Healthy || !behind_) return;
  const auto& w = *behind_;
  if (!check_claim({w.matter, w.judged_at, w.opinions, w.landed_at, w.changed_at}, rules_)) {
    ++stopped_;
    return;
  }
  check_activation();
  record_.status = Status::Activated;
  ++activated_;
}

// ---- the checker: by the truth, and by what honest judges held

int JudgesWorld::honest_that_held(const quorum::Hash& account, Health health) const {
  int count = 0;
  for (const auto& judge : judges_) {
    if (judge->fault != JudgeFault::None) continue;
    count += std::any_of(judge->held.begin(), judge->held.end(), [&](const Held& held) {
      return held.at >= now_ - seconds{120} && held.account == account && held.health == health;
    });
  }
  return count;
}

// All the minutes before some time in the last two minutes, as late as a judge may see them, were good.
bool JudgesWorld::was_good(Timestamp at) const {
  for (auto until = minute_of(at - minutes{2} - kMostLag); until <= minute_of(at); until += minutes{1}) {
    if (bad_minutes(bad_, until, kWindow) == 0) return true;
  }
  return false;
}

bool JudgesWorld::is_promised() const {
  return options_.past_promise || options_.faulty < static_cast<int>(options_.k);
}

void JudgesWorld::check_write(Health from, Health to, Status status, const quorum::Hash& account) {
  if (!is_promised()) return;
  const bool matters = to == Health::Healthy || status == Status::Activated;
  const auto least = static_cast<int>(options_.k) - options_.faulty;
  const auto held = honest_that_held(account, to);
  if (matters && held < least) {
    complain(fmt::format("{} was written over {} while {} honest judges held it, expected at least {}", to_text(to),
                         to_text(from), held, least));
  }
  if (to == Health::Healthy && !was_good(now_)) complain("healthy was written and the link was not good");
}

void JudgesWorld::check_activation() {
  if (!is_promised()) return;
  if (!was_good(now_) && !was_good(behind_->landed_at)) complain("a link came into service that was not good");
  if (behind_->landed_at < changed_at_) complain("a link came into service on a judgement of before it changed");
}

void JudgesWorld::later(Duration least, Duration most, std::function<void()> what) {
  if (loses_ && random_.chance(10)) return;
  due_.emplace(now_ + random_.between(least, most), std::move(what));
}

void JudgesWorld::complain(const std::string& what) {
  wrong_.push_back(fmt::format("seed {} at {} ({} judges, k {}, {} faulty): {}", options_.seed, to_text(now_),
                               options_.judges, options_.k, options_.faulty, what));
}

}  // namespace dz::sim
