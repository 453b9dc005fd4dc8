#include "monitor/monitor_settings.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>

#include "transparency/note.h"

namespace dz::monitor {
namespace {

Result<std::string> no_files(const std::string& path) { return not_found("no file " + path); }
Result<MonitorSettings> parse(std::string_view toml) { return parse_monitor_settings(toml, "monitor.toml", no_files); }
std::string complaint(std::string_view toml) {
  const auto settings = parse(toml);
  return settings ? "" : settings.error().message;
}

// Every key with its default, as docs/operating/monitor.md lists them.
constexpr std::string_view kDefaults = R"(
dry_run = false
standby = false
takeover_after = "0s"
allow_foundation_key = false
[ledger]
env = "local"
poll = "60s"
unit_price = 0
most_priority_fee = 50000
[listen]
address = "127.0.0.1"
port = 8090
max_body_mib = 32
max_connections = 1024
max_peer_connections = 256
max_buffers_mib = 256
request_deadline = "30s"
idle_timeout = "2m"
[metrics]
records = "not-as-wanted"
most_kib = 3072
[store]
path = "doublezero-monitor.db"
history = "30d"
[evidence]
lateness = "30s"
ahead = "2m"
samples_lag = "2m"
submit_interval = "1m"
pass_interval = "5s"
samples_poll = "30s"
)";

TEST(MonitorSettings, AnEmptyFileAndTheWrittenDefaultsAreTheSame) {
  ASSERT_TRUE(parse(""));
  ASSERT_TRUE(parse(kDefaults)) << complaint(kDefaults);
  EXPECT_EQ(*parse(""), *parse(kDefaults));
  auto settings = *parse("");
  EXPECT_FALSE(settings.in_force.empty());
  settings.in_force.clear();
  EXPECT_EQ(settings, MonitorSettings{});
}

TEST(MonitorSettings, ThePageNamesEveryKeyWithItsDefault) {
  std::ifstream file(DZ_SOURCE_DIR "/docs/operating/monitor.md");
  std::stringstream page;
  page << file.rdbuf();
  std::string section, line;
  std::stringstream keys{std::string(kDefaults)};
  while (std::getline(keys, line)) {
    if (line.starts_with('[')) section = line.substr(1, line.size() - 2) + ".";
    const auto equals = line.find(" = ");
    if (equals == std::string::npos || section.empty()) continue;
    auto value = line.substr(equals + 3);
    std::erase(value, '"');
    EXPECT_NE(page.str().find("| `" + section + line.substr(0, equals) + "` | `" + value + "` |"), std::string::npos)
        << section << line;
  }
}

TEST(MonitorSettings, ThePageNamesEveryFlag) {
  std::ifstream file(DZ_SOURCE_DIR "/docs/operating/monitor.md");
  std::stringstream page;
  page << file.rdbuf();
  CLI::App app;
  MonitorSettings settings;
  service::Settings declared({&app});
  declare_monitor_settings(declared, settings);
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) {
      if (name == "help") continue;
      const auto spelled = "`--" + name;
      EXPECT_TRUE(page.str().find(spelled + "`") != std::string::npos ||
                  page.str().find(spelled + " ") != std::string::npos || name == "config")
          << name;
    }
  }
}

