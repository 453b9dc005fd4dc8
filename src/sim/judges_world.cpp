#include "sim/judges_world.h"

#include <algorithm>

#include <fmt/format.h>

#include "attest/memo.h"
#include "quorum/stated_opinions.h"
#include "transparency/merkle.h"
#include "wire/accounts.h"
#include "wire/instructions/link.h"
#include "wire/instructions/solana.h"

namespace dz::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kStart{std::chrono::hours{494'000}};
constexpr auto kWindow = JudgesTruth::kWindow;
constexpr Duration kMostLag = seconds{90};
constexpr std::size_t kMostOverheard = 1'000;

wire::Keypair key_of(int n) { return testbed::SmallNetwork::key(static_cast<std::uint8_t>(100 + n)); }

std::vector<wire::Keypair> keys_of(int judges) {
  std::vector<wire::Keypair> all;
  for (int i = 0; i < judges; ++i) all.push_back(key_of(i));
  return all;
}

testbed::SmallNetworkOptions network_options(bool live) {
  if (!live) return {};
  return {.profile = &v034_profile(), .program = {.start_provisioning = true}};
}

}  // namespace

JudgesWorld::JudgesWorld(const JudgesOptions& options)
    : options_(options),
      profile_(options.live ? v034_profile() : rfc_profile()),
      random_(options.seed),
      network_(kStart, ledger::make_memory_archive(), network_options(options.live)),
      now_(kStart),
      logs_(keys_of(options.judges),
            [this](std::function<void()> what) { later(Duration{}, seconds{2}, std::move(what)); }) {
  if (options.live) network_.grant(network_.activator.pubkey(), permission::kNetworkAdmin);
  for (const auto* device : {"ams", "fra"}) network_.add_device(device, network_.alpha);
  link_ = network_.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
  other_ = network_.add_link("fra-ams", LinkType::Wan, "ams", "Switch1/2/1", "fra", "Switch1/2/1");
  ledger_ = {*network_.client().get_genesis_hash(), wire::local_program_ids().serviceability};
  other_account_ = quorum::account_hash((*network_.client().get_account(other_))->data);
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
  for (int i = 0; i < options.faulty; ++i) {
    const auto fault = static_cast<JudgeFault>(random_.between(1, 5));
    judges_[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]->fault = options.only_fault.value_or(fault);
  }
  // At least one honest judge may write; the others by chance.
  for (int i = options.faulty; i < options.judges; ++i)
    judges_[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]->writes =
        i == options.faulty || random_.chance(40);
  truth_.turns(minute_of(kStart) - minutes{60}, random_.chance(50) && !options.only_theft);
  read_link();
  start_activator();
}

JudgesWorld::~JudgesWorld() = default;

void JudgesWorld::run() {
  advance(minutes{random_.between(15, 30)}, true);
  // Quiet: nothing is lost, the stolen key is replaced, the link is good and wanted in service. What was written with
  // that key is not to stand: its contributor drains and undrains the link (docs/operating/quorum.md).
  loses_ = false;
  truth_.turns(minute_of(now_) + minutes{1}, false);
  const bool was_stolen = std::exchange(options_.stolen_key, false);
  advance(seconds{5}, false);  // the same bytes within the life of a block hash are the same transaction
  if (was_stolen) drain();
  if (options_.live) advance(seconds{20}, false);  // every judge sees the drain
  undrain();
  const bool enough = options_.judges - options_.faulty >= static_cast<int>(options_.k);
  advance(kWindow + minutes{7}, false);
  if (enough && (record_.health != Health::Healthy || record_.status != Status::Activated))
    complain(fmt::format("a good link did not come into service: it is {} and {}", to_text(record_.health),
                         to_text(record_.status)));
  truth_.turns(minute_of(now_), true);
  advance(minutes{10}, false);
  if (enough && record_.health == Health::Healthy) complain("a bad link in service stayed healthy");
  for (const auto& what : logs_.wrong(true)) complain(what);
}

void JudgesWorld::advance(Duration by, bool in_trouble) {
  const auto end = now_ + by;
  while (now_ < end) {
    network_.advance(seconds{1});
    now_ = network_.now();
    while (!due_.empty() && due_.begin()->first <= now_) {
      const auto what = due_.extract(due_.begin());
      what.mapped()();
    }
    if (in_trouble) trouble();
    for (auto& judge : judges_) {
      if (judge->fault == JudgeFault::None && now_ >= judge->next_pass) pass(*judge);
    }
    if (options_.stolen_key && random_.chance(3)) steal();
    act();
    logs_.step(now_);
  }
}

void JudgesWorld::trouble() {
  if (random_.chance(1) && random_.chance(30)) truth_.turns(minute_of(now_) + minutes{1}, random_.chance(50));
  if (random_.chance(1) && random_.chance(30))
    change({.delay_override_ns = static_cast<std::uint64_t>(random_.between(1'000'000, 9'000'000))});
  if (random_.chance(1) && random_.chance(10)) start_activator();
  if (!random_.chance(1) || !random_.chance(options_.stolen_key ? 80 : 40)) return;
  if (random_.chance(50)) {
    drain();
  } else {
    undrain();
  }
}

void JudgesWorld::drain() {
  wire::UpdateLinkArgs edit{.status = Status::HardDrained};
  if (!profile_.guarded) edit.desired_status = DesiredStatus::HardDrained;
  change(edit);
}

// By the link's contributor.
void JudgesWorld::change(const wire::UpdateLinkArgs& edit) {
  (void)network_.as(network_.alpha).update_link({link_, &shown_}, edit);
  read_link();
}

void JudgesWorld::read_link() {
  const auto data = (*network_.client().get_account(link_))->data;
  const auto account = quorum::account_hash(data);
  if (account == record_.account) return;
  shown_ = *wire::decode_link(data, profile_);
  const auto before = std::exchange(record_, {shown_.status, shown_.desired_status, shown_.health, account});
  const bool by_activator = record_.status == Status::Activated && before.status != Status::Activated;
  if (by_activator) check_activation();
  activated_ += by_activator ? 1 : 0;
  truth_.account_is(account, before.status != record_.status || before.desired != record_.desired, now_);
  if (loses_ && random_.chance(20)) return;  // the event is lost
  if (!activator_) return;
  activator_->on_event(link_);
  next_step_ = now_;
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
  const bool good = truth_.bad_minutes(until, kWindow) == 0;
  auto health = seen.health;
  if (good) {
    health = Health::Healthy;
  } else if (seen.status == Status::Activated ? truth_.bad_minutes(until, minutes{5}) >= 3
                                              : seen.health == Health::Healthy) {
    health = Health::Impaired;
  }
  if (owes_reset(judge)) health = Health::Impaired;
  judge.holds = opinion_of(judge, health, seen);
  judge.holds->window_end = until;
  judge.said.reset();
  judge.held.push_back({now_, judge.holds->account, health});
  if (judge.writes && (health != seen.health || judge.owes_reset)) {
    judge.said = say(judge, *judge.holds);
    const auto found =
        agreement({seen.health, seen.status}, *judge.said, judge.book.of(judge.holds->record), rules_, now_);
    if (found.reached() && write(judge, found)) judge.owes_reset = false;
  }
  ask(judge);
}

// Where the program guards nothing: the link left service, or is wanted back in it.
bool JudgesWorld::owes_reset(Judge& judge) const {
  const auto before = std::exchange(judge.judged, judge.seen);
  if (profile_.guarded || !judge.writes || !before) return false;
  const auto& seen = *judge.seen;
  const bool left = before->status == Status::Activated && seen.status != Status::Activated;
  const bool wanted = before->desired != DesiredStatus::Activated && seen.desired == DesiredStatus::Activated;
  if (left || (wanted && seen.status != Status::Activated)) judge.owes_reset = true;
  if (seen.status == Status::Activated) judge.owes_reset = false;
  return judge.owes_reset;
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
  if (!judge.said) judge.said = say(judge, *judge.holds);
  std::vector<quorum::SignedOpinion> all{*judge.said};
  if (!options_.stolen_key) return all;
  auto of_other = opinion_of(judge, Health::Healthy, {.account = other_account_});
  of_other.record = other_;
  all.push_back(sign(of_other, judge.key));
  overheard_.insert(overheard_.end(), all.begin(), all.end());
  while (overheard_.size() > kMostOverheard) overheard_.pop_front();
  return all;
}

quorum::Opinion JudgesWorld::opinion_of(const Judge& judge, Health health, const Record& record) const {
  quorum::Opinion o;
  o.network = ledger_;
  o.judge = judge.key.pubkey();
  o.record = link_;
  o.account = record.account;
  o.health = health;
  o.window_end = minute_of(now_);
  o.made_at = now_;
  return o;
}

quorum::SignedOpinion JudgesWorld::say(const Judge& judge, const quorum::Opinion& opinion) {
  if (opinion.health == Health::Healthy && opinion.record == link_)
    truth_.signed_healthy(judge.key.pubkey(), opinion.account, opinion.made_at);
  return sign(opinion, judge.key);
}

bool JudgesWorld::write(const Judge& judge, const quorum::Agreement& found) {
  const auto& seen = *judge.seen;
  const auto stated = statement_of(*judge.holds, found.counted.agreeing);
  // The program takes a judgement of the state that it names and of no other.
  if (record_.status == seen.status && record_.desired == seen.desired && record_.health == seen.health)
    check_write(seen.health, judge.holds->health, seen.status, judge.holds->account);
  const bool raises = judge.holds->health == Health::Healthy;
  if (!send_health(judge.holds->health, lifecycle::JudgedState{seen.status, seen.desired, seen.health},
                   {judge.number, {stated}}))
    return false;
  const auto bytes = encode(stated);
  logs_.state(static_cast<std::size_t>(judge.number), bytes, bytes);
  raised_ += raises ? 1 : 0;
  if (raises) raising_.push_back(stated);
  return true;
}

// With the health authority's key. False: the ledger did not take it.
bool JudgesWorld::send_health(Health to, const std::optional<lifecycle::JudgedState>& judged, Served served) {
  std::vector<wire::Instruction> instructions{
      *wire::set_link_health({ledger_.program, network_.monitor.pubkey()}, link_, to, profile_,
                             profile_.extended_instructions ? judged : std::nullopt)};
  std::vector<attest::Hash> leaves;
  for (const auto& statement : served.statements) leaves.push_back(statement_hash(statement));
  if (!leaves.empty()) instructions.push_back(wire::memo(attest::memo_text(transparency::tree_root(leaves))));
  const auto hash = network_.client().get_latest_blockhash()->hash;
  const auto sent =
      network_.client().send_transaction(*wire::sign_transaction(instructions, network_.monitor, {}, hash), {});
  if (!sent) return false;
  health_at_ = now_;
  behind_.clear();
  for (const auto& statement : served.statements) {
    for (const auto& o : statement.opinions) behind_.push_back({o.key, statement.account, o.made_at});
  }
  served_.emplace(to_text(*sent), std::move(served));
  read_link();
  return true;
}

// ---- the activator

void JudgesWorld::start_activator() {
  activator::ActivatorOptions options;
  options.ids = wire::local_program_ids();
  options.view.kept = client::no_slots();
  options.backing.rules = rules_;
  for (const auto& judge : judges_) options.backing.monitors.push_back(fmt::format("http://judge/{}", judge->number));
  activator_ = std::make_unique<activator::Activator>(
      network_.client(), network_.activator, options,
      [this](service::LogLevel, std::string_view event, const service::LogFields& fields) {
        if (event != "record_held") return;
        for (const auto& [name, value] : fields) {
          if (name == "why") held_.insert(value);
        }
      });
  next_step_ = now_;
  activator_->connect_monitors(
      {[this, number = ++activator_number_](const std::string& url,
                                            const std::function<void(Result<std::string>)>& done) {
         const auto judge = static_cast<std::size_t>(std::stoi(url.substr(std::string_view("http://judge/").size())));
         later(Duration{}, seconds{2}, [this, number, judge, done, transaction = url.substr(url.find('=') + 1)] {
           const auto said = served_by(*judges_[judge], transaction);
           later(Duration{}, seconds{2}, [this, number, done, said] {
             if (number != activator_number_) return;
             done(said ? Result<std::string>(*said) : fail(ErrorKind::Retry, "no answer"));
           });
         });
       },
       [this] { next_step_ = now_; }});
}

void JudgesWorld::act() {
  if (now_ < next_step_) return;
  next_step_ = activator_->step(now_);
  read_link();
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
  if (to == Health::Healthy && !truth_.was_good(now_, kMostLag))
    complain("healthy was written and the link was not good");
}

void JudgesWorld::check_activation() {
  // Whoever they are, and whatever is promised: so many keys signed what is behind it, of this link as it is.
  if (const auto behind = truth_.judges_behind(behind_, health_at_); behind < options_.k)
    complain(fmt::format("a link came into service that {} judges had signed for, expected {}", behind, options_.k));
  if (!is_promised()) return;
  if (!truth_.was_good(now_, kMostLag) && !truth_.was_good(health_at_, kMostLag))
    complain("a link came into service that was not good");
  if (health_at_ < truth_.changed_at()) complain("a link came into service on a judgement of before it changed");
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
