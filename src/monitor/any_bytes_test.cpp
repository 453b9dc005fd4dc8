// Any bytes through any door: rows that are pushed, answers of a store, settings. What was taken can be read again, and
// a restart finds the very state that was left. The seed of a failure is in its message.
#include <random>

#include <gtest/gtest.h>

#include "evidence/snapshot.h"
#include "monitor/monitor.h"
#include "testbed/small_network.h"
#include "verdict/policy.h"

namespace dz::monitor {
namespace {

using namespace std::chrono_literals;

const Timestamp kStart{std::chrono::hours{494'000}};

// Texts that begin as something valid, and what happens to them.
class AnyText {
 public:
  explicit AnyText(std::uint32_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t most) { return static_cast<std::uint32_t>(random_() % most); }
  std::string bytes(std::uint32_t most) {
    std::string text(below(most), '\0');
    for (auto& c : text) c = static_cast<char>(random_());
    return text;
  }
  // A few bytes are another, or gone, or one too many; most often bytes that mean something.
  std::string damaged(std::string text) {
    constexpr std::string_view kTelling("\xFF\x80\xC3\xC2\x9B\x00\x1B\n\r\t,= \"\\\x7F\xED\xA0", 17);
    for (auto left = below(4); left > 0 && !text.empty(); --left) {
      const auto at = below(static_cast<std::uint32_t>(text.size()));
      const char byte = below(4) == 0 ? static_cast<char>(random_()) : kTelling[below(kTelling.size())];
      switch (below(3)) {
        case 0: text[at] = byte; break;
        case 1: text.erase(at, 1 + below(3)); break;
        default: text.insert(at, 1, byte);
      }
    }
    return text;
  }

 private:
  std::mt19937 random_;
};

class AnyBytes {
 public:
  explicit AnyBytes(std::uint32_t seed) : text_(seed) {
    ams_ = network_.add_device("ams", network_.alpha);
    fra_ = network_.add_device("fra", network_.alpha);
    network_.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
    if (text_.below(2) == 0) {
      SourceSettings source;
      source.store = {
          .name = "main", .kind = telemetry::StoreKind::InfluxDb, .url = "http://127.0.0.1:1", .database = "d"};
      source.serves = {evidence::Source::Counters};
      settings_.sources.push_back(std::move(source));
      pull_from(settings_.sources, settings_.policy, settings_.evidence);
    }
    start();
  }

  void run() {
    for (int round = 0; round < 4 && monitor_; ++round) {
      for (int i = 0; i < 3; ++i) {
        monitor_->write({telemetry::WriteApi::V1, body(), "", ""}, network_.now());
        monitor_->step(network_.now());
        network_.advance(40s);
      }
      restart();
    }
  }

 private:
  void start() {
    auto opened = Monitor::open(network_.client(), database_,
                                {.settings = settings_,
                                 .ids = wire::local_program_ids(),
                                 .key = network_.monitor,
                                 .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                network_.now());
    ASSERT_TRUE(opened) << opened.error().message;
    monitor_ = std::move(*opened);
    EXPECT_TRUE(monitor_->damage().empty()) << monitor_->damage().front();
    monitor_->connect_sources({[this](const SourceSettings&, const telemetry::StoreAsk& ask, auto done) {
                                 done(telemetry::StoreReply{{200, answer(ask.question)}, {}, {}});
                               },
                               [] { return 0.5; }, [] {}});
  }

  void restart() {
    const auto before = snapshot_of(monitor_->evidence().in_memory());
    monitor_.reset();
    {
      const auto again = telemetry::DurableEvidence::open(database_, settings_.evidence, network_.now());
      ASSERT_TRUE(again) << again.error().message;
      EXPECT_TRUE(again->damage().empty()) << again->damage().front();
      EXPECT_EQ(snapshot_of(again->in_memory()), before);
    }
    start();
  }

  std::string body() {
    std::string body;
    for (int i = 0; i < 6; ++i) {
      const auto key = to_text(text_.below(2) == 0 ? ams_ : fra_);
      const auto at = std::to_string(network_.now().time_since_epoch().count() * 1000);
      switch (text_.below(4)) {
        case 0: body += text_.bytes(60) + "\n"; break;
        case 1:
          body += text_.damaged("device_qa_test_results,device_pubkey=" + key + " success=true " + at + "\n");
          break;
        default:
          body += text_.damaged("intfCounters,dzd_pubkey=" + key + ",intf=Switch1/1/1 in-octets=7i,in-errors=0i " + at);
          body += "\n";
      }
    }
    return body;
  }

  std::string answer(const telemetry::StoreQuestion& question) {
    const auto minute = Timestamp{question.from}.time_since_epoch().count() / 1'000'000;
    std::string series;
    for (int i = 0; i < 3; ++i) {
      series += (i == 0 ? "" : ",") + std::string(R"({"name":"intfCounters","tags":{"dzd_pubkey":")") + to_text(ams_) +
                R"(","host":"h","intf":")" + text_.damaged("Switch1/1/1") +
                R"("},"columns":["time","in_octets_first","in_octets_last","out_octets_first","out_octets_last"],)" +
                R"("values":[[)" + std::to_string(minute) + ",1,2,1,2]]}";
    }
    const auto whole = R"({"results":[{"statement_id":0,"series":[)" + series + "]}]}\n";
    return text_.below(3) == 0 ? text_.damaged(whole) : whole;
  }

  AnyText text_;
  testbed::SmallNetwork network_{kStart};
  Pubkey ams_, fra_;
  MonitorSettings settings_;
  storage::SqliteDatabase database_ = *storage::SqliteDatabase::open(":memory:");
  std::unique_ptr<Monitor> monitor_;
};

TEST(AnyBytesThroughAnyDoor, X11_ARestartFindsTheStateThatWasLeft) {
  for (std::uint32_t seed = 1; seed <= 40 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    AnyBytes(seed).run();
  }
}

// A policy of any bytes is refused or read; what was read is the same when it is read from what was written of it,
// which is how the history keeps it.
TEST(AnyBytesThroughAnyDoor, X11_APolicyThatIsTakenIsReadAgain) {
  const std::string file =
      "[[criterion]]\nid = \"device.ntp\"\nsource = \"main\"\nquery = \"\"\"ntp\\t\n{a=\\\"b\\\"}\"\"\"\n"
      "meaning = \"the clock\"\ndevice_label = \"device\"\nat_most = 0.5\n";
  int taken = 0;
  for (std::uint32_t seed = 1; seed <= 1500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    AnyText text(seed);
    const auto policy = verdict::parse_policy(text.damaged(file), "p.toml");
    if (!policy) continue;
    ++taken;
    const auto written = render_policy(*policy);
    const auto again = verdict::parse_policy(written, "history");
    ASSERT_TRUE(again) << again.error().message << "\n" << written;
    EXPECT_EQ(render_policy(*again), written);
  }
  EXPECT_GT(taken, 100);
}

}  // namespace
}  // namespace dz::monitor
