// Lists as people read them: in 80 columns, with what the monitor knows, sorted and filtered.
#include "apps/cli/test_shell.h"
#include "apps/cli/ui/news.h"

namespace dz::cli {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
#define EXPECT_SAYS(text, part) EXPECT_TRUE(has(text, part)) << text

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}
std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  for (const auto& line : lines_of(text)) most = std::max(most, line.size());
  return most;
}

struct List : testing::Test {
  TestShell shell;
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
    shell.add_dzx_link();
  }
  void with_monitor() {
    const auto wan = shell.ok("link get --code ams-lon --json").json().at("pubkey");
    const auto dzx = shell.ok("link get --code ams-fra --json").json().at("pubkey");
    shell.monitor_paths = [this, wan, dzx](const std::string&) -> Result<boost::json::value> {
      const auto in = [this](std::chrono::minutes d) { return to_text(shell.now + d); };
      const std::string sentence = "link x: health pending; " + std::string(300, 'w');
      return boost::json::value{
          {"assessments", boost::json::array{{{"pubkey", wan},
                                              {"sentence", sentence},
                                              {"condition",
                                               {{"state", "failing"},
                                                {"since", in(std::chrono::minutes{-13})},
                                                {"returns_at", nullptr},
                                                {"criterion", "link.a.errors"}}}},
                                             {{"pubkey", dzx},
                                              {"sentence", sentence},
                                              {"condition",
                                               {{"state", "recovering"},
                                                {"since", in(std::chrono::minutes{-64})},
                                                {"returns_at", in(std::chrono::minutes{23 * 60 + 4})},
                                                {"criterion", "link.z.data"}}}}}}};
    };
    shell.monitor = [](const Pubkey&) -> Result<boost::json::value> { return boost::json::value{{"sentence", "s"}}; };
  }
};

TEST_F(List, FitsEightyColumnsByItself) {
  with_monitor();
  const auto text = shell.ok("link list").out;
  EXPECT_LE(widest(text), 80U) << text;
  EXPECT_SAYS(text, "failing: link.a.errors");
  EXPECT_SAYS(text, "| 13m ");
  EXPECT_SAYS(text, "| in 23h");
  EXPECT_GT(widest(shell.ok("link list --wide").out), 300U);
  shell.terminal.out_columns = 120;
  EXPECT_EQ(widest(shell.ok("link list").out), 120U);
}

TEST_F(List, FitsEightyColumnsWithTheLongestCodesAndWords) {
  with_monitor();
  shell.ok("link update --pubkey ams-lon --code " + std::string(32, 'x'), "alpha");
  const auto text = shell.ok("link list").out;
  EXPECT_LE(widest(text), 80U) << text;
  EXPECT_SAYS(text, std::string(32, 'x'));
  EXPECT_SAYS(text, "failing: ");
}

TEST_F(List, WithoutAMonitorOneLineSaysWhyColumnsAreEmpty) {
  const auto said = shell.ok("link list");
  EXPECT_EQ(lines_of(said.err).size(), 1U) << said.err;
  EXPECT_SAYS(said.err, "--monitor-url");
  EXPECT_LE(widest(said.out), 80U);
  EXPECT_EQ(shell.ok("link list --narrow").err, "");
  EXPECT_EQ(shell.ok("link list --columns code,status").err, "");
  EXPECT_EQ(shell.ok("link list --json").err, "");
}

TEST_F(List, IsSortedByCodeOrAsAsked) {
  const auto codes = [this](const std::string& how) {
    std::string all;
    const auto records = shell.ok("device list --json " + how).json();
    for (const auto& record : records.as_array()) all += std::string(record.at("code").as_string()) + " ";
    return all;
  };
  EXPECT_EQ(codes(""), "ams-dz001 fra-dz001 lon-dz001 ");
  EXPECT_EQ(codes("--sort code --reverse"), "lon-dz001 fra-dz001 ams-dz001 ");
  EXPECT_EQ(codes("--sort contributor --reverse"), "fra-dz001 ams-dz001 lon-dz001 ");
  with_monitor();
  EXPECT_EQ(lines_of(shell.ok("link list --sort time --columns code").out).at(1), " ams-fra");
}

