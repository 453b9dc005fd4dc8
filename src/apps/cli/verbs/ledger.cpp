// account, accounts, log, subscribe: what the ledger keeps, whoever it belongs to, and what happens on it.
#include <algorithm>
#include <sstream>

#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kUsualEntries = 20;

Result<std::uint32_t> parse_limit(std::string_view text) {
  DZ_TRY_ASSIGN(const auto number, parse_whole_number(text, 1000));
  if (number == 0) return refused("expected 1 to 1000, found 0");
  return static_cast<std::uint32_t>(number);
}

json::object entry_json(const client::TrailEntry& entry) {
  return {{"signature", to_text(entry.signature)},
          {"slot", entry.slot.value},
          {"time", entry.block_time ? json::value(to_text(*entry.block_time)) : json::value(nullptr)},
          {"result", entry.failed ? "failed" : "ok"}};
}

std::vector<Column<client::TrailEntry>> entry_columns() {
  using E = client::TrailEntry;
  return {{"slot", [](const E& e) { return std::to_string(e.slot.value); }},
          {"time", [](const E& e) { return e.block_time ? to_text(*e.block_time) : std::string(); }},
          {"result", [](const E& e) { return std::string(e.failed ? "failed" : "ok"); }},
          {"signature", [](const E& e) { return to_text(e.signature); }}};
}

// --- what programs said -------------------------------------------------------------------------------------------

using Lines = std::optional<std::vector<std::string>>;  // none: the node kept none

// Of each transaction, in their order. A request each.
std::vector<Lines> lines_of(Context& context, const std::vector<client::TrailEntry>& entries) {
  std::vector<Lines> all;
  for (const auto& entry : entries) {
    const auto sent = context.ledger.get_transaction(entry.signature);
    if (!sent) warn(context, "Without the lines of {}: {}.", to_text(entry.signature), sent.error().message);
    all.push_back(sent && *sent ? (*sent)->logs : std::nullopt);
  }
  return all;
}

json::array entries_json(const std::vector<client::TrailEntry>& entries, const std::vector<Lines>* said) {
  json::array list;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto& one = list.emplace_back(entry_json(entries[i])).as_object();
    if (said == nullptr) continue;
    const auto& lines = said->at(i);
    one["logs"] = lines ? json::value(json::array(lines->begin(), lines->end())) : json::value(nullptr);
  }
  return list;
}

// A row each, and below it what its programs said.
std::string entries_text(const std::vector<client::TrailEntry>& entries, const std::vector<Lines>* said) {
  const auto table = render_list(entry_columns(), entries);
  if (said == nullptr) return table;
  std::istringstream rows(table);
  std::string text, row;
  if (std::getline(rows, row)) text = row + "\n";
  for (const auto& lines : *said) {
    std::getline(rows, row);
    text += row + "\n";
    if (!lines) text += "  (the node kept no lines of it)\n";
    for (const auto& line : lines.value_or(std::vector<std::string>{})) text += "  " + line + "\n";
  }
  return text;
}

// --- account and accounts -----------------------------------------------------------------------------------------

struct AccountArgs {
  std::string key;
  bool logs = false;
  std::optional<std::uint32_t> limit;
  OutputArgs output;
};
void declare_account(Options& options, AccountArgs& args) {
  options.text("--pubkey", args.key, "the account: a pubkey, or 'me'").required();
  options.parsed("--limit", args.limit, "transactions to show, the newest (20)", parse_limit);
  options.flag("--logs", args.logs, "what the programs said in each of them too");
  declare_output(options, args.output);
}

// The verb that shows what is in an account of this type; none: there is no such verb.
std::string shown_by(wire::AccountType type, const Pubkey& key) {
  using Type = wire::AccountType;
  switch (type) {
    case Type::Location:
    case Type::Exchange:
    case Type::Contributor:
    case Type::Device:
    case Type::Link:
    case Type::User: return fmt::format("doublezero {} get --pubkey {}", to_text(type), to_text(key));
    case Type::GlobalConfig: return "doublezero global-config get";
    case Type::GlobalState: return "doublezero global-config authority get";
    case Type::ProgramConfig: return "doublezero version";
    case Type::AccessPass: return "doublezero access-pass list";
    case Type::Permission: return "doublezero permission list";
    case Type::Topology: return "doublezero link topology list";
    case Type::Index: return "doublezero index list";
    default: return "";
  }
}

