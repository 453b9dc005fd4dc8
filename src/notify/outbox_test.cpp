// Messages on their way, on virtual time, to a receiver that answers when the test says so.
#include "notify/outbox.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace dz::notify {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart{hours{494'000}};

net::ClientResponse answer(int status, std::string body = "",
                           std::vector<std::pair<std::string, std::string>> headers = {}) {
  return {status, std::move(body), std::move(headers)};
}

class OutboxTest : public testing::Test {
 protected:
  OutboxTest() {
    hook.name = "noc";
    hook.url = "https://hooks.example/services/secret";
    open();
  }

  void open(std::vector<NotifyHook> hooks = {}) {
    outbox.reset();
    requests.clear();
    if (hooks.empty()) hooks = {hook};
    archive = std::make_unique<NotifyArchive>(*NotifyArchive::open(database));
    OutboxSeams seams;
    seams.jitter = [] { return 0.0; };
    seams.wake = [this] { ++wakes; };
    seams.send = [this](net::ClientRequest request, std::function<void(Result<net::ClientResponse>)> done) {
      requests.push_back({std::move(request), std::move(done)});
    };
    outbox = std::make_unique<Outbox>(*archive, *archive->load(),
                                      OutboxOptions{hooks, seams, {.environment = "local", .policy = "p"}});
  }

  NotifyEvent event(const std::string& code) {
    NotifyEvent e{.id = code, .at = now, .change = Change::Health};
    e.code = code;
    e.from = "healthy";
    e.to = "impaired";
    e.in_service = true;
    return e;
  }
  NotifyEvent alarm(Change change) {
    NotifyEvent e{.id = std::string(to_text(change)), .at = now, .change = change};
    e.alarm = "mass-silence";
    e.subject = "counters";
    return e;
  }
  void tell(const NotifyEvent& e, bool muted = false) {
    const auto addressed = outbox->address(std::span(&e, 1), muted, now);
    NotifyWrites writes;
    for (const auto& waiting : addressed.added) writes.waiting.push_back(&waiting);
    writes.waiting_gone = addressed.withdrawn;
    ASSERT_TRUE(archive->write(writes));
    outbox->add(addressed);
  }
  // Steps at each time it asks for, through then.
  void run(Duration time) {
    const auto end = now + time;
    for (auto next = outbox->step(now); next <= end; next = outbox->step(now)) {
      now = std::max(next, now + std::chrono::milliseconds{1});
    }
    now = end;
    outbox->step(now);
  }
  void reply(Result<net::ClientResponse> response) {
    ASSERT_FALSE(requests.empty());
    requests.back().done(std::move(response));
    outbox->step(now);
  }
  std::string codes(std::size_t request) {
    std::string text;
    const auto message = json::parse(requests.at(request).request.body);
    for (const auto& e : message.at("events").as_array()) {
      text += std::string(e.at("id").as_string()) + " ";
    }
    return text;
  }
  std::string id(std::size_t request) {
    return std::string(json::parse(requests.at(request).request.body).at("id").as_string());
  }
  HookView view() { return outbox->view(0, now); }

  struct Request {
    net::ClientRequest request;
    std::function<void(Result<net::ClientResponse>)> done;
  };
  NotifyHook hook;
  storage::SqliteDatabase database = *storage::SqliteDatabase::open(":memory:");
  std::unique_ptr<NotifyArchive> archive;
  std::unique_ptr<Outbox> outbox;
  std::vector<Request> requests;
  Timestamp now = kStart;
  int wakes = 0;
};

TEST_F(OutboxTest, X11_WhatCannotBeReadDoesNotKeepTheRestFromBeingUsed) {
  RecordMark mark;
  mark.code = "fra";
  Pubkey one, two;
  one.bytes.fill(1);
  two.bytes.fill(2);
  const auto first = event("one"), second = event("two");
  const WaitingEvent waiting_one{1, "noc", first}, waiting_two{2, "noc", second};
  NotifyWrites writes;
  writes.records = {{one, &mark}, {two, &mark}};
  writes.waiting = {&waiting_one, &waiting_two};
  ASSERT_TRUE(archive->write(writes));
  ASSERT_TRUE(
      database.execute("UPDATE notify_record SET status = cast(x'FF' AS TEXT) WHERE pubkey = (SELECT min(pubkey) "
                       "FROM notify_record); UPDATE notify_event SET body = cast(x'7BFF' AS TEXT) WHERE id = 1"));
  const auto state = *archive->load();
  EXPECT_EQ(state.damage.size(), 2U);
  EXPECT_FALSE(state.records.contains(one));
  EXPECT_EQ(state.records.at(two).code, "fra");
  ASSERT_EQ(state.waiting.size(), 1U);
  EXPECT_EQ(state.waiting[0].event.code, "two");
  auto kept = *database.prepare("SELECT hex(body) FROM notify_set_aside");
  ASSERT_TRUE(*kept.step());
  EXPECT_EQ(kept.text(0), "7BFF");
}

