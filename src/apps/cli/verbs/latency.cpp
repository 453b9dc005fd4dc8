// link latency: what was measured over links, and over the internet between the same exchanges.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"
#include "wire/addresses.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

// One direction, as one source measured it in one epoch. Times in ms.
struct Row {
  std::string link, source, from, to;
  std::uint64_t epoch = 0;
  std::size_t samples = 0, losses = 0;
  double p50 = 0, p90 = 0, p95 = 0, p99 = 0, mean = 0, min = 0, max = 0, stddev = 0;
};

constexpr std::string_view kStatistics[] = {"p50", "p90", "p95", "p99", "mean", "min", "max", "stddev"};

double value_of(const Row& row, std::string_view name) {
  const double values[] = {row.p50, row.p90, row.p95, row.p99, row.mean, row.min, row.max, row.stddev};
  return values[std::find(std::begin(kStatistics), std::end(kStatistics), name) - std::begin(kStatistics)];
}

// The smallest value that the part of all values does not exceed.
double percentile(const std::vector<double>& sorted, double part) {
  const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

// A sample of 0 is a probe that was lost: it counts as that and has no time.
void measure(Row& row, const std::vector<std::uint32_t>& rtt_us) {
  std::vector<double> ms;
  for (const auto rtt : rtt_us) {
    if (rtt != 0) ms.push_back(rtt / 1000.0);
  }
  row.samples = rtt_us.size();
  row.losses = rtt_us.size() - ms.size();
  if (ms.empty()) return;
  std::sort(ms.begin(), ms.end());
  const auto count = static_cast<double>(ms.size());
  row.p50 = percentile(ms, 0.50);
  row.p90 = percentile(ms, 0.90);
  row.p95 = percentile(ms, 0.95);
  row.p99 = percentile(ms, 0.99);
  row.mean = std::accumulate(ms.begin(), ms.end(), 0.0) / count;
  row.min = ms.front();
  row.max = ms.back();
  double squares = 0;
  for (const auto value : ms) squares += (value - row.mean) * (value - row.mean);
  row.stddev = std::sqrt(squares / count);
}

struct Args {
  std::optional<std::string> link;
  std::string statistic = "all";
  std::optional<std::uint64_t> epoch;
  OutputArgs output;
};
Result<std::string> parse_statistic(std::string_view text) {
  const bool known = std::find(std::begin(kStatistics), std::end(kStatistics), text) != std::end(kStatistics);
  if (known || text == "all") return std::string(text);
  return refused(fmt::format("expected all, p50, p90, p95, p99, mean, min, max or stddev; found '{}'", text));
}
void declare(Options& options, Args& args) {
  options.text("--code,--pubkey", args.link, "the link, by pubkey or code (every link)").codes_of("link");
  options
      .parsed("--p", args.statistic, "one statistic alone: p50, p90, p95, p99, mean, min, max, stddev (all)",
              parse_statistic)
      .words({"all", "p50", "p90", "p95", "p99", "mean", "min", "max", "stddev"});
  options.number("--epoch", args.epoch, "of this epoch of the ledger (the present one)");
  declare_output(options, args.output);
}

// Both directions of every link, asked for by their addresses.
Result<std::vector<Row>> device_rows(Context& context, const client::Snapshot& snapshot, std::uint64_t epoch) {
  const auto& telemetry = context.settings.ids.telemetry;
  std::vector<Pubkey> keys;
  std::vector<Row> rows, measured;
  for (const auto& [key, link] : snapshot.links) {
    if (link.side_z.is_zero()) continue;
    const std::pair<Pubkey, Pubkey> directions[] = {{link.side_a, link.side_z}, {link.side_z, link.side_a}};
    for (const auto& [from, to] : directions) {
      keys.push_back(wire::latency_samples_address(telemetry, from, to, key, epoch).address);
      rows.push_back({.link = link.code,
                      .source = "device",
                      .from = client::code_of(snapshot.devices, from),
                      .to = client::code_of(snapshot.devices, to),
                      .epoch = epoch});
    }
  }
  constexpr std::size_t kMost = 100;
  for (std::size_t at = 0; at < keys.size(); at += kMost) {
    const auto part = std::span(keys).subspan(at, std::min(kMost, keys.size() - at));
    DZ_TRY_ASSIGN(const auto answer, context.ledger.get_multiple_accounts(part));
    for (std::size_t i = 0; i < part.size(); ++i) {
      const auto& account = answer.accounts[i];
      if (!account || account->owner != telemetry) continue;
      DZ_TRY_ASSIGN(const auto samples, wire::decode_latency_samples(account->data));
      measure(rows[at + i], samples.rtt_us);
      measured.push_back(std::move(rows[at + i]));
    }
  }
  return measured;
}

Result<std::vector<InternetLatencySamples>> internet_samples(Context& context, std::uint64_t epoch) {
  constexpr std::uint8_t kInternetSamples = 4;
  Bytes head{kInternetSamples};
  for (int i = 0; i < 8; ++i) head.push_back(static_cast<std::uint8_t>(epoch >> (8 * i)));
  DZ_TRY_ASSIGN(const auto answer, context.ledger.get_program_accounts(context.settings.ids.telemetry,
                                                                       {{{0, std::move(head)}}, std::nullopt}));
  std::vector<InternetLatencySamples> all;
  for (const auto& account : answer.accounts) {
    if (auto samples = wire::decode_internet_latency_samples(account.account.data)) all.push_back(std::move(*samples));
  }
  return all;
}

// Between the exchanges of a link's devices, in both directions, as every provider has it.
Result<std::vector<Row>> internet_rows(Context& context, const client::Snapshot& snapshot, std::uint64_t epoch) {
  DZ_TRY_ASSIGN(const auto samples, internet_samples(context, epoch));
  std::vector<Row> rows;
  for (const auto& [key, link] : snapshot.links) {
    const auto a = snapshot.devices.find(link.side_a), z = snapshot.devices.find(link.side_z);
    if (a == snapshot.devices.end() || z == snapshot.devices.end()) continue;
    const auto from = a->second.exchange, to = z->second.exchange;
    for (const auto& one : samples) {
      const bool there = one.origin_exchange == from && one.target_exchange == to;
      const bool back = one.origin_exchange == to && one.target_exchange == from;
      if (!there && !back) continue;
      Row row{.link = link.code,
              .source = "internet:" + one.data_provider,
              .from = client::code_of(snapshot.exchanges, one.origin_exchange),
              .to = client::code_of(snapshot.exchanges, one.target_exchange),
              .epoch = epoch};
      measure(row, one.rtt_us);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

json::object to_json(const Row& row) {
  json::object record{{"link", row.link},   {"source", row.source},   {"from", row.from},    {"to", row.to},
                      {"epoch", row.epoch}, {"samples", row.samples}, {"losses", row.losses}};
  const bool timed = row.samples > row.losses;
  for (const auto name : kStatistics)
    record[std::string(name) + "_ms"] = timed ? json::value(value_of(row, name)) : json::value(nullptr);
  return record;
}

std::vector<Column<Row>> columns(const std::string& statistic) {
  std::vector<Column<Row>> all = {{"link", [](const Row& r) { return r.link; }},
                                  {"source", [](const Row& r) { return r.source; }},
                                  {"from", [](const Row& r) { return r.from; }},
                                  {"to", [](const Row& r) { return r.to; }},
                                  {"epoch", [](const Row& r) { return std::to_string(r.epoch); }},
                                  {"samples", [](const Row& r) { return std::to_string(r.samples); }},
                                  {"losses", [](const Row& r) { return std::to_string(r.losses); }}};
  for (const auto name : kStatistics) {
    if (statistic != "all" && statistic != name) continue;
    all.push_back({std::string(name) + "_ms", [name](const Row& r) {
                     return r.samples > r.losses ? fmt::format("{:.2f}", value_of(r, name)) : std::string();
                   }});
  }
  return all;
}

Result<client::Snapshot> links_of(Context& context, const std::optional<std::string>& name) {
  using Type = wire::AccountType;
  if (!name) return read_types(context, {Type::Link, Type::Device, Type::Exchange});
  DZ_TRY_ASSIGN(const auto one, read_record(context, Type::Link, *name));
  DZ_TRY_ASSIGN(const auto link, client::find_record(one.links, "link", *name));
  std::vector<Pubkey> keys{link.key, link.record->side_a, link.record->side_z};
  for (const auto& [key, device] : one.devices) keys.push_back(device.exchange);
  return client::fetch_accounts(scope_of(context), keys);
}

Result<void> latency(Context& context, const Args& args) {
  DZ_TRY_ASSIGN(const auto snapshot, links_of(context, args.link));
  auto epoch = args.epoch;
  if (!epoch) {
    DZ_TRY_ASSIGN(const auto now, context.ledger.get_epoch_info());
    epoch = now.epoch;
  }
  DZ_TRY_ASSIGN(auto rows, device_rows(context, snapshot, *epoch));
  DZ_TRY_ASSIGN(auto internet, internet_rows(context, snapshot, *epoch));
  for (auto& row : internet) rows.push_back(std::move(row));
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.link < b.link; });
  show_list(context, args.output, rows, {columns(args.statistic), to_json});
  if (rows.empty()) warn(context, "No latency samples in epoch {}: name an earlier one with --epoch.", *epoch);
  return {};
}

}  // namespace

void add_link_latency(Commands& link) {
  link.verb<Args>("latency", "what was measured over links in an epoch, and over the internet beside them", declare,
                  latency);
}

}  // namespace dz::cli
