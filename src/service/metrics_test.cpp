#include "service/metrics.h"

#include <gtest/gtest.h>

#include <limits>

#include "net/connections.h"
#include "service/daemon_figures.h"
#include "service/process_metrics.h"

namespace dz::service {
namespace {

using std::chrono::milliseconds;

TEST(MetricsPage, FamiliesAreInOrderWithOneHeadEach) {
  MetricsPage page("dz_");
  page.gauge("z", "Last.", 1);
  page.counter("a_total", "First.", 2, {{"kind", "x"}});
  page.gauge("z2", "Later.", 0.5);
  page.counter("a_total", "First.", 3e9, {{"kind", "y"}});
  EXPECT_EQ(page.render(),
            "# HELP dz_a_total First.\n# TYPE dz_a_total counter\ndz_a_total{kind=\"x\"} 2\ndz_a_total{kind=\"y\"} "
            "3000000000\n# HELP dz_z Last.\n# TYPE dz_z gauge\ndz_z 1\n# HELP dz_z2 Later.\n# TYPE dz_z2 gauge\ndz_z2 "
            "0.5\n");
}

TEST(MetricsPage, X8_WhatOthersChoseIsEscapedForATerminalAndForTheFormat) {
  MetricsPage page("");
  page.gauge("g", "G.", 1, {{"code", "a\"b\\c\nd\x1b[31m"}});
  EXPECT_NE(page.render().find("g{code=\"a\\\"b\\\\c\\\\u000ad\\\\u001b[31m\"} 1\n"), std::string::npos)
      << page.render();
}

TEST(MetricsPage, NumbersThatAreNoneAreSpelledAsTheFormatHasThem) {
  MetricsPage page("");
  page.gauge("nan", "N.", std::numeric_limits<double>::quiet_NaN());
  page.gauge("inf", "I.", std::numeric_limits<double>::infinity());
  EXPECT_NE(page.render().find("\nnan NaN\n"), std::string::npos);
  EXPECT_NE(page.render().find("\ninf +Inf\n"), std::string::npos);
}

TEST(MetricsPage, HistogramsCountUpwardsToAll) {
  Histogram histogram;
  histogram.add(milliseconds{5});  // a bound belongs to its bucket
  histogram.add(milliseconds{6});
  histogram.add(std::chrono::hours{1});
  histogram.add(milliseconds{-7});
  MetricsPage page("");
  page.histogram("took_seconds", "T.", histogram, {{"store", "s"}});
  for (const char* line :
       {"# TYPE took_seconds histogram\n", "took_seconds_bucket{le=\"0.001\",store=\"s\"} 1\n",
        "took_seconds_bucket{le=\"0.005\",store=\"s\"} 2\n", "took_seconds_bucket{le=\"0.01\",store=\"s\"} 3\n",
        "took_seconds_bucket{le=\"60\",store=\"s\"} 3\n", "took_seconds_bucket{le=\"+Inf\",store=\"s\"} 4\n",
        "took_seconds_sum{store=\"s\"} 3600.011\n", "took_seconds_count{store=\"s\"} 4\n"}) {
    EXPECT_NE(page.render().find(line), std::string::npos) << line << page.render();
  }
}

TEST(ProcessMetrics, AreReadBehindTheCommandWhateverThatIs) {
  const auto figures = parse_process_stat(
      "7 (a) b ) S 1 7 7 0 -1 4194560 10 0 0 0 250 150 0 0 20 0 3 0 4200 1048576 256 18446744073709551615 1 1", 100,
      4096);
  ASSERT_TRUE(figures);
  EXPECT_DOUBLE_EQ(figures->cpu_seconds, 4.0);
  EXPECT_EQ(figures->threads, 3U);
  EXPECT_EQ(figures->virtual_bytes, 1048576U);
  EXPECT_EQ(figures->resident_bytes, 1048576U);
  EXPECT_EQ(figures->started_after_boot, std::chrono::seconds{42});
  EXPECT_FALSE(parse_process_stat("", 100, 4096));
  EXPECT_FALSE(parse_process_stat("7 (cut) S 1 7", 100, 4096));
}

TEST(Timings, LatelyIsOfTenToTwentyMinutes) {
  Timings timings;
  const auto begin = std::chrono::steady_clock::now();
  timings.add(milliseconds{3}, begin);
  timings.add(milliseconds{700}, begin + std::chrono::minutes{12});
  EXPECT_EQ(timings.lately(begin + std::chrono::minutes{13}).count(), 2U);
  EXPECT_EQ(timings.lately(begin + std::chrono::minutes{23}).within(0.5), milliseconds{1000}) << "the first is old";
  EXPECT_EQ(timings.lately(begin + std::chrono::minutes{50}).count(), 0U);
  EXPECT_EQ(timings.so_far().count(), 2U);
}

TEST(DaemonFigures, EveryDaemonShowsItsProcess) {
  const net::Connections connections({});
  Timings passes;
  passes.add(milliseconds{3});
  const auto page = "\n" + render_daemon_figures({"dz_", connections, &passes, nullptr});
  for (const char* name :
       {"\nprocess_cpu_seconds_total ", "\nprocess_resident_memory_bytes ", "\nprocess_virtual_memory_bytes ",
        "\nprocess_open_fds ", "\nprocess_max_fds ", "\nprocess_start_time_seconds ", "\nprocess_threads ",
        "\ndz_pass_seconds_count 1\n", "\ndz_connections "}) {
    EXPECT_NE(page.find(name), std::string::npos) << name << page;
  }
  EXPECT_EQ(page.find("rpc_seconds"), std::string::npos);
}

}  // namespace
}  // namespace dz::service