TEST_F(OutboxTest, EventsOfOneWindowAreOneMessage) {
  tell(event("a"));
  EXPECT_EQ(outbox->step(now), kStart + seconds{30});
  now += seconds{20};
  tell(event("b"));
  now = kStart + seconds{29};
  outbox->step(now);
  EXPECT_TRUE(requests.empty());
  now = kStart + seconds{30};
  outbox->step(now);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(codes(0), "a b ");
  EXPECT_EQ(requests[0].request.method, "POST");
  EXPECT_EQ(requests[0].request.url, hook.url);
  reply(answer(204));
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(view().counters.delivered, 1U);
  EXPECT_EQ(view().waiting, 0U);
  EXPECT_EQ(outbox->step(now), Timestamp::max());
}

TEST_F(OutboxTest, WithoutAWindowEachLookIsAMessage) {
  hook.group = seconds{0};
  open();
  tell(event("a"));
  outbox->step(now);
  EXPECT_EQ(codes(0), "a ");
}

TEST_F(OutboxTest, AFailureIsTriedAgainLaterAndCounted) {
  tell(event("a"));
  run(seconds{30});
  reply(fail(ErrorKind::Retry, "no answer from https://hooks.example/services/secret"));
  EXPECT_EQ(view().counters.retried, 1U);
  EXPECT_EQ(view().last_error, "no answer from https://hooks.example/...");
  EXPECT_EQ(view().next_try, now + seconds{1});
  now += std::chrono::milliseconds{999};
  outbox->step(now);
  EXPECT_EQ(requests.size(), 1U);
  now += std::chrono::milliseconds{1};
  outbox->step(now);
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(id(0), id(1));
  reply(answer(503));
  EXPECT_EQ(view().next_try, now + seconds{2});
  run(seconds{2});
  reply(answer(200, "ok"));
  EXPECT_EQ(view().counters.delivered, 1U);
  EXPECT_EQ(view().counters.retried, 2U);
  EXPECT_EQ(view().failures, 0);
}

TEST_F(OutboxTest, AReceiverThatAsksForPatienceHasIt) {
  tell(event("a"));
  run(seconds{30});
  reply(answer(429, "", {{"retry-after", "90"}}));
  EXPECT_EQ(view().next_try, now + seconds{90});
}

TEST_F(OutboxTest, WhileAMessageIsOnItsWayNothingElseIs) {
  tell(event("a"));
  run(seconds{30});
  tell(event("b"));
  run(minutes{5});
  EXPECT_EQ(requests.size(), 1U);
  reply(answer(200));
  run(seconds{2});
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(codes(1), "b ");
}

TEST_F(OutboxTest, TwoMessagesAreASecondApart) {
  hook.group = seconds{0};
  open();
  tell(event("a"));
  outbox->step(now);
  tell(event("b"));
  reply(answer(200));
  EXPECT_EQ(requests.size(), 1U);
  EXPECT_EQ(outbox->step(now), now + seconds{1});
  now += seconds{1};
  outbox->step(now);
  EXPECT_EQ(requests.size(), 2U);
}

// Whatever happened while the receiver was away comes in one message after it.
TEST_F(OutboxTest, AnOutageEndsWithOneMessage) {
  tell(event("a"));
  run(seconds{30});
  for (int i = 0; i < 10; ++i) {
    reply(answer(503));
    tell(event("b" + std::to_string(i)));
    run(minutes{11});
  }
  reply(answer(200));
  run(seconds{2});
  EXPECT_EQ(codes(requests.size() - 1), "b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 ");
}

TEST_F(OutboxTest, AMessageThatIsRefusedDoesNotHoldUpTheNext) {
  tell(event("a"));
  run(seconds{30});
  tell(event("b"));
  reply(answer(400, "invalid_payload\n"));
  EXPECT_EQ(view().counters.given_up, 1U);
  const auto notes = outbox->take_notes();
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].kind, DeliveryNote::Kind::GivenUp);
  EXPECT_NE(notes[0].reason.find("found 400: invalid_payload"), std::string::npos) << notes[0].reason;
  run(seconds{31});
  EXPECT_EQ(codes(1), "b ");
}

TEST_F(OutboxTest, GivesUpAfterADay) {
  tell(event("a"));
  run(seconds{30});
  const auto made = kStart + seconds{30};
  while (now < made + hours{24} - minutes{11}) {
    reply(answer(500));
    run(minutes{10});
  }
  const auto tries = requests.size();
  EXPECT_EQ(view().counters.given_up, 0U);
  reply(answer(500));
  now = made + hours{24} - Duration{1};
  outbox->step(now);
  EXPECT_EQ(requests.size(), tries + 1);
  reply(answer(500));
  now = made + hours{24} + minutes{10};
  outbox->step(now);
  EXPECT_EQ(requests.size(), tries + 1);
  EXPECT_EQ(view().counters.given_up, 1U);
  EXPECT_EQ(view().waiting, 0U);
}

TEST_F(OutboxTest, ARestartKeepsWhatWaitsAndWhatIsOnItsWay) {
  tell(event("a"));
  run(seconds{30});
  tell(event("b"));
  const auto first = id(0);
  open();  // its answer is lost
  outbox->step(now);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(id(0), first);
  reply(answer(200));
  run(seconds{31});
  EXPECT_EQ(codes(1), "b ");
  reply(answer(200));
  open();
  run(minutes{5});
  EXPECT_TRUE(requests.empty());
}