TEST(MonitorSettings, AWitnessHasANameAKeyOfItsOwnAndAFile) {
  const transparency::NoteKey log{"log.example", transparency::SignatureType::Ed25519, Pubkey{}};
  auto of_witness = log;
  of_witness.type = transparency::SignatureType::Cosignature;
  MonitorSettings settings;
  settings.witness_of = {to_text(log)};
  settings.witness_name = "ams.example/monitor";
  settings.witness_keypair = "witness.json";
  EXPECT_TRUE(check_monitor_settings(settings));
  const auto refused = [&](auto change) {
    auto changed = settings;
    change(changed);
    const auto found = check_monitor_settings(changed);
    return found ? std::string() : found.error().message;
  };
  EXPECT_NE(refused([](auto& s) { s.witness_name.clear(); }).find("witness_name"), std::string::npos);
  EXPECT_NE(refused([](auto& s) { s.witness_keypair.clear(); }).find("found none"), std::string::npos);
  EXPECT_NE(refused([](auto& s) { s.keypair = s.witness_keypair; }).find("found one that signs more"),
            std::string::npos);
  EXPECT_NE(refused([](auto& s) { s.quorum.keypair = s.witness_keypair; }).find("signs more"), std::string::npos);
  EXPECT_NE(refused([](auto& s) { s.store_path = ":memory:"; }).find("must never forget"), std::string::npos);
  EXPECT_NE(refused([&](auto& s) { s.witness_of = {to_text(of_witness)}; }).find("of a witness"), std::string::npos);
  EXPECT_NE(refused([](auto& s) { s.witness_of = {"nonsense"}; }).find("log.witness_of"), std::string::npos);
}

TEST(MonitorSettings, FlagsWinOverTheFile) {
  const service::GivenFlags flags{{"listen.port", {"0"}}, {"dry_run", {"false"}}, {"store.history", {"60d"}}};
  const auto settings = parse_monitor_settings("dry_run = true\n[listen]\nport = 1\naddress = \"::1\"", "monitor.toml",
                                               no_files, {.flags = flags});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->port, 0);
  EXPECT_EQ(settings->address, "::1");
  EXPECT_FALSE(settings->asked.dry_run);
  EXPECT_EQ(settings->history, std::chrono::hours{60 * 24});
}

TEST(MonitorSettings, AFlagOfAnotherNetworkLeavesTheNetworkOfTheFile) {
  const std::string file = "[ledger]\nenv = \"devnet\"\nurl = \"http://devnet\"\npoll = \"10s\"";
  const auto read = [&](service::GivenFlags flags) {
    return *parse_monitor_settings(file, "monitor.toml", no_files, {.flags = std::move(flags)});
  };
  EXPECT_EQ(read({{"ledger.env", {"devnet"}}}).ledger_url, "http://devnet");
  EXPECT_EQ(read({{"ledger.env", {"testnet"}}}).ledger_url, "");
  EXPECT_EQ(read({{"ledger.env", {"testnet"}}}).ledger_poll, std::chrono::seconds{10});
  EXPECT_EQ(read({{"ledger.env", {"testnet"}}, {"ledger.url", {"http://testnet"}}}).ledger_url, "http://testnet");
}

TEST(MonitorSettings, RefusesWithFileAndLine) {
  EXPECT_EQ(complaint("\n[ledger]\nurll = \"x\"").substr(0, 40), "monitor.toml:3: ledger.urll: no such key");
  EXPECT_NE(
      complaint("[listen]\nport = 70000").find("monitor.toml:2: listen.port: expected a whole number from 0 to 65535"),
      std::string::npos);
  EXPECT_NE(complaint("[evidence]\nlateness = \"2h\"").find("expected between 1 s and 10 min"), std::string::npos);
  EXPECT_NE(complaint("standby = 1").find("expected true or false"), std::string::npos);
  EXPECT_NE(complaint("[ledger").find("expected TOML"), std::string::npos);
}

TEST(MonitorSettings, D15_EvidenceThatWouldAlwaysBeStaleIsRefused) {
  const auto refusal = [](const std::string& evidence, const std::string& staleness) {
    const auto settings =
        parse_monitor_settings("policy = \"p.toml\"\n[evidence]\n" + evidence, "monitor.toml",
                               [&](const std::string&) { return "max_staleness = \"" + staleness + "\""; });
    return settings ? std::string() : settings.error().message;
  };
  EXPECT_EQ(refusal("samples_lag = \"9m\"", "10m"), "");
  EXPECT_EQ(
      refusal("samples_lag = \"10m\"", "10m"),
      "monitor.toml: evidence.samples_lag: expected at most a minute less than the policy's max_staleness (10 min), "
      "found 10 min: its evidence would always be stale");
  EXPECT_EQ(refusal("lateness = \"4m\"", "5m"), "");
  EXPECT_NE(refusal("lateness = \"5m\"", "5m").find("evidence.lateness: expected at most"), std::string::npos);
}

