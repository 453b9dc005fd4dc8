// What a verb may use. Verbs are plain functions over this, so tests give them a ledger in memory and strings.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "apps/cli/ui/ledger_rules.h"
#include "apps/cli/ui/options.h"
#include "apps/cli/ui/settings.h"
#include "apps/cli/ui/writer.h"
#include "client/clock.h"
#include "client/provision.h"
#include "client/snapshot_part.h"

namespace dz::cli {

// GET of a path with its query at one of the daemons: the body of its answer, also of one with HTTP 503 if it is JSON.
// NotFound: it says 404.
using AskDaemon = std::function<Result<std::string>(const std::string& path)>;
// POST of a JSON body: the body of the answer. Refused: it says no; NotFound: it says 404.
using TellDaemon = std::function<Result<std::string>(const std::string& path, const std::string& body)>;

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
  Writer out;                // results
  Writer err;                // warnings, progress
  AskDaemon ask_monitor;     // empty: no monitor is configured
  AskDaemon ask_activator;   // empty: no activator is
  TellDaemon tell_monitor;   // empty: no monitor is configured
  std::string program = {};  // the path it was started by; empty: by its name
  Terminal terminal = {};
  OutputArgs output = {};  // of verbs whose own arguments do not say it
  // Terminal controls, which the verb's own words cannot send.
  std::function<void()> clear_line = {};    // of err
  std::function<void()> clear_screen = {};  // of out
  // What a write tells as JSON once the verb is over, be it with an error: people have it at once.
  boost::json::object written = {};
  // What the verb leaves with; with an error kExitFailed unless the error was one of usage.
  int exit_code = kExitOk;
};

// "Error: ..." and one line "caused by: ..." for each cause.
std::string render_error(const Error& error);

// What was typed can never be done, whatever the ledger has: exit code 2.
tl::unexpected<Error> wrong_usage(Context& context, std::string message);

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

// Everything on the ledger. NotFound when the program was never initialised there, with the networks that were. Warns
// of accounts that could not be read and of a newer ledger program.
Result<client::Snapshot> read_ledger(Context& context);
// Of the ledger only what the verb shows: the accounts of these types, or one record with what it names (see
// client/snapshot_part.h). With the same warnings.
Result<client::Snapshot> read_types(Context& context, std::initializer_list<wire::AccountType> types);
Result<client::Snapshot> read_record(Context& context, wire::AccountType type, std::string_view name);
Result<client::Snapshot> read_accounts(Context& context, std::span<const Pubkey> keys);
Result<client::Snapshot> read_part(Context& context, const client::SnapshotQuestion& question);
// How to read a part without the warnings.
client::SnapshotScope scope_of(Context& context);
// The whole once more, after a write or while waiting, without repeating the warnings.
Result<client::Snapshot> read_again(Context& context);

// The signing key: a file, or the JSON array itself in DOUBLEZERO_KEYPAIR.
Result<wire::Keypair> load_key(const Context& context);

// A pubkey, or "me" for the signing key. Anything else is wrong usage.
Result<Pubkey> pubkey_or_me(Context& context, std::string_view text);
Result<std::optional<Pubkey>> optional_pubkey_or_me(Context& context, const std::optional<std::string>& text);

// The block hash before a reading that a write rests on (client/ledger_view.h). Warns when the newest block of the node
// is old by this machine's clock.
Result<client::LatestBlockhash> take_anchor(Context& context);

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
// Of the ledger what the write asks about, the configuration, and what the signing key may.
Result<std::unique_ptr<Session>> open_session(Context& context, client::SnapshotQuestion question = {});
// A write to one record that neither refers to others nor asks whether others stand in its way.
Result<std::unique_ptr<Session>> open_session(Context& context, wire::AccountType type, std::string_view name);

}  // namespace dz::cli