TEST_F(OutboxTest, AnAnswerAfterTheEndConcernsNobody) {
  tell(event("a"));
  run(seconds{30});
  const auto done = requests.back().done;
  outbox.reset();
  done(answer(200));
  EXPECT_EQ(wakes, 0);
}

TEST_F(OutboxTest, WhatWaitsForAHookThatIsGoneIsForgotten) {
  tell(event("a"));
  auto other = hook;
  other.name = "other";
  open({other});
  run(minutes{1});
  EXPECT_TRUE(requests.empty());
  EXPECT_TRUE(archive->load()->waiting.empty());
}

TEST_F(OutboxTest, EachHookHearsWhatItAskedForAtItsOwnPace) {
  auto slow = hook;
  slow.name = "slow";
  slow.group = minutes{5};
  slow.alarms = false;
  open({hook, slow});
  tell(event("a"));
  tell(alarm(Change::Alarm));
  run(seconds{30});
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(codes(0), "a alarm ");
  run(minutes{5});
  ASSERT_EQ(requests.size(), 2U);  // though the first hook has not answered
  EXPECT_EQ(codes(1), "a ");
}

TEST_F(OutboxTest, AnAlarmThatIsOverWithinItsWindowIsNotTold) {
  tell(alarm(Change::Alarm));
  now += seconds{29};
  tell(alarm(Change::AlarmOver));
  run(minutes{2});
  EXPECT_TRUE(requests.empty());
  EXPECT_TRUE(archive->load()->waiting.empty());
  tell(alarm(Change::Alarm));
  run(seconds{30});
  EXPECT_EQ(codes(0), "alarm ");
  tell(alarm(Change::AlarmOver));
  reply(answer(200));
  run(seconds{31});
  EXPECT_EQ(codes(1), "alarm_over ");
}

TEST_F(OutboxTest, AMutedMonitorTellsObserversOnly) {
  auto observer = hook;
  observer.name = "observer";
  observer.observer = true;
  open({hook, observer});
  tell(event("a"), true);
  run(minutes{1});
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_TRUE(id(0).starts_with("observer-")) << id(0);
}

TEST_F(OutboxTest, ATokenIsSentAndNeverShown) {
  hook.bearer = "token-of-mine";
  open();
  tell(event("a"));
  run(seconds{30});
  const std::pair<std::string, std::string> expected{"Authorization", "Bearer token-of-mine"};
  const auto& headers = requests[0].request.headers;
  EXPECT_NE(std::find(headers.begin(), headers.end(), expected), headers.end());
  reply(answer(401, "bad token token-of-mine"));
  EXPECT_EQ(view().last_error, "expected an answer 2xx, found 401: bad token ...");
}

TEST_F(OutboxTest, ManyEventsAreSeveralJsonMessages) {
  for (std::size_t i = 0; i < kJsonEvents + 1; ++i) tell(event(std::to_string(i)));
  run(seconds{30});
  reply(answer(200));
  run(seconds{2});
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(codes(1), std::to_string(kJsonEvents) + " ");
}

TEST_F(OutboxTest, ATestIsSentBesideWhatWaitsAndItsAnswerIsShown) {
  hook.bearer = "hidden";
  open();
  tell(event("ams-fra"));
  ASSERT_TRUE(outbox->test("noc", now));
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].request.url, hook.url);
  const auto body = json::parse(requests[0].request.body).as_object();
  EXPECT_TRUE(body.at("test").as_bool());
  EXPECT_EQ(body.at("count").to_number<int>(), 0);
  EXPECT_EQ(outbox->view(0, now).test->state, HookTest::State::Sent);
  EXPECT_EQ(outbox->test("noc", now).error().kind, ErrorKind::Retry);
  reply(answer(403, "no hidden there"));
  auto test = outbox->view(0, now).test.value();
  EXPECT_EQ(test.state, HookTest::State::Failed);
  EXPECT_EQ(test.said.find("hidden"), std::string::npos) << test.said;
  EXPECT_TRUE(test.said.starts_with("403: no ")) << test.said;
  now += seconds{2};
  ASSERT_TRUE(outbox->test("noc", now));
  reply(answer(204));
  EXPECT_EQ(outbox->view(0, now).test->state, HookTest::State::Taken);
  EXPECT_EQ(outbox->view(0, now).counters.delivered, 0U);
  EXPECT_EQ(outbox->view(0, now).waiting, 1U);
}

TEST_F(OutboxTest, ATestOfNoHookNamesThoseThereAre) {
  const auto sent = outbox->test("nco", now);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().message, "expected the name of a webhook (noc), found 'nco'");
}

TEST_F(OutboxTest, ATestThatIsNeverAnsweredDoesNotKeepOthersAway) {
  ASSERT_TRUE(outbox->test("noc", now));
  now += 2 * Outbox::kTimeout;
  EXPECT_TRUE(outbox->test("noc", now));
}

}  // namespace
}  // namespace dz::notify