TEST(MonitorSettings, ATokenHasOneOwnerAndASecretWorthTheName) {
  EXPECT_NE(complaint("[[token]]\nsecret = \"0123456789abcdef\"").find("either contributor or device"),
            std::string::npos);
  EXPECT_EQ(complaint("[[token]]\nsecret = \"0123456789abcdef\"\nfleet_wide = true"), "");
  EXPECT_NE(complaint("[[token]]\nsecret = \"0123456789abcdef\"\ndevice = \"x\"\ncontributor = \"y\"").find("either"),
            std::string::npos);
  EXPECT_NE(complaint("[[token]]\nsecret = \"short\"\ndevice = \"x\"").find("at least 16"), std::string::npos);
  const auto settings = parse_monitor_settings("[[token]]\nsecret_file = \"s\"\ncontributor = \"alpha\"", "m",
                                               [](const std::string&) { return std::string("0123456789abcdef\n"); });
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->tokens, (std::vector<WriteToken>{{"0123456789abcdef", "alpha", ""}}));
}

TEST(MonitorSettings, X7_FilesThatHoldSecretsAreKnown) {
  const auto files_of = [](std::string_view toml, const std::string& text = "0123456789abcdef") {
    const auto read = [&](const std::string&) { return text; };
    const auto settings = parse_monitor_settings(toml, "m.toml", read);
    if (!settings) ADD_FAILURE() << settings.error().message;
    return settings ? settings->secret_files : std::vector<std::string>{};
  };
  const std::vector<std::string> none, own{"m.toml"}, other{"s"};
  const std::string slack = "[[notify]]\nname = \"n\"\nkind = \"slack\"\n",
                    json = "[[notify]]\nname = \"n\"\nkind = \"json\"\n";
  EXPECT_EQ(files_of("[[token]]\nsecret = \"0123456789abcdef\"\ndevice = \"x\""), own);
  EXPECT_EQ(files_of("[[token]]\nsecret_file = \"s\"\ndevice = \"x\""), other);
  EXPECT_EQ(files_of(slack + "url = \"https://hooks.slack.com/services/secret\""), own);
  EXPECT_EQ(files_of(slack + "url_file = \"s\"", "https://hooks.slack.com/services/secret"), other);
  EXPECT_EQ(files_of(slack + "url_file = \"s\"", "http://127.0.0.1:9/services/secret"), none);
  EXPECT_EQ(files_of(json + "url = \"https://a.example/hook\""), none);
  EXPECT_EQ(files_of(json + "url = \"https://a.example/hook?key=secret\""), own);
  EXPECT_EQ(files_of(json + "url = \"https://a.example/hook\"\ntoken_file = \"s\""), other);
  const std::string store =
      "[[source]]\nname = \"s\"\nkind = \"influxdb\"\nurl = \"https://a.example\"\ndatabase = \"d\"\nserves = "
      "[\"qa\"]\n";
  EXPECT_EQ(files_of(store), none);
  EXPECT_EQ(files_of(store + "token = \"secret\""), own);
  EXPECT_EQ(files_of(store + "username = \"u\"\npassword = \"secret\""), own);
  EXPECT_EQ(files_of(store + "token_file = \"s\""), other);
  EXPECT_EQ(files_of("[ledger]\nurl = \"https://a.example/secret\""), own);
  EXPECT_EQ(files_of("[ledger]\nurl = \"https://a.example\""), none);
}

TEST(MonitorSettings, WithoutTokensItListensOnThisMachineOnly) {
  MonitorSettings settings;
  settings.keypair = "key.json";
  EXPECT_TRUE(check_monitor_settings(settings));
  settings.address = "0.0.0.0";
  EXPECT_FALSE(check_monitor_settings(settings));
  settings.tokens.push_back({"0123456789abcdef", "alpha", ""});
  EXPECT_TRUE(check_monitor_settings(settings));
}