json::value bytes_hex(const Bytes& bytes) {
  std::string text;
  for (const auto byte : bytes) text += fmt::format("{:02x}", byte);
  return json::value(text);
}

Result<void> account(Context& context, const AccountArgs& args) {
  DZ_TRY_ASSIGN(const auto key, pubkey_or_me(context, args.key));
  DZ_TRY_ASSIGN(const auto found, context.ledger.get_account(key));
  if (!found) return not_found(fmt::format("no account {} on this ledger", to_text(key)));
  const bool ours = found->owner == context.settings.ids.serviceability;
  const auto type = ours ? wire::account_type(found->data) : wire::AccountType::None;
  DZ_TRY_ASSIGN(const auto entries, context.ledger.get_signatures_for_address(
                                        key, {std::nullopt, std::nullopt, args.limit.value_or(kUsualEntries)}));
  const auto said = args.logs ? lines_of(context, entries) : std::vector<Lines>{};
  const auto* lines = args.logs ? &said : nullptr;
  const auto shown = shown_by(type, key);
  json::object record{{"pubkey", to_text(key)},
                      {"account", to_text(key)},
                      {"account_type", ours ? json::value(to_text(type)) : json::value(nullptr)},
                      {"program_pubkey", to_text(found->owner)},
                      {"balance_lamports", found->lamports},
                      {"data_bytes", found->data.size()},
                      {"shown_by", shown.empty() ? json::value(nullptr) : json::value(shown)}};
  if (wants_json(args.output)) {
    record["data_hex"] = bytes_hex(found->data);
    record["transactions"] = entries_json(entries, lines);
  }
  show_record(context, args.output, record);
  if (!wants_json(args.output) && !entries.empty()) context.out("\n" + entries_text(entries, lines));
  return {};
}

struct AccountItem {
  Pubkey key;
  wire::AccountType type = wire::AccountType::None;
  std::uint64_t lamports = 0;
};

// Of every account the first byte says what it is; the rest stays where it is.
Result<void> accounts(Context& context, const OutputArgs& output) {
  const client::AccountFilters first_byte{{}, std::nullopt, client::DataSlice{0, 1}};
  DZ_TRY_ASSIGN(const auto answer,
                context.ledger.get_program_accounts(context.settings.ids.serviceability, first_byte));
  std::vector<AccountItem> items;
  for (const auto& [key, account] : answer.accounts)
    items.push_back({key, wire::account_type(account.data), account.lamports});
  std::stable_sort(items.begin(), items.end(),
                   [](const AccountItem& a, const AccountItem& b) { return to_text(a.type) < to_text(b.type); });
  const std::vector<Column<AccountItem>> columns = {
      {"pubkey", [](const AccountItem& i) { return to_text(i.key); }},
      {"account_type", [](const AccountItem& i) { return std::string(to_text(i.type)); }},
      {"balance_lamports", [](const AccountItem& i) { return std::to_string(i.lamports); }}};
  show_list(context, output, items, {columns, [](const AccountItem& i) -> json::object {
                                       return {{"pubkey", to_text(i.key)},
                                               {"account", to_text(i.key)},
                                               {"account_type", to_text(i.type)},
                                               {"balance_lamports", i.lamports}};
                                     }});
  return {};
}

// --- log and subscribe --------------------------------------------------------------------------------------------

struct LogArgs {
  std::optional<std::string> key;
  std::optional<std::uint32_t> limit;
  OutputArgs output;
};
void declare_log(Options& options, LogArgs& args) {
  options.text("--pubkey", args.key, "only those that name this account: a pubkey, or 'me' (the program)");
  options.parsed("--limit", args.limit, "transactions to show, the newest (20)", parse_limit);
  declare_output(options, args.output);
}
Result<Pubkey> watched(Context& context, const std::optional<std::string>& key) {
  return key ? pubkey_or_me(context, *key) : Result<Pubkey>(context.settings.ids.serviceability);
}
Result<void> log(Context& context, const LogArgs& args) {
  DZ_TRY_ASSIGN(const auto key, watched(context, args.key));
  DZ_TRY_ASSIGN(const auto entries, context.ledger.get_signatures_for_address(
                                        key, {std::nullopt, std::nullopt, args.limit.value_or(kUsualEntries)}));
  const auto said = lines_of(context, entries);
  if (wants_json(args.output)) {
    print_json(context, entries_json(entries, &said), args.output);
  } else {
    context.out(entries_text(entries, &said));
  }
  return {};
}

