// One function for each noun, which puts the verbs of the noun on the command line. A verb is a small function over
// Context and its arguments, in the file named after the noun. This is the only header of verbs: what the verbs of two
// nouns share stands in ui.
#pragma once

#include "apps/cli/ui/completion.h"
#include "apps/cli/ui/options.h"

namespace dz::cli {

void add_config(Commands& app);
void add_key_verbs(Commands& app);  // keygen, address, balance, airdrop
void add_init(Commands& app);       // init, version
void add_status(Commands& app);
void add_maintenance(Commands& app);
void add_decision(Commands& app);  // list, get, export, replay, verify
void add_global_config(Commands& app);
void add_location(Commands& app);
void add_exchange(Commands& app);
void add_contributor(Commands& app);
void add_permission(Commands& app);
void add_resource(Commands& app);
void add_device(Commands& app);
void add_device_reads(Commands& device);
void add_device_interface(Commands& device);
void add_link(Commands& app);
void add_link_reads(Commands& link);
void add_link_create(Commands& link);  // create wan, create dzx, accept
void add_link_topology(Commands& link);
void add_link_drain(Commands& link);
void add_device_drain(Commands& device);
void add_link_explain(Commands& link);
void add_device_explain(Commands& device);
void add_link_wait(Commands& link);
void add_device_wait(Commands& device);
void add_link_history(Commands& link);
void add_device_history(Commands& device);
void add_user(Commands& app);
void add_access_pass(Commands& app);
void add_network(Commands& app);       // apply, export
void add_ledger_verbs(Commands& app);  // account, accounts, log, subscribe
void add_log_monitor(Commands& app);   // below log
void add_index(Commands& app);
void add_migrate(Commands& app);
void add_link_latency(Commands& link);
void add_permission_audit(Commands& permission);
void add_resource_verify(Commands& resource);
void add_completion(Commands& app);
// What may follow the words on a command line, the last of which is being typed.
Result<void> complete(Context& context, const CommandTree& tree, const std::vector<std::string>& words);

}  // namespace dz::cli
