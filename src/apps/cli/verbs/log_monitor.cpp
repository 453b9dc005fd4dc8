// log monitor: follows a monitor's log of decisions, notices when it contradicts itself, and tells what is stated in it
// about some records.
#include <algorithm>
#include <filesystem>

#include "apps/cli/ui/context.h"
#include "apps/cli/ui/followed_log.h"
#include "apps/cli/ui/shown_decision.h"
#include "apps/cli/ui/stated_entry.h"
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
  std::vector<transparency::WitnessAddress> hand_to;
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
  options.each(
      "--hand-to",
      [&args](std::string_view text) -> Result<void> {
        DZ_TRY_ASSIGN(auto address, transparency::parse_witness_address(text));
        args.hand_to.push_back(std::move(address));
        return {};
      },
      "\"KEY URL\" of a witness that is handed what the log shows here, and must have seen the same; may be repeated");
  options.text("--state", args.state, "file that keeps what was accepted; default: one beside the CLI's settings")
      .file();
  options.text("--record", args.record, "tell what is stated about this link or device, by pubkey or code");
  options.text("--contributor", args.contributor,
               "tell what is stated about links and devices of this contributor, by pubkey or code");
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
void add_records_of(const client::Records<Record>& records, const Pubkey& contributor, RecordCodes& wanted) {
  for (const auto& [key, record] : records) {
    if (record.contributor == contributor) wanted[key] = record.code;
  }
}

// A link is of both sides.
void add_links_at(const client::Snapshot& snapshot, const Pubkey& contributor, RecordCodes& wanted) {
  const auto is_at = [&](const Pubkey& device) {
    const auto found = snapshot.devices.find(device);
    return found != snapshot.devices.end() && found->second.contributor == contributor;
  };
  for (const auto& [key, link] : snapshot.links) {
    if (is_at(link.side_a) || is_at(link.side_z)) wanted[key] = link.code;
  }
}

Result<void> add_named(const client::Snapshot& snapshot, const std::string& name, RecordCodes& wanted) {
  const auto link = client::find_record(snapshot.links, "link", name);
  if (!link && link.error().kind != ErrorKind::NotFound) return tl::unexpected(link.error());
  if (link) return wanted[link->key] = snapshot.links.at(link->key).code, Result<void>();
  DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot.devices, "link or device", name));
  wanted[device.key] = snapshot.devices.at(device.key).code;
  return {};
}

Result<std::optional<RecordCodes>> wanted_records(Context& context, const LogMonitorArgs& args) {
  if (!args.record && !args.contributor) return std::nullopt;
  RecordCodes wanted;
  const auto key = args.record ? parse_pubkey(*args.record) : Result<Pubkey>(not_found(""));
  if (key) wanted[*key] = "";  // also of a record that is gone
  if (key && !args.contributor) return wanted;
  using Type = wire::AccountType;
  client::SnapshotQuestion question;
  if (args.record) question.records = {{Type::Link, *args.record}, {Type::Device, *args.record}};
  if (args.contributor) question.types = {Type::Link, Type::Device, Type::Contributor};
  DZ_TRY_ASSIGN(const auto snapshot, read_part(context, question));
  if (args.record && !key) DZ_TRY(add_named(snapshot, *args.record, wanted));
  if (args.contributor) {
    DZ_TRY_ASSIGN(const auto contributor, client::find_record(snapshot.contributors, "contributor", *args.contributor));
    add_records_of(snapshot.links, contributor.key, wanted);
    add_records_of(snapshot.devices, contributor.key, wanted);
    add_links_at(snapshot, contributor.key, wanted);
  }
  return wanted;
}

json::object news_json(const LogNews& news) {
  json::array entries, cosigned;
  for (const auto& entry : news.entries) {
    const auto statement = attest::decode_statement(entry.bytes);
    entries.push_back(json::object{{"index", entry.index},
                                   {"entry", encode_base64(entry.bytes)},
                                   {"decision", statement ? to_json(*statement) : json::value(nullptr)}});
  }
  for (const auto& one : news.cosigned) {
    cosigned.push_back(json::object{{"witness", one.witness}, {"at", dz::to_text(one.at)}});
  }
  return {{"origin", news.key.name},      {"key", transparency::to_text(news.key)}, {"size_before", news.before.size},
          {"size", news.after.size},      {"root", encode_base64(news.after.root)}, {"cosigned", std::move(cosigned)},
          {"entries", std::move(entries)}};
}

std::vector<transparency::AskWitness> asked(const std::vector<transparency::WitnessAddress>& witnesses) {
  std::vector<transparency::AskWitness> all;
  for (const auto& witness : witnesses) all.push_back(ask_witness_at(witness));
  return all;
}

void show(Context& context, const LogNews& news, const std::optional<RecordCodes>& records) {
  print(context, "Log {}: {} entries, {} of them new. It goes on from what was accepted before.", news.key.name,
        news.after.size, news.after.size - news.before.size);
  for (const auto& one : news.cosigned) print(context, "  cosigned by {} at {}", one.witness, dz::to_text(one.at));
  if (!records) return;
  if (news.entries.empty()) print(context, "  nothing new about {} records", records->size());
  for (const auto& entry : news.entries) print(context, "  {}", render_entry(entry, *records));
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
                        .hand_to = asked(args.hand_to),
                        .wanted = [&](ByteView entry) { return records && is_about(entry, *records); }};
  const auto fetch = fetch_files_at(url);
  return show_or_watch(context, args.watch, [&](Context& shown) -> Result<void> {
    DZ_TRY_ASSIGN(const auto news, follow_log(log, fetch));
    if (news.key_by_itself) {
      warn(shown, "Warning: this is the log's own word for its key; compare it with what its operator tells you: {}",
           transparency::to_text(news.key));
    }
    if (wants_json(args.output)) {
      print_json(shown, news_json(news), args.output);
    } else {
      show(shown, news, records);
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
