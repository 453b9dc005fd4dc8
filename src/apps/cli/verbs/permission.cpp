#include "apps/cli/ui/permission_names.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"
#include "wire/addresses.h"

namespace dz::cli {
namespace {

namespace json = boost::json;
using Bits = PermissionBits;
using Item = client::Found<Permission>;

std::vector<std::string> names_of(Bits bits) {
  std::vector<std::string> names;
  for (const auto& [name, bit] : permission_names()) {
    if ((bits & permission::bit(bit)) != 0) names.emplace_back(name);
  }
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

Result<Bits> parse_bits(std::string_view text) {
  Bits bits = 0;
  while (!text.empty()) {
    std::string word(text.substr(0, text.find(',')));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    std::replace(word.begin(), word.end(), '_', '-');
    const auto names = permission_names();
    const auto found = std::find_if(names.begin(), names.end(),
                                    [&](const PermissionName& name) { return client::same_code(name.name, word); });
    if (found == names.end()) {
      return refused(fmt::format("expected permissions out of {}; found '{}'", joined(names_of(~Bits{0})), word));
    }
    bits |= permission::bit(found->bit);
  }
  return bits;
}

json::object to_json(const Item& item) {
  json::array names;
  for (const auto& name : names_of(item.record->permissions)) names.push_back(json::value(name));
  return {{"pubkey", to_text(item.key)},
          {"account", to_text(item.key)},
          {"user_payer", to_text(item.record->user_payer)},
          {"status", to_text(item.record->status)},
          {"permissions", std::move(names)},
          {"owner", to_text(item.record->owner)}};
}

struct UserArgs {
  std::string user;
};
void declare_user(Options& options, UserArgs& args) {
  options.text("--user-payer,--pubkey", args.user, "whose permissions: a pubkey, or 'me'").required();
}

Result<void> finish(Context& context, const client::Written& written) {
  const auto address = wire::permission_address(context.settings.ids.serviceability, written.record).address;
  DZ_TRY_ASSIGN(const auto snapshot, client::fetch_accounts(scope_of(context), {&address, 1}));
  const auto found = snapshot.permissions.find(address);
  print_written(context, written, Wrote::Change,
                found == snapshot.permissions.end() ? "deleted" : to_text(found->second.status));
  return {};
}

struct SetArgs {
  std::string user;
  Bits add = 0, remove = 0;
};
void declare_set(Options& options, SetArgs& args) {
  options.text("--user-payer,--pubkey", args.user, "whose permissions: a pubkey, or 'me'").required();
  options.parsed("--add,--permissions", args.add, "permissions to give, comma separated", parse_bits);
  options.parsed("--remove", args.remove, "permissions to take away, comma separated", parse_bits);
}
Result<void> set(Context& context, const SetArgs& args) {
  if (args.add == 0 && args.remove == 0) return wrong_usage(context, "nothing to change: give --add or --remove");
  DZ_TRY_ASSIGN(const auto user, pubkey_or_me(context, args.user));
  const auto address = wire::permission_address(context.settings.ids.serviceability, user).address;
  DZ_TRY_ASSIGN(const auto session, open_session(context, {.accounts = {address}}));
  if (session->snapshot.permissions.contains(address)) {
    DZ_TRY_ASSIGN(const auto written, session->provisioner.update_permission(user, {args.add, args.remove}));
    return finish(context, written);
  }
  if (args.remove != 0) return not_found(fmt::format("{} has no permissions to take away", to_text(user)));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.create_permission({user, args.add}));
  return finish(context, written);
}

using Change = Result<client::Written> (client::Provisioner::*)(const Pubkey&);
Result<void> change(Context& context, const UserArgs& args, Change change) {
  DZ_TRY_ASSIGN(const auto user, pubkey_or_me(context, args.user));
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto written, (session->provisioner.*change)(user));
  return finish(context, written);
}
Result<void> suspend(Context& context, const UserArgs& args) {
  return change(context, args, &client::Provisioner::suspend_permission);
}
Result<void> resume(Context& context, const UserArgs& args) {
  return change(context, args, &client::Provisioner::resume_permission);
}
Result<void> remove(Context& context, const UserArgs& args) {
  return change(context, args, &client::Provisioner::delete_permission);
}

Result<void> list(Context& context, const OutputArgs& output) {
  DZ_TRY_ASSIGN(const auto snapshot, read_types(context, {wire::AccountType::Permission}));
  const std::vector<Column<Item>> columns = {
      {"pubkey", [](const Item& i) { return to_text(i.key); }},
      {"user_payer", [](const Item& i) { return to_text(i.record->user_payer); }},
      {"status", [](const Item& i) { return std::string(to_text(i.record->status)); }},
      {"permissions", [](const Item& i) { return joined(names_of(i.record->permissions)); }}};
  show_list(context, output, all_of(snapshot.permissions), {columns, to_json});
  return {};
}

struct GetUserArgs {
  UserArgs user;
  OutputArgs output;
};
void declare_get_user(Options& options, GetUserArgs& args) {
  declare_user(options, args.user);
  declare_output(options, args.output);
}
Result<void> get(Context& context, const GetUserArgs& args) {
  DZ_TRY_ASSIGN(const auto user, pubkey_or_me(context, args.user.user));
  const auto address = wire::permission_address(context.settings.ids.serviceability, user).address;
  DZ_TRY_ASSIGN(const auto snapshot, read_accounts(context, {&address, 1}));
  const auto found = snapshot.permissions.find(address);
  if (found == snapshot.permissions.end()) return not_found(fmt::format("{} has no permissions", to_text(user)));
  show_record(context, args.output, to_json({found->first, &found->second}));
  return {};
}

}  // namespace

void add_permission(Commands& app) {
  auto noun = app.noun("permission", "rights of a key beyond the allowlists");
  noun.verb<SetArgs>("set", "give or take permissions (foundation)", declare_set, set);
  noun.verb<UserArgs>("suspend", "make a key's permissions ineffective", declare_user, suspend);
  noun.verb<UserArgs>("resume", "make them effective again", declare_user, resume);
  noun.verb<UserArgs>("delete", "remove them", declare_user, remove);
  noun.verb<OutputArgs>("list", "all permissions", declare_output, list);
  noun.verb<GetUserArgs>("get", "the permissions of a key", declare_get_user, get);
  add_permission_audit(noun);
}

}  // namespace dz::cli