TEST_F(List, ColumnsAreThoseAskedForInThatOrder) {
  EXPECT_EQ(lines_of(shell.ok("link list --columns status,code").out).front(), " status       | code   ");
}

TEST_F(List, FiltersJoinAndAlternate) {
  const auto found = [this](const std::string& how) {
    std::string all;
    for (const auto& line : lines_of(shell.ok("link list --columns code " + how).out)) all += line;
    return all;
  };
  EXPECT_EQ(found("--filter contributor=zeta"), " code    ams-fra");
  EXPECT_EQ(found("--filter device=lon-dz001"), " code    ams-lon");
  EXPECT_EQ(found("--filter metro=fra"), " code    ams-fra");
  EXPECT_EQ(found("--filter metro=xams --filter device=fra-dz001"), " code    ams-fra");
  EXPECT_EQ(found("--filter device=lon-dz001 --filter device=fra-dz001"), " code    ams-fra ams-lon");
  EXPECT_EQ(found("--filter status=hard_drained --filter health=healthy"), " code");
  with_monitor();
  EXPECT_EQ(found("--filter condition=failing"), " code    ams-lon");
  EXPECT_SAYS(shell.run("link list --filter metro=fr").err, "did you mean");
  EXPECT_EQ(shell.run("link list --filter device=nowhere").exit_code, 1);
}

TEST_F(List, WatchesUntilTheTimeIsOver) {
  const auto said = shell.ok("link list --columns code,status --watch --interval 2s --timeout 5s");
  int tables = 0;
  for (const auto& line : lines_of(said.out)) tables += line.starts_with(" code") ? 1 : 0;
  EXPECT_EQ(tables, 4) << said.out;
  shell.terminal.out_columns = 80;
  EXPECT_SAYS(shell.ok("link list --watch --timeout 1s").out, "\x1b[H\x1b[2J");
}

TEST(News, ToleratesAMonitorThatSaysLess) {
  const auto news = news_of({{"sentence", "link a: health pending; held by link.a.errors"}, {"healthy_at", nullptr}});
  EXPECT_EQ(why_text(news), "held by link.a.errors");
  EXPECT_EQ(news.returns_at, std::nullopt);
  EXPECT_EQ(why_text(news_of({{"sentence", "every criterion is met; a minute has to pass"}})),
            "every criterion is met; a minute has to pass");
  EXPECT_EQ(why_text(news_of({{"sentence", "healthy: every criterion is met"}, {"health", "healthy"}})), "");
  EXPECT_EQ(why_text(news_of(boost::json::value(nullptr))), "");
}

TEST(News, NamesWhoHasToDoSomethingAndTheCause) {
  EXPECT_EQ(why_text(news_of({{"condition", {{"state", "needs-action"}, {"needs", {{"who", "contributor"}}}}}})),
            "needs contributor");
  EXPECT_EQ(why_text(news_of({{"condition", {{"state", "held"}, {"held_by", {{"what", "drain"}}}}}})), "held by drain");
  const auto drained_by = [](boost::json::value role) {
    const boost::json::object by{{"what", "drain"}, {"criterion", nullptr}, {"role", role}, {"signer", "4ac6"}};
    return why_text(news_of({{"condition", {{"state", "held"}, {"held_by", by}}}}));
  };
  EXPECT_EQ(drained_by("side Z, contributor 'beta'"), "held by drain of side Z, contributor 'beta'");
  EXPECT_EQ(drained_by(nullptr), "held by drain of key 4ac6");
  EXPECT_EQ(why_text(news_of({{"condition", {{"state", "failing"}, {"since", 1'795'000'000'000}}},
                              {"cause", {{"sentence", "its clock is 9 min ahead"}}}})),
            "failing; its clock is 9 min ahead");
}

TEST(News, DurationsAreShort) {
  using std::chrono::seconds;
  EXPECT_EQ(short_duration(seconds{59}), "59s");
  EXPECT_EQ(short_duration(seconds{60}), "1m");
  EXPECT_EQ(short_duration(seconds{3600}), "1h");
  EXPECT_EQ(short_duration(seconds{86399}), "23h 59m");
  EXPECT_EQ(short_duration(seconds{90000}), "1d 1h");
  EXPECT_EQ(short_duration(seconds{-5}), "0s");
}

}  // namespace
}  // namespace dz::cli
