// How lists and records are shown, for every noun alike: a table or a record, or the same items as JSON.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "apps/cli/ui/context.h"
#include "apps/cli/ui/lifecycle_text.h"
#include "apps/cli/ui/table.h"

namespace dz::cli {

template <typename Record>
std::vector<client::Found<Record>> all_of(const client::Records<Record>& records) {
  std::vector<client::Found<Record>> items;
  for (const auto& [key, record] : records) items.push_back({key, &record});
  return items;
}

// The two forms of a list.
template <typename Item>
struct ListView {
  std::vector<Column<Item>> columns;
  std::function<boost::json::object(const Item&)> to_json;
};
template <typename Item>
void show_list(Context& context, const OutputArgs& output, const std::vector<Item>& items,
               const std::type_identity_t<ListView<Item>>& view) {
  if (!wants_json(output)) return context.out(render_list(view.columns, items));
  boost::json::array list;
  for (const auto& item : items) list.push_back(view.to_json(item));
  print_json(context, list, output);
}

// The pubkey, or null when it is not set.
boost::json::value pubkey_or_null(const Pubkey& key);

// As a table one line for each member of the JSON object, lists with commas and objects left out: a record has the same
// fields in both forms.
void show_record(Context& context, const OutputArgs& output, const boost::json::object& record);

// "Signature:", "Pubkey:" if something was created, and "Status:" after a confirmed write. As JSON the same, signature,
// pubkey and status, in one object when the verb is over; signatures when there were several.
enum class Wrote { NewRecord, Change };
void print_written(Context& context, const client::Written& written, Wrote what, std::string_view status);
// More of a link or device: code, status, desired_status and health as they are now.
void note_state(Context& context, const LifecycleRecord& record);

template <typename Record>
constexpr wire::AccountType account_type_of() {
  if constexpr (std::is_same_v<Record, Location>) return wire::AccountType::Location;
  if constexpr (std::is_same_v<Record, Exchange>) return wire::AccountType::Exchange;
  if constexpr (std::is_same_v<Record, Contributor>) return wire::AccountType::Contributor;
  if constexpr (std::is_same_v<Record, Device>) return wire::AccountType::Device;
  if constexpr (std::is_same_v<Record, Link>) return wire::AccountType::Link;
}

// The same, with the status that the record has on the ledger now.
template <typename Record>
Result<void> finish_write(Context& context, const client::Written& written, Wrote what,
                          client::Records<Record> client::Snapshot::*records) {
  DZ_TRY_ASSIGN(const auto snapshot,
                client::fetch_record(scope_of(context), account_type_of<Record>(), to_text(written.record)));
  const auto found = (snapshot.*records).find(written.record);
  const bool gone = found == (snapshot.*records).end();
  print_written(context, written, what, gone ? "deleted" : to_text(found->second.status));
  if (gone) return {};
  context.written["code"] = found->second.code;
  if constexpr (requires { found->second.desired_status; }) {
    note_state(context, lifecycle_record(snapshot, client::Found<Record>{found->first, &found->second}, Pubkey{}));
  }
  return {};
}

}  // namespace dz::cli
