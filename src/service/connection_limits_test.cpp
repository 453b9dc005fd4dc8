#include "service/connection_limits.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include "service/daemon_figures.h"

namespace dz::service {
namespace {

struct Declared {
  explicit Declared(const std::string& table) {
    declare_connections(settings, wanted, table);
    declare_websockets(settings, wanted, table);
  }
  CLI::App app{"a daemon", "daemon"};
  Settings settings{{&app}};
  ConnectionSettings wanted;
};

TEST(ConnectionSettings, X4_TheDefaultsAreThoseOfTheServer) {
  const auto limits = limits_of({});
  const net::ConnectionLimits defaults;
  EXPECT_EQ(limits.connections, defaults.connections);
  EXPECT_EQ(limits.of_peer, defaults.of_peer);
  EXPECT_EQ(limits.unread, defaults.unread);
  EXPECT_EQ(limits.buffers, defaults.buffers);
  EXPECT_EQ(limits.fragments, defaults.fragments);
  EXPECT_EQ(limits.deadline, defaults.deadline);
  EXPECT_EQ(limits.idle, defaults.idle);
}

TEST(ConnectionSettings, X4_EachIsAKeyOfItsTableAndChecked) {
  Declared daemon("listen.");
  ASSERT_TRUE(
      daemon.settings.read_text("[listen]\nmax_connections = 7\nmax_peer_connections = 6\nmax_buffers_mib = 5\n"
                                "max_unread_kib = 64\nmax_fragments = 3\nrequest_deadline = \"2s\"\n"
                                "idle_timeout = \"1s\"\n",
                                "x.toml"));
  const auto limits = limits_of(daemon.wanted);
  EXPECT_EQ(limits.connections, 7U);
  EXPECT_EQ(limits.of_peer, 6U);
  EXPECT_EQ(limits.buffers, 5U << 20U);
  EXPECT_EQ(limits.unread, 64U << 10U);
  EXPECT_EQ(limits.fragments, 3U);
  EXPECT_EQ(limits.deadline, std::chrono::seconds{2});
  EXPECT_EQ(limits.idle, std::chrono::seconds{1});
  EXPECT_FALSE(daemon.settings.read_text("[listen]\nmax_connections = 0\n", "x.toml"));
  EXPECT_FALSE(daemon.settings.read_text("[listen]\nrequest_deadline = \"0s\"\n", "x.toml"));
}

TEST(ConnectionSettings, X4_WithoutATableTheFlagIsTheKey) {
  Declared daemon("");
  ASSERT_TRUE(daemon.settings.read_text("max-connections = 7\n", "x.toml"));
  EXPECT_EQ(daemon.wanted.connections, 7U);
}

TEST(ConnectionSettings, X1_ThereIsRoomForTwoBodies) {
  ConnectionSettings wanted;
  wanted.buffers_mib = 64;
  EXPECT_TRUE(check_connections(wanted, 32U << 20U));
  const auto refusal = check_connections(wanted, (32U << 20U) + 1);
  ASSERT_FALSE(refusal);
  EXPECT_NE(refusal.error().message.find("expected at least 65"), std::string::npos) << refusal.error().message;
}

TEST(ConnectionSettings, X4_MetricsShowLimitsUseAndWhoWasTurnedAway) {
  net::Connections connections({.connections = 7, .of_peer = 6});
  const auto id = connections.add("192.0.2.1", [] {}, {});
  connections.hold(*id, 5, {});
  connections.count(net::TurnedAway::Unread);
  const DaemonFigures figures{.prefix = "dz_", .connections = connections};
  const auto page = with_daemon_figures({200, kMetricsContentType, "x 1\n", {}}, {.path = "/metrics"}, figures);
  for (const char* line :
       {"x 1\n", "\ndz_connections 1\n", "\ndz_connections_limit 7\n", "\ndz_peer_connections 1\n",
        "\ndz_peer_connections_limit 6\n", "\ndz_connection_bytes 5\n", "\ndz_connection_bytes_limit 268435456\n",
        "\ndz_connections_turned_away_total{reason=\"unread\"} 1\n",
        "\ndz_connections_turned_away_total{reason=\"gave_way\"} 0\n"}) {
    EXPECT_NE(("\n" + page.body).find(line), std::string::npos) << line << page.body;
  }
  EXPECT_EQ(with_daemon_figures({404, "text/plain", "x", {}}, {.path = "/metrics"}, figures).body, "x");
  EXPECT_EQ(with_daemon_figures({200, "text/plain", "x", {}}, {.path = "/status"}, figures).body, "x");
}

}  // namespace
}  // namespace dz::service
