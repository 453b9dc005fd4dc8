// access-pass: who may connect, from where and until when.
#include <limits>

#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"
#include "client/users.h"

namespace dz::cli {
namespace {

namespace json = boost::json;
using Item = client::Found<AccessPass>;

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

std::string ip_text(Ipv4 ip) { return ip == Ipv4{} ? "any" : to_text(ip); }
json::value epoch_json(std::uint64_t epoch) {
  return epoch == kUnlimited ? json::value("unlimited") : json::value(epoch);
}
std::string epoch_text(std::uint64_t epoch) { return epoch == kUnlimited ? "unlimited" : std::to_string(epoch); }

json::object to_json(const Item& item) {
  const auto& p = *item.record;
  return {{"pubkey", to_text(item.key)},
          {"account", to_text(item.key)},
          {"accesspass_type", to_text(p.type.kind)},
          {"solana_pubkey", pubkey_or_null(p.type.node)},
          {"client_ip", ip_text(p.client_ip)},
          {"user_payer", to_text(p.user_payer)},
          {"last_access_epoch", epoch_json(p.last_access_epoch)},
          {"allow_multiple_ip", p.allows_multiple_ip()},
          {"locked", (p.flags & kPassFlagLocked) != 0},
          {"connection_count", p.connection_count},
          {"status", to_text(p.status)},
          {"owner", to_text(p.owner)}};
}

// A number of epochs from now on, or "unlimited".
Result<std::uint64_t> parse_epochs(std::string_view text) {
  if (same_spelling(text, "unlimited")) return kUnlimited;
  return parse_whole_number(text, 1'000'000);
}
Result<std::uint64_t> parse_last_epoch(std::string_view text) {
  if (same_spelling(text, "unlimited")) return kUnlimited;
  return parse_whole_number(text, kUnlimited);
}

struct SetArgs {
  std::string user_payer;
  wire::SetAccessPassArgs pass;
  std::optional<AccessPassKind> kind;
  std::optional<std::string> node, name, key;
  std::optional<std::uint64_t> epochs, last_epoch;
};
void declare_set(Options& options, SetArgs& args) {
  options.text("--user-payer", args.user_payer, "who may connect: a pubkey, or 'me'").required();
  options.parsed("--client-ip", args.pass.client_ip, "from which address; without it from any", parse_ipv4);
  options.word("--accesspass-type", args.kind, "what it is given for (prepaid)");
  options.text("--solana-pubkey", args.node, "of solana-validator and solana-rpc: the node's key");
  options.text("--others-name", args.name, "of others: the name of the kind");
  options.text("--others-key", args.key, "of others: whose it is");
  options.parsed("--epochs", args.epochs, "for how many epochs after this one, or 'unlimited'", parse_epochs);
  options.parsed("--last-access-epoch", args.last_epoch, "until the end of which epoch, or 'unlimited' (unlimited)",
                 parse_last_epoch);
  options.flag("--allow-multiple-ip", args.pass.allow_multiple_ip, "from several addresses at once");
}

Result<AccessPassType> type_of(Context& context, const SetArgs& args) {
  AccessPassType type;
  type.kind = args.kind.value_or(AccessPassKind::Prepaid);
  const bool of_a_node = type.kind == AccessPassKind::SolanaValidator || type.kind == AccessPassKind::SolanaRpc;
  if (of_a_node != args.node.has_value()) {
    return wrong_usage(context, "--solana-pubkey goes with solana-validator and solana-rpc, and they with it");
  }
  const bool others = type.kind == AccessPassKind::Others;
  if (others != args.name.has_value() || others != args.key.has_value()) {
    return wrong_usage(context, "--others-name and --others-key go with others, and it with both");
  }
  DZ_TRY_ASSIGN(const auto node, optional_pubkey_or_me(context, args.node));
  type.node = node.value_or(Pubkey{});
  type.name = args.name.value_or("");
  type.key = args.key.value_or("");
  return type;
}

Result<std::uint64_t> last_epoch_of(Context& context, const SetArgs& args) {
  if (args.epochs && args.last_epoch) {
    return wrong_usage(context, "--epochs and --last-access-epoch say the same: give one of them");
  }
  if (!args.epochs || *args.epochs == kUnlimited) return args.last_epoch.value_or(kUnlimited);
  DZ_TRY_ASSIGN(const auto now, context.ledger.get_epoch_info());
  return now.epoch + *args.epochs;
}

Result<void> finish(Context& context, const client::Written& written, Wrote what) {
  DZ_TRY_ASSIGN(const auto snapshot, client::fetch_accounts(scope_of(context), {&written.record, 1}));
  const auto found = snapshot.access_passes.find(written.record);
  const bool gone = found == snapshot.access_passes.end();
  print_written(context, written, what, gone ? "deleted" : to_text(found->second.status));
  return {};
}

Result<void> set(Context& context, const SetArgs& args) {
  auto pass = args.pass;
  DZ_TRY_ASSIGN(const auto user_payer, pubkey_or_me(context, args.user_payer));
  DZ_TRY_ASSIGN(pass.type, type_of(context, args));
  DZ_TRY_ASSIGN(pass.last_access_epoch, last_epoch_of(context, args));
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.set_access_pass(user_payer, pass));
  return finish(context, written, Wrote::NewRecord);
}

struct CloseArgs {
  std::string pass;
};
void declare_close(Options& options, CloseArgs& args) {
  options.text("--pubkey", args.pass, "the access pass, by pubkey").required();
}
Result<void> close(Context& context, const CloseArgs& args) {
  DZ_TRY_ASSIGN(const auto key, pubkey_or_me(context, args.pass));
  DZ_TRY_ASSIGN(const auto session, open_session(context, {.accounts = {key}}));
  const auto found = session->snapshot.access_passes.find(key);
  if (found == session->snapshot.access_passes.end()) {
    return not_found(fmt::format("no access pass {} on this ledger: see 'doublezero access-pass list'", args.pass));
  }
  if (const auto count = found->second.connection_count; count > 0) {
    return refused(
        fmt::format("{} users are connected with the access pass: doublezero user list --owner {}, then "
                    "doublezero user delete",
                    count, to_text(found->second.user_payer)));
  }
  DZ_TRY_ASSIGN(const auto written, session->provisioner.close_access_pass(key));
  return finish(context, written, Wrote::Change);
}

struct ListArgs {
  std::optional<std::string> user_payer;
  std::optional<Ipv4> client_ip;
  OutputArgs output;
};
void declare_list(Options& options, ListArgs& args) {
  options.text("--user-payer", args.user_payer, "only of this key: a pubkey, or 'me'");
  options.parsed("--client-ip", args.client_ip, "only for this address", parse_ipv4);
  declare_output(options, args.output);
}
Result<void> list(Context& context, const ListArgs& args) {
  DZ_TRY_ASSIGN(const auto user_payer, optional_pubkey_or_me(context, args.user_payer));
  DZ_TRY_ASSIGN(const auto snapshot, read_types(context, {wire::AccountType::AccessPass}));
  std::vector<Item> items;
  for (const auto& found : all_of(snapshot.access_passes)) {
    if (fits(user_payer, found.record->user_payer) && fits(args.client_ip, found.record->client_ip)) {
      items.push_back(found);
    }
  }
  const std::vector<Column<Item>> columns = {
      {"pubkey", [](const Item& i) { return to_text(i.key); }},
      {"accesspass_type", [](const Item& i) { return std::string(to_text(i.record->type.kind)); }},
      {"client_ip", [](const Item& i) { return ip_text(i.record->client_ip); }},
      {"user_payer", [](const Item& i) { return to_text(i.record->user_payer); }},
      {"last_access_epoch", [](const Item& i) { return epoch_text(i.record->last_access_epoch); }},
      {"connections", [](const Item& i) { return std::to_string(i.record->connection_count); }},
      {"status", [](const Item& i) { return std::string(to_text(i.record->status)); }}};
  show_list(context, args.output, items, {columns, to_json});
  return {};
}

}  // namespace

void add_access_pass(Commands& app) {
  auto noun = app.noun("access-pass", "who may connect, from where and until when");
  noun.verb<SetArgs>("set", "give or change an access pass (foundation)", declare_set, set);
  noun.verb<ListArgs>("list", "access passes, all or some", declare_list, list);
  noun.verb<CloseArgs>("close", "take back an access pass with which nobody is connected (foundation)", declare_close,
                       close);
}

}  // namespace dz::cli