struct SubscribeArgs {
  std::optional<std::string> key;
  std::optional<Duration> interval, timeout;
  OutputArgs output;
};
void declare_subscribe(Options& options, SubscribeArgs& args) {
  options.text("--pubkey", args.key, "only what concerns this account: a pubkey, or 'me' (the program)");
  options.parsed("--interval", args.interval, "how often to look (1s)", parse_duration);
  options.parsed("--timeout", args.timeout, "for how long, such as 10m (until it is stopped)", parse_duration);
  declare_output(options, args.output);
}

// Those that its lookup tables stood for included; none when it cannot be read.
std::vector<Pubkey> accounts_of(const client::ConfirmedTransaction& sent) {
  const auto transaction = wire::parse_transaction(sent.bytes);
  if (!transaction) return {};
  return wire::all_accounts(transaction->message, sent.loaded).value_or(std::vector<Pubkey>{});
}

// The accounts of the program that a transaction could write, as they are now; no more when it is no longer kept.
Result<void> tell_changes(Context& context, const client::TrailEntry& entry, const OutputArgs& output) {
  auto told = entry_json(entry);
  json::array changed;
  if (!entry.failed) {
    DZ_TRY_ASSIGN(const auto sent, context.ledger.get_transaction(entry.signature));
    const auto keys = sent ? accounts_of(*sent) : std::vector<Pubkey>{};
    DZ_TRY_ASSIGN(const auto found, context.ledger.get_multiple_accounts(keys));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto& account = found.accounts[i];
      if (account && account->owner == context.settings.ids.serviceability)
        changed.push_back(
            json::object{{"account_type", to_text(wire::account_type(account->data))}, {"pubkey", to_text(keys[i])}});
    }
  }
  told["accounts"] = changed;
  if (wants_json(output)) {
    print_json(context, told, {.json_compact = true});
    return {};
  }
  print(context, "{} {} {}", entry.slot.value, entry.failed ? "failed" : "ok", to_text(entry.signature));
  for (const auto& one : changed)
    print(context, "  {} {}", one.at("account_type").as_string().c_str(), one.at("pubkey").as_string().c_str());
  return {};
}

Result<void> subscribe(Context& context, const SubscribeArgs& args) {
  DZ_TRY_ASSIGN(const auto key, watched(context, args.key));
  const auto until = args.timeout ? std::optional(context.clock.now() + *args.timeout) : std::nullopt;
  DZ_TRY_ASSIGN(const auto newest, context.ledger.get_signatures_for_address(key, {std::nullopt, std::nullopt, 1}));
  auto seen = newest.empty() ? std::optional<wire::Signature>() : std::optional(newest.front().signature);
  while (!until || context.clock.now() < *until) {
    context.clock.sleep(args.interval.value_or(std::chrono::seconds{1}));
    auto entries = context.ledger.get_signatures_for_address(key, {std::nullopt, seen});
    if (!entries) {
      warn(context, "{}", entries.error().message);
      continue;
    }
    if (!entries->empty()) seen = entries->front().signature;
    std::reverse(entries->begin(), entries->end());
    for (const auto& entry : *entries) DZ_TRY(tell_changes(context, entry, args.output));
  }
  return {};
}

}  // namespace

void add_ledger_verbs(Commands& app) {
  app.verb<AccountArgs>("account", "one account, whatever it holds, and its transactions", declare_account, account);
  app.verb<OutputArgs>("accounts", "every account of the program", declare_output, accounts);
  app.verb<LogArgs>("log", "the program's transactions with what it said in each, newest first", declare_log, log);
  add_log_monitor(app);
  app.verb<SubscribeArgs>("subscribe", "the program's transactions as they land, with what they concern",
                          declare_subscribe, subscribe);
}

}  // namespace dz::cli
