// log monitor: follows a monitor's log of decisions and notices when it contradicts itself.
#include <algorithm>
#include <filesystem>
#include <set>

#include "apps/cli/ui/context.h"
#include "apps/cli/ui/followed_log.h"
#include "apps/cli/ui/watching.h"
#include "apps/cli/verbs/verbs.h"
#include "base/base64.h"
#include "base/shown_url.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

struct LogMonitorArgs {
  std::optional<std::string> url, key, state, record, contributor;
  std::vector<transparency::NoteKey> witnesses;
  WatchArgs watch;
  OutputArgs output;
};
void declare_log_monitor(Options& options, LogMonitorArgs& args) {
  options.text("url", args.url, "where the log is, such as http://MONITOR:8090/log; default: the monitor's");
  options.text("--key", args.key,
               "its verifier key, as its operator tells it; default: the kept one, at first its own word");
  options.each(
      "--witness",
      [&args](std::string_view text) -> Result<void> {
        DZ_TRY_ASSIGN(auto key, transparency::parse_note_key(text));
        args.witnesses.push_back(std::move(key));
        return {};
      },
      "verifier key of a witness that must have cosigned it; may be repeated");
  options.text("--state", args.state, "file that keeps what was accepted; default: one beside the CLI's settings")
      .file();
  options.text("--record", args.record, "show only entries that name this link or device, by pubkey or code");
  options.text("--contributor", args.contributor, "show only entries that name a link or device of this contributor");
  declare_watch(options, args.watch);
  declare_output(options, args.output);
}

// One for each address.
std::string usual_state(const Context& context, const std::string& url) {
  std::string name;
  for (const char c : url) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
  return (std::filesystem::path(context.config_path).parent_path() / "logs" / name).string();
}

template <typename Record>
void add_keys_of(const client::Records<Record>& records, const Pubkey& contributor, std::set<Pubkey>& keys) {
  for (const auto& [key, record] : records) {
    if (record.contributor == contributor) keys.insert(key);
  }
}

// Whose entries are shown; none: all of them.
Result<std::optional<std::set<Pubkey>>> wanted_records(Context& context, const LogMonitorArgs& args) {
  if (!args.record && !args.contributor) return std::nullopt;
  std::set<Pubkey> keys;
  if (const auto key = args.record ? parse_pubkey(*args.record) : Result<Pubkey>(not_found("")); key) keys.insert(*key);
  if (!keys.empty() && !args.contributor) return keys;
  DZ_TRY_ASSIGN(const auto snapshot, read_ledger(context));
  if (args.record && keys.empty()) {
    if (const auto link = client::find_record(snapshot.links, "link", *args.record)) {
      keys.insert(link->key);
    } else {
      DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot.devices, "link or device", *args.record));
      keys.insert(device.key);
    }
  }
  if (args.contributor) {
    DZ_TRY_ASSIGN(const auto contributor, client::find_record(snapshot.contributors, "contributor", *args.contributor));
    add_keys_of(snapshot.links, contributor.key, keys);
    add_keys_of(snapshot.devices, contributor.key, keys);
  }
  return keys;
}

bool names_one_of(ByteView entry, const std::set<Pubkey>& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const Pubkey& key) {
    return std::search(entry.begin(), entry.end(), key.bytes.begin(), key.bytes.end()) != entry.end();
  });
}

json::object to_json(const LogNews& news) {
  json::array entries, cosigned;
  for (const auto& entry : news.entries) {
    entries.push_back(json::object{{"index", entry.index}, {"entry", encode_base64(entry.bytes)}});
  }
  for (const auto& one : news.cosigned) {
    cosigned.push_back(json::object{{"witness", one.witness}, {"at", dz::to_text(one.at)}});
  }
  return {{"origin", news.key.name},      {"key", transparency::to_text(news.key)}, {"size_before", news.before.size},
          {"size", news.after.size},      {"root", encode_base64(news.after.root)}, {"cosigned", std::move(cosigned)},
          {"entries", std::move(entries)}};
}

void show(Context& context, const LogNews& news, bool filtered) {
  print(context, "Log {}: {} entries, {} of them new. It goes on from what was accepted before.", news.key.name,
        news.after.size, news.after.size - news.before.size);
  for (const auto& one : news.cosigned) print(context, "  cosigned by {} at {}", one.witness, dz::to_text(one.at));
  if (!filtered) return;
  for (const auto& entry : news.entries) {
    print(context, "  entry {}: {} bytes, hash {}", entry.index, entry.bytes.size(),
          encode_base64(transparency::leaf_hash(entry.bytes)));
  }
}

Result<void> log_monitor(Context& context, const LogMonitorArgs& args) {
  auto url =
      args.url.value_or(context.settings.monitor_url.value.empty() ? "" : context.settings.monitor_url.value + "/log");
  while (url.ends_with('/')) url.pop_back();
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return wrong_usage(context, "expected where the log is, such as http://MONITOR:8090/log, found '" + url + "'");
  }
  DZ_TRY_ASSIGN(const auto records, wanted_records(context, args));
  const LogToFollow log{.url = url,
                        .state = args.state.value_or(usual_state(context, url)),
                        .key = args.key,
                        .witnesses = args.witnesses,
                        .wanted = [&](ByteView entry) { return records && names_one_of(entry, *records); }};
  const auto fetch = fetch_files_at(url);
  return show_or_watch(context, args.watch, [&](Context& shown) -> Result<void> {
    DZ_TRY_ASSIGN(const auto news, follow_log(log, fetch));
    if (news.key_by_itself) {
      warn(shown, "Warning: this is the log's own word for its key; compare it with what its operator tells you: {}",
           transparency::to_text(news.key));
    }
    if (wants_json(args.output)) {
      print_json(shown, to_json(news), args.output);
    } else {
      show(shown, news, records.has_value());
    }
    return {};
  });
}

}  // namespace

void add_log_monitor(Commands& app) {
  app.verb<LogMonitorArgs>("log monitor", "follow a monitor's log of decisions; fails when it contradicts itself",
                           declare_log_monitor, log_monitor);
}

}  // namespace dz::cli
