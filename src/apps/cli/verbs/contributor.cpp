#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/upstream_json.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

namespace json = boost::json;
using Item = client::Found<Contributor>;

json::object to_json(const Item& item) {
  const auto& r = *item.record;
  return {{"pubkey", to_text(item.key)}, {"code", r.code},
          {"status", to_text(r.status)}, {"reference_count", r.reference_count},
          {"owner", to_text(r.owner)},   {"ops_manager_pubkey", pubkey_or_null(r.ops_manager)}};
}

json::object json_of(const Item& item, JsonForm form, const LedgerRules& rules) {
  auto record = to_json(item);
  add_upstream(record,
               {{"account", to_text(item.key)},
                {"status", UpstreamWords(form).word(to_text(item.record->status))},
                {"ops_manager_key", to_text(item.record->ops_manager)}},
               rules);
  return record;
}

std::vector<Column<Item>> columns() {
  return {{"pubkey", [](const Item& i) { return to_text(i.key); }},
          {"code", [](const Item& i) { return i.record->code; }},
          {"status", [](const Item& i) { return std::string(to_text(i.record->status)); }},
          {"owner", [](const Item& i) { return to_text(i.record->owner); }}};
}

struct CreateArgs {
  std::string code, owner;
};
void declare_create(Options& options, CreateArgs& args) {
  options.parsed("--code", args.code, "short name", parse_code).required();
  options.text("--owner", args.owner, "the contributor's key: a pubkey, or 'me'").required();
}
Result<void> create(Context& context, const CreateArgs& args) {
  DZ_TRY_ASSIGN(const auto owner, pubkey_or_me(context, args.owner));
  DZ_TRY_ASSIGN(const auto session, open_session(context, wire::AccountType::Contributor, args.code));
  DZ_TRY(refuse_taken_code(session->snapshot.contributors, "contributor", args.code));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.create_contributor(owner, {args.code}));
  return finish_write(context, written, Wrote::NewRecord, &client::Snapshot::contributors);
}

struct UpdateArgs {
  std::string record;
  std::optional<std::string> code, owner, ops_manager;
};
void declare_update(Options& options, UpdateArgs& args) {
  options.text("--pubkey", args.record, "contributor, by pubkey or code").required().codes_of("contributor");
  options.parsed("--code", args.code, "new code", parse_code);
  options.text("--owner", args.owner, "new owner: a pubkey, or 'me'");
  options.text("--ops-manager", args.ops_manager, "key of the operations manager: a pubkey, or 'me'");
}
Result<void> update(Context& context, const UpdateArgs& args) {
  wire::UpdateContributorArgs change;
  change.code = args.code;
  DZ_TRY_ASSIGN(change.owner, optional_pubkey_or_me(context, args.owner));
  DZ_TRY_ASSIGN(change.ops_manager, optional_pubkey_or_me(context, args.ops_manager));
  if (change == wire::UpdateContributorArgs{}) return refuse_empty_update(context);
  DZ_TRY_ASSIGN(const auto session, open_session(context, wire::AccountType::Contributor, args.record));
  DZ_TRY_ASSIGN(const auto found, client::find_record(session->snapshot.contributors, "contributor", args.record));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.update_contributor(found.key, change));
  return finish_write(context, written, Wrote::Change, &client::Snapshot::contributors);
}

Result<void> list(Context& context, const OutputArgs& output) {
  DZ_TRY_ASSIGN(const auto snapshot, read_types(context, {wire::AccountType::Contributor}));
  auto items = all_of(snapshot.contributors);
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.record->code < b.record->code; });
  show_list(context, output, items, {columns(), [rules = rules_for(snapshot)](const Item& item) {
                                       return json_of(item, JsonForm::List, rules);
                                     }});
  return {};
}

Result<void> get(Context& context, const GetArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_record(context, wire::AccountType::Contributor, args.record));
  DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.contributors, "contributor", args.record));
  const bool json = wants_json(args.output);
  show_record(context, args.output, json ? json_of(found, JsonForm::Get, rules_for(snapshot)) : to_json(found));
  return {};
}

Result<void> remove(Context& context, const RecordArgs& args) {
  using Type = wire::AccountType;
  DZ_TRY_ASSIGN(const auto session,
                open_session(context, {.records = {{Type::Contributor, args.record, {Type::Device, Type::Link}}}}));
  DZ_TRY_ASSIGN(const auto found, client::find_record(session->snapshot.contributors, "contributor", args.record));
  auto users = devices_at(session->snapshot, &Device::contributor, found.key);
  for (const auto& [key, link] : session->snapshot.links) {
    if (link.contributor == found.key) users.push_back("link " + link.code);
  }
  DZ_TRY(refuse_referenced("contributor", found.record->code, users));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.delete_contributor(found.key));
  return finish_write(context, written, Wrote::Change, &client::Snapshot::contributors);
}

}  // namespace

void add_contributor(Commands& app) {
  auto noun = app.noun("contributor", "who owns devices and links");
  noun.verb<CreateArgs>("create", "add a contributor (foundation)", declare_create, create);
  noun.verb<UpdateArgs>("update", "change a contributor", declare_update, update);
  noun.verb<OutputArgs>("list", "all contributors", declare_output, list);
  noun.verb<GetArgs>("get", "one contributor", declare_get, get);
  noun.verb<RecordArgs>("delete", "remove a contributor without devices and links (foundation)", declare_record,
                        remove);
}

}  // namespace dz::cli