TEST(MonitorSettings, OnlyAStandbyTakesOverAndNotAtOnce) {
  MonitorSettings settings;
  settings.asked.takeover_after = std::chrono::minutes{10};
  EXPECT_NE(check_monitor_settings(settings).error().message.find("standby = true"), std::string::npos);
  settings.asked.standby = true;
  settings.write_mode = control::WriteMode::Standby;
  EXPECT_TRUE(check_monitor_settings(settings));
  EXPECT_FALSE(check_key_is_there(settings, false));
  settings.asked.takeover_after = std::chrono::minutes{2};
  EXPECT_TRUE(check_monitor_settings(settings)) << "on a local ledger things are tried";
  settings.environment = "testnet";
  EXPECT_NE(check_monitor_settings(settings).error().message.find("at least 3 min"), std::string::npos);
}

TEST(MonitorSettings, AKeyIsNeededToWriteAndForNothingElse) {
  MonitorSettings settings;
  EXPECT_TRUE(check_monitor_settings(settings));
  EXPECT_FALSE(check_key_is_there(settings, false));
  EXPECT_TRUE(check_key_is_there(settings, true));
  for (const auto mode : {control::WriteMode::Standby, control::WriteMode::Observe}) {
    settings.write_mode = mode;
    EXPECT_TRUE(check_key_is_there(settings, false));
  }
}

TEST(MonitorSettings, OnANetworkThatPeopleRelyOnNothingIsWrittenUnlessToldTo) {
  MonitorSettings settings;
  ASSERT_TRUE(settle_for(true, settings));
  EXPECT_EQ(settings.write_mode, control::WriteMode::Observe);
  EXPECT_EQ(settings.limits, control::default_change_limits(false));
  settings = {};
  settings.asked.write = true;
  settings.writes_per_minute = "unlimited";
  settings.fleet_percent_per_hour = "2.5";
  ASSERT_TRUE(settle_for(true, settings));
  EXPECT_EQ(settings.write_mode, control::WriteMode::Write);
  EXPECT_FALSE(settings.limits.writes_per_minute);
  EXPECT_EQ(settings.limits.fleet_percent_per_hour, 2.5);
  settings = {};
  ASSERT_TRUE(settle_for(false, settings));
  EXPECT_EQ(settings.write_mode, control::WriteMode::Write);
  EXPECT_EQ(settings.limits, control::ChangeLimits{});
  settings.writes_per_minute = "a few";
  EXPECT_FALSE(settle_for(false, settings));
}

TEST(MonitorSettings, AStandbyStandsByWhateverElseWasAskedFor) {
  for (const bool live : {false, true}) {
    for (const bool dry_run : {false, true}) {
      MonitorSettings settings;
      settings.asked.standby = true;
      settings.asked.dry_run = dry_run;
      ASSERT_TRUE(settle_for(live, settings));
      EXPECT_EQ(settings.write_mode, control::WriteMode::Standby);
    }
  }
  MonitorSettings settings;
  settings.asked.dry_run = true;
  ASSERT_TRUE(settle_for(false, settings));
  EXPECT_EQ(settings.write_mode, control::WriteMode::Observe);
}

TEST(MonitorSettings, ThePolicyIsTheDefaultOfTheProfile) {
  const auto read = [](const std::string&) { return Result<std::string>("profile = \"rfc\""); };
  auto settings = parse_monitor_settings("profile = \"v0.34\"", "monitor.toml", read);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->policy, verdict::default_policy(v034_profile()));
  EXPECT_EQ(settings->named_profile, &v034_profile());
  settings = parse_monitor_settings("profile = \"v0.34\"\npolicy = \"p.toml\"", "monitor.toml", read);
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().message.find("this policy is for rfc"), std::string::npos) << settings.error().message;
  const auto live = [](MonitorSettings&) -> Result<const Profile*> { return &v034_profile(); };
  settings = parse_monitor_settings("", "monitor.toml", read, {.choose = live});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->policy, verdict::default_policy(v034_profile()));
  EXPECT_EQ(settings->named_profile, nullptr);
}

}  // namespace
}  // namespace dz::monitor
