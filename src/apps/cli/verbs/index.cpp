// index: records that are found by a key of their own.
#include "wire/instructions/index.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"
#include "wire/addresses.h"

namespace dz::cli {
namespace {

struct Item {
  Pubkey key;
  Index index;
};

boost::json::object to_json(const Item& item) {
  return {{"pubkey", to_text(item.key)},
          {"account", to_text(item.key)},
          {"key", item.index.key},
          {"entity_pubkey", to_text(item.index.entity)},
          {"entity_type", to_text(static_cast<wire::AccountType>(item.index.entity_type))}};
}

Result<void> list(Context& context, const OutputArgs& output) {
  const client::AccountFilters only{{{0, {static_cast<std::uint8_t>(wire::AccountType::Index)}}}, std::nullopt};
  auto answer = context.ledger.get_program_accounts(context.settings.ids.serviceability, only);
  if (!answer) return with_context("reading the indexes", answer.error());
  std::vector<Item> items;
  for (const auto& account : answer->accounts) {
    if (const auto index = wire::decode_index(account.account.data)) items.push_back({account.key, *index});
  }
  const std::vector<Column<Item>> columns = {
      {"pubkey", [](const Item& i) { return to_text(i.key); }},
      {"key", [](const Item& i) { return i.index.key; }},
      {"entity_type",
       [](const Item& i) { return std::string(to_text(static_cast<wire::AccountType>(i.index.entity_type))); }},
      {"entity_pubkey", [](const Item& i) { return to_text(i.index.entity); }}};
  show_list(context, output, items, {columns, to_json});
  return {};
}

struct KeyArgs {
  std::string seed, key;
  OutputArgs output;
};
void declare_key(Options& options, KeyArgs& args) {
  options.text("--entity-seed", args.seed, "kind of record: the seed of its own address, such as multicastgroup")
      .required();
  options.text("--key", args.key, "what it is found by, in any case").required();
  declare_output(options, args.output);
}

// Seeds of an address have a length that no ledger exceeds.
Result<Pubkey> address_of(Context& context, const std::string& seed, const std::string& key) {
  if (seed.empty() || key.empty() || seed.size() > wire::kMaxSeed || key.size() > wire::kMaxSeed) {
    return wrong_usage(context, fmt::format("expected --entity-seed and --key of 1 to {} bytes", wire::kMaxSeed));
  }
  return wire::index_address(context.settings.ids.serviceability, seed, key).address;
}

Result<void> get(Context& context, const KeyArgs& args) {
  DZ_TRY_ASSIGN(const auto address, address_of(context, args.seed, args.key));
  DZ_TRY_ASSIGN(const auto account, context.ledger.get_account(address));
  if (!account)
    return not_found(fmt::format("no index '{}' of '{}': see 'doublezero index list'", args.key, args.seed));
  DZ_TRY_ASSIGN(const auto index, wire::decode_index(account->data));
  show_record(context, args.output, to_json({address, index}));
  return {};
}

struct CreateArgs {
  std::string seed, key, entity;
};
void declare_create(Options& options, CreateArgs& args) {
  options.text("--entity-seed", args.seed, "kind of record: the seed of its own address, such as multicastgroup")
      .required();
  options.text("--key", args.key, "what it is to be found by, in any case").required();
  options.text("--entity", args.entity, "the record, by pubkey").required();
}
Result<void> create(Context& context, const CreateArgs& args) {
  DZ_TRY(address_of(context, args.seed, args.key));
  DZ_TRY_ASSIGN(const auto entity, pubkey_or_me(context, args.entity));
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.create_index({args.seed, args.key}, entity));
  print_written(context, written, Wrote::NewRecord, "created");
  return {};
}

struct DeleteArgs {
  std::string index;
};
void declare_delete(Options& options, DeleteArgs& args) {
  options.text("--pubkey", args.index, "the index, by pubkey").required();
}
Result<void> remove(Context& context, const DeleteArgs& args) {
  DZ_TRY_ASSIGN(const auto index, pubkey_or_me(context, args.index));
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.delete_index(index));
  print_written(context, written, Wrote::Change, "deleted");
  return {};
}

}  // namespace

void add_index(Commands& app) {
  auto noun = app.noun("index", "records found by a key of their own");
  noun.verb<CreateArgs>("create", "make a record findable by a key (foundation)", declare_create, create);
  noun.verb<OutputArgs>("list", "all indexes", declare_output, list);
  noun.verb<KeyArgs>("get", "what a key finds", declare_key, get);
  noun.verb<DeleteArgs>("delete", "take a key away (foundation)", declare_delete, remove);
}

}  // namespace dz::cli
