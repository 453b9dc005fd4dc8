// link|device history: who changed a record, when and why.
#include "apps/cli/ui/context.h"
#include "apps/cli/ui/history_view.h"
#include "apps/cli/ui/lifecycle_text.h"
#include "apps/cli/ui/monitor_api.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kMostEvents = 10000;

struct HistoryArgs {
  std::string record;
  std::optional<std::uint32_t> limit;
  OutputArgs output;
};
void declare_history(Options& options, HistoryArgs& args) {
  options.text("code,--code,--pubkey", args.record, "the record, by pubkey or code; one that is gone by pubkey")
      .required();
  options.parsed("--limit", args.limit, "entries of the ledger to show, the newest (20)",
                 [](std::string_view text) -> Result<std::uint32_t> {
                   DZ_TRY_ASSIGN(const auto number, parse_whole_number(text, kMostEvents));
                   if (number == 0) return refused(fmt::format("expected 1 to {}, found 0", kMostEvents));
                   return static_cast<std::uint32_t>(number);
                 });
  declare_output(options, args.output);
}

// The pubkey alone finds what is no longer there: the ledger keeps the transactions.
template <typename Record>
Result<Pubkey> key_of(const client::Records<Record>& records, std::string_view noun, const std::string& name) {
  if (const auto key = parse_pubkey(name)) return *key;
  DZ_TRY_ASSIGN(const auto found, client::find_record(records, noun, name));
  return found.key;
}

// Null when no monitor is named, or when it does not answer, which is then said.
json::value decisions_of(Context& context, const Pubkey& record, std::uint32_t limit) {
  if (!context.ask_monitor) return nullptr;
  auto body = context.ask_monitor(fmt::format("/api/v1/decisions?record={}&limit={}", to_text(record), limit));
  boost::system::error_code error;
  auto answer = body ? json::parse(*body, error) : json::value();
  if (body && !error) return answer;
  warn(context, "Warning: without the monitor's reasons: {}.",
       body ? "it answered something else than JSON" : body.error().message);
  return nullptr;
}

Result<void> history(Context& context, const HistoryArgs& args, const client::Snapshot& snapshot,
                     const client::HistoryRecord& record) {
  const auto limit = args.limit.value_or(20);
  client::HistoryLimits limits;
  limits.events = limit;
  limits.requests = std::max(limits.requests, std::size_t{10} * limit);
  DZ_TRY_ASSIGN(const auto read, client::read_history(context.ledger, snapshot, record.key, limits));
  const auto decisions = decisions_in(decisions_of(context, record.key, limit));
  const auto entries = client::told_history(snapshot, record, read, decisions);
  const bool there = snapshot.links.count(record.key) > 0 || snapshot.devices.count(record.key) > 0;
  if (entries.empty() && !there) {
    return not_found(
        fmt::format("{} is no link or device of this ledger, and no transaction that its node keeps wrote "
                    "to one: see 'doublezero link list' and 'doublezero device list'",
                    to_text(record.key)));
  }
  if (wants_json(args.output)) {
    json::array list;
    for (const auto& entry : entries) list.push_back(to_json(entry));
    const auto ends = read.ends.empty() ? json::value() : json::value(read.ends);
    print_json(context,
               json::object{{"pubkey", to_text(record.key)},
                            {"kind", to_text(record.kind)},
                            {"history", std::move(list)},
                            {"from_creation", read.from_creation},
                            {"ends", ends}},
               args.output);
    return {};
  }
  context.out(render_history(entries));
  if (!read.ends.empty()) warn(context, "The history ends here: {}.", read.ends);
  return {};
}

// The record, and what the keys that changed it may.
Result<client::Snapshot> read_for(Context& context, wire::AccountType type, const std::string& record) {
  return read_part(context, {.records = {{type, record}}, .types = {wire::AccountType::Permission}});
}

Result<void> link_history(Context& context, const HistoryArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_for(context, wire::AccountType::Link, args.record));
  DZ_TRY_ASSIGN(const auto key, key_of(snapshot.links, "link", args.record));
  return history(context, args, snapshot, {RecordKind::Link, key});
}
Result<void> device_history(Context& context, const HistoryArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_for(context, wire::AccountType::Device, args.record));
  DZ_TRY_ASSIGN(const auto key, key_of(snapshot.devices, "device", args.record));
  return history(context, args, snapshot, {RecordKind::Device, key});
}

}  // namespace

void add_link_history(Commands& noun) {
  noun.verb<HistoryArgs>("history", "who changed a link, when and why, newest first", declare_history, link_history);
}
void add_device_history(Commands& noun) {
  noun.verb<HistoryArgs>("history", "who changed a device, when and why, newest first", declare_history,
                         device_history);
}

}  // namespace dz::cli
