#include "service/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <CLI/CLI.hpp>

namespace dz::service {
namespace {

using namespace std::chrono_literals;

struct Values {
  std::string url = "http://127.0.0.1:8899", start = "activated", limit;
  std::vector<std::string> keys;
  Duration poll = 60s;
  std::uint16_t port = 8091;
  std::optional<std::uint16_t> second_port;
  bool observe = false, write = false;
};

// A daemon with a setting of each kind, started with these words.
struct Daemon {
  Values values;
  CLI::App app{"a daemon", "daemon"};
  Settings settings{{&app}};
  std::optional<int> ended;

  explicit Daemon(std::vector<std::string> words = {}) {
    settings.text({"--url,--ledger-url"}, values.url, "Where the ledger is").variable("DZ_SETTINGS_TEST_URL");
    settings.word({"--start"}, values.start, {"activated", "provisioning"}, "How records start");
    settings.amount({"--limit", "limits.writes"}, values.limit, "At most so many");
    settings.texts({"--key"}, values.keys, "May be repeated");
    settings.span({"--poll", "ledger.poll"}, values.poll, {1s, 10min}, "How often");
    settings.number({"--port"}, values.port, {0, 65535}, "Where it listens");
    settings.number({"--second-port"}, values.second_port, {0, 65535}, "And where else");
    settings.flag({"--write"}, values.write, "Write");
    settings.flag({"--observe,--dry-run"}, values.observe, "Write nothing").excludes("--write");
    std::vector<const char*> argv{"daemon"};
    for (const auto& word : words) argv.push_back(word.c_str());
    ended = parse_command_line(app, static_cast<int>(argv.size()), argv.data());
  }
  std::string complaint(std::string_view toml) {
    const auto read = settings.read_text(toml, "daemon.toml");
    return read ? "" : read.error().message;
  }
};

TEST(Settings, AreWrittenAsAFileWithTheirDefaults) {
  Daemon daemon;
  const auto file = daemon.settings.render_file();
  EXPECT_EQ(file.substr(0, file.find("# How records")), "# Where the ledger is\n#url = \"http://127.0.0.1:8899\"\n");
  EXPECT_NE(
      file.find("# May be repeated\n#key = []\n# Where it listens\n#port = 8091\n# And where else\n#second-port = \n"
                "# Write\n#write = false\n"),
      std::string::npos)
      << file;
  EXPECT_NE(file.find("\n[ledger]\n# How often\n#poll = \"60s\"\n"), std::string::npos) << file;
  EXPECT_NE(file.find("\n[limits]\n# At most so many\n#writes = \"\"\n"), std::string::npos) << file;
  EXPECT_EQ(daemon.complaint(file), "");
}

TEST(Settings, WhatIsNoAddressIsAWrongSetting) {
  for (const char* good : {"127.0.0.1", "::", "localhost", "0.0.0.0"}) EXPECT_TRUE(check_listen_address(good)) << good;
  for (const char* bad : {"", "nonsense", "127.0.0.1:80", "[::1]", "256.1.1.1"})
    EXPECT_FALSE(check_listen_address(bad)) << bad;
  EXPECT_EQ(refuse_settings({ErrorKind::Refused, "wrong"}), kWrongSettings);
  EXPECT_EQ(refuse_settings({ErrorKind::NotFound, "no key"}), kWrongSettings);
  EXPECT_EQ(refuse_settings({ErrorKind::Retry, "busy"}), 1);
}

TEST(Settings, EachIsAFlagAndAKey) {
  Daemon by_flag({"--ledger-url", "http://l", "--start=provisioning", "--limit", "10", "--key", "a", "--key", "b",
                  "--poll", "90s", "--port", "0", "--second-port", "7", "--dry-run"});
  ASSERT_TRUE(by_flag.settings.read());
  Daemon by_key;
  ASSERT_EQ(by_key.complaint(R"(
ledger-url = "http://l"
start = "provisioning"
key = ["a", "b"]
port = 0
second-port = 7
dry-run = true
[limits]
writes = 10
[ledger]
poll = "90s"
)"),
            "");
  for (const auto* values : {&by_flag.values, &by_key.values}) {
    EXPECT_EQ(values->url, "http://l");
    EXPECT_EQ(values->start, "provisioning");
    EXPECT_EQ(values->limit, "10");
    EXPECT_EQ(values->keys, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(values->poll, 90s);
    EXPECT_EQ(values->port, 0);
    EXPECT_EQ(values->second_port, 7);
    EXPECT_TRUE(values->observe);
  }
}

TEST(Settings, ValuesInQuotesReadAsOnTheCommandLine) {
  Daemon daemon;
  ASSERT_EQ(daemon.complaint("port = \"8000\"\nobserve = \"on\"\nkey = \"a\"\nlimits.writes = 2.5"), "");
  EXPECT_EQ(daemon.values.port, 8000);
  EXPECT_TRUE(daemon.values.observe);
  EXPECT_EQ(daemon.values.keys, std::vector<std::string>{"a"});
  EXPECT_EQ(daemon.values.limit, "2.5");
}

TEST(Settings, AFlagWinsOverTheFileAndAVariableToo) {
  const auto file = std::filesystem::temp_directory_path() / ("settings_test." + std::to_string(::getpid()));
  std::ofstream(file)
      << "url = \"http://file\"\nport = 1\nobserve = true\nkey = [\"file\"]\nstart = \"provisioning\"\n";
  ::setenv("DZ_SETTINGS_TEST_URL", "http://variable", 1);
  Daemon daemon({"--config", file.string(), "--port", "2", "--observe=false", "--key", "flag"});
  ::unsetenv("DZ_SETTINGS_TEST_URL");
  const auto read = daemon.settings.read();
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(daemon.values.url, "http://variable");
  EXPECT_EQ(daemon.values.port, 2);
  EXPECT_FALSE(daemon.values.observe);
  EXPECT_EQ(daemon.values.keys, std::vector<std::string>{"flag"});
  EXPECT_EQ(daemon.values.start, "provisioning");
  std::ofstream(file) << "prot = 1\n";
  Daemon wrong;
  const std::string path = file.string();
  const std::array<const char*, 3> argv{"daemon", "--config", path.c_str()};
  EXPECT_EQ(wrong.settings.parse(wrong.app, 3, argv.data()), 2);
  std::filesystem::remove(file);
}

TEST(Settings, AnUnknownKeyIsRefusedWithFileAndLine) {
  Daemon daemon;
  EXPECT_EQ(daemon.complaint("port = 1\nprot = 2"),
            "daemon.toml:2: prot: no such key; expected one of url, ledger-url, start, limits, key, ledger, port, "
            "second-port, write, observe, dry-run");
  EXPECT_EQ(daemon.complaint("[ledger]\nurl = \"x\""), "daemon.toml:2: ledger.url: no such key; expected one of poll");
}

TEST(Settings, AWrongValueIsRefusedWithFileAndLine) {
  Daemon daemon;
  EXPECT_EQ(daemon.complaint("\nport = 70000"), "daemon.toml:2: port: expected a whole number from 0 to 65535");
  EXPECT_EQ(daemon.complaint("port = true"), "daemon.toml:1: port: expected a whole number from 0 to 65535");
  EXPECT_EQ(daemon.complaint("port = -1"), "daemon.toml:1: port: expected a whole number from 0 to 65535");
  EXPECT_EQ(daemon.complaint("write = 1"), "daemon.toml:1: write: expected true or false");
  EXPECT_EQ(daemon.complaint("write = \"perhaps\""), "daemon.toml:1: write: expected true or false, found 'perhaps'");
  EXPECT_EQ(daemon.complaint("url = 1"), "daemon.toml:1: url: expected a text in quotes");
  EXPECT_EQ(daemon.complaint("start = \"later\""),
            "daemon.toml:1: start: expected activated or provisioning, found 'later'");
  EXPECT_EQ(daemon.complaint("key = [\"a\",\n1]"), "daemon.toml:2: key: expected a text in quotes");
  EXPECT_EQ(daemon.complaint("ledger.poll = \"2h\""),
            "daemon.toml:1: ledger.poll: expected between 1 s and 10 min, found \"2h\"");
  EXPECT_EQ(daemon.complaint("ledger.poll = 60"),
            "daemon.toml:1: ledger.poll: expected a duration in quotes, such as \"30s\"");
}

TEST(Settings, X7_AFileThatHoldsASecretIsKnown) {
  for (const auto* toml :
       {"url = \"https://ledger.example.com/secret\"", "url = \"http://me:secret@ledger.example.com\"",
        "start = \"provisioning\"\nlimits.writes = \"https://a.example/secret\""}) {
    Daemon daemon;
    ASSERT_EQ(daemon.complaint(toml), "");
    EXPECT_TRUE(daemon.settings.file_holds_secret()) << toml;
  }
  for (const auto* toml :
       {"", "url = \"https://ledger.example.com\"", "url = \"http://127.0.0.1:8899/path\"", "port = 1"}) {
    Daemon daemon;
    ASSERT_EQ(daemon.complaint(toml), "");
    EXPECT_FALSE(daemon.settings.file_holds_secret()) << toml;
  }
  std::string token;
  Settings settings;
  settings.text({"--token"}, token, "A secret").secret();
  ASSERT_TRUE(settings.read_text("token = \"abc\"", "f"));
  EXPECT_TRUE(settings.file_holds_secret());
}

TEST(Settings, X7_AFileThatHoldsASecretAndIsOpenIsRefused) {
  const auto path = std::string(testing::TempDir()) + "dz_settings_secret.toml";
  std::ofstream(path) << "url = \"https://ledger.example.com/secret\"\n";
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  Daemon daemon({"--config", path});
  ASSERT_TRUE(daemon.settings.read());
  EXPECT_NE(check_settings_file(daemon.settings, {}).error().message.find("chmod 600 " + path), std::string::npos);
  EXPECT_TRUE(check_settings_file(daemon.settings, {.allow_readable = true}));
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  EXPECT_TRUE(check_settings_file(daemon.settings, {}));
  std::filesystem::remove(path);
}

TEST(Settings, AWrongFlagEndsWithTwo) {
  EXPECT_EQ(Daemon({"--port", "70000"}).ended, 2);
  EXPECT_EQ(Daemon({"--poll", "2h"}).ended, 2);
  EXPECT_EQ(Daemon({"--start", "later"}).ended, 2);
  EXPECT_EQ(Daemon({"--prot", "1"}).ended, 2);
  EXPECT_EQ(Daemon({"--write", "--observe"}).ended, 2);
  EXPECT_EQ(Daemon({"--help"}).ended, 0);
  EXPECT_EQ(Daemon().ended, std::nullopt);
}

TEST(Settings, TheHelpShowsDefaultsAsAFlagTakesThem) {
  const auto help = Daemon().app.help();
  EXPECT_NE(help.find("60s"), std::string::npos) << help;
  EXPECT_NE(help.find("8091"), std::string::npos);
  EXPECT_NE(help.find("--config"), std::string::npos);
}

TEST(Settings, X11_ATextHasNoControlCharacters) {
  std::string value;
  Settings settings;
  settings.text({"--name"}, value, "");
  const auto refused = settings.read_text("name = \"a\\u001Bb\"", "m.toml");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("m.toml:1"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().message.find("control character 0x1B"), std::string::npos) << refused.error().message;
  EXPECT_FALSE(settings.apply({{"--name", {"a\xFF"}}}));
  EXPECT_EQ(value, "");
  ASSERT_TRUE(settings.read_text("name = \"z\xC3\xBCrich\"", "m.toml"));
  EXPECT_EQ(value, "z\xC3\xBCrich");
}

}  // namespace
}  // namespace dz::service
