#include "beside/plain_oracle.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "stores/store_http.h"

namespace dz {

Result<std::string> read_counted(net::HttpClient& http, const stores::StoreServer& store, std::string_view query,
                                 StoreReads& reads) {
  DZ_TRY_ASSIGN(const auto answer, stores::run_clickhouse(http, store.url(), fmt::format("{} FORMAT JSON", query)));
  const auto parsed = boost::json::parse(answer);
  const auto& statistics = parsed.at("statistics");
  ++reads.queries;
  reads.rows += statistics.at("rows_read").to_number<std::uint64_t>();
  reads.bytes += statistics.at("bytes_read").to_number<std::uint64_t>();
  const auto& rows = parsed.at("data").as_array();
  if (rows.empty() || rows[0].as_object().empty()) return std::string();
  const auto& value = rows[0].as_object().begin()->value();
  return value.is_string() ? std::string(value.as_string()) : boost::json::serialize(value);
}

Result<PlainTick> plain_tick(const stores::StoreServer& store, const std::string& database,
                             std::span<const Pubkey> devices, Minute from, Minute to) {
  struct Asked {
    const char *table, *time, *device;
  };
  constexpr Asked kAsked[] = {{"controller_grpc_getconfig_success", "timestamp", "device_pubkey"},
                              {"fact_dz_device_interface_counters", "event_ts", "device_pk"}};
  const auto seconds = [](Minute minute) { return std::chrono::seconds{minute.time_since_epoch()}.count(); };
  net::HttpClient http({.timeout = std::chrono::minutes{5}});
  PlainTick tick;
  for (const Pubkey& device : devices) {
    bool whole = true;
    for (const auto& [table, time, key] : kAsked) {
      const auto query = fmt::format(
          "SELECT uniqExact(toStartOfMinute({1})) AS minutes FROM \"{3}\".{0} WHERE {2} = '{4}' AND {1} >= "
          "toDateTime({5}) AND {1} < toDateTime({6})",
          table, time, key, database, to_text(device), seconds(from), seconds(to));
      DZ_TRY_ASSIGN(const auto minutes, read_counted(http, store, query, tick.reads));
      whole &= std::stoll(minutes) >= (to - from).count();
    }
    tick.passed += whole ? 1 : 0;
  }
  return tick;
}

}  // namespace dz
