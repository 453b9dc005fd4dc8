// Devices and their interfaces as tables and JSON show them: the same fields in `device` and in `device interface`.
#pragma once

#include <boost/json/object.hpp>

#include "apps/cli/ui/ledger_rules.h"
#include "apps/cli/ui/list.h"
#include "apps/cli/ui/news.h"
#include "apps/cli/ui/show.h"

namespace dz::cli {

struct DeviceItem {
  client::Found<Device> found;
  std::string contributor, location, location_name, exchange, exchange_name;
  std::string health;  // in the ledger's words
  LedgerRules rules;
  News news = {};
  Timestamp now = {};
};
DeviceItem device_item(const client::Snapshot& snapshot, const client::Found<Device>& found);

boost::json::object to_json(const DeviceItem& item);  // our members alone
boost::json::object list_json(const DeviceItem& item);
boost::json::object get_json(const DeviceItem& item);            // with its interfaces
boost::json::object interface_json(const Interface& interface);  // our members alone
// As `device interface list` and `get` show it.
boost::json::object interface_json(const std::string& device, const Interface& interface, const LedgerRules& rules);
ListColumns<DeviceItem> device_columns();
std::vector<Column<const Interface*>> interface_columns();

}  // namespace dz::cli
