// What a verb may use. Verbs are plain functions over this, so tests give them a ledger in memory and strings.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include "apps/cli/ui/ledger_rules.h"
#include "apps/cli/ui/options.h"
#include "apps/cli/ui/settings.h"
#include "apps/cli/ui/writer.h"
#include "client/clock.h"
#include "client/provision.h"
#include "client/snapshot.h"

namespace dz::cli {

// What the monitor says about a record: GET /api/v1/assessments/{pubkey}?{query}, the body of its answer. NotFound when
// it knows nothing of it.
using AskMonitor = std::function<Result<std::string>(const Pubkey& record, std::string_view query)>;

// The columns of the terminals that results and messages go to; 0: a file or a pipe.
struct Terminal {
  int out_columns = 0, err_columns = 0;
};

struct Context {
  client::LedgerClient& ledger;
  client::Clock clock;
  GlobalFlags flags;  // as given; only config set looks at them, all else at settings
  Settings settings;
  std::string config_path;
  Writer out;              // results
  Writer err;              // warnings, progress
  AskMonitor ask_monitor;  // empty: no monitor is configured
  Terminal terminal = {};
  std::function<void()> clear_line = {};  // of the terminal that err goes to; the verb's own words cannot
};

template <typename... Values>
void print(Context& context, fmt::format_string<Values...> format, Values&&... values) {
  context.out(fmt::format(format, std::forward<Values>(values)...) + "\n");
}
template <typename... Values>
void warn(Context& context, fmt::format_string<Values...> format, Values&&... values) {
  context.err(fmt::format(format, std::forward<Values>(values)...) + "\n");
}
void print_json(Context& context, const boost::json::value& value, const OutputArgs& output);
inline bool wants_json(const OutputArgs& output) { return output.json || output.json_compact; }

// Everything on the ledger. Warns of accounts that could not be read and of a newer ledger program.
Result<client::Snapshot> read_ledger(Context& context);
// The same once more, after a write or while waiting, without repeating the warnings.
Result<client::Snapshot> read_again(Context& context);

// The signing key: a file, or the JSON array itself in DOUBLEZERO_KEYPAIR.
Result<wire::Keypair> load_key(const Context& context);

// A pubkey, or "me" for the signing key.
Result<Pubkey> pubkey_or_me(const Context& context, std::string_view text);
Result<std::optional<Pubkey>> optional_pubkey_or_me(const Context& context, const std::optional<std::string>& text);

// The state of the ledger, the signing key, and the means to write.
struct Session {
  // anchor: taken before the snapshot was read; links and devices are written with it.
  Session(Context& context, client::Snapshot snapshot, wire::Keypair signer, const client::LatestBlockhash& anchor);
  Session(const Session&) = delete;  // the provisioner refers to the signer beside it
  Session& operator=(const Session&) = delete;

  LedgerRules rules;
  client::Snapshot snapshot;
  wire::Keypair signer;
  client::Provisioner provisioner;
};
// Warns when the newest block of the node is old by this machine's clock.
Result<std::unique_ptr<Session>> open_session(Context& context);

}  // namespace dz::cli
