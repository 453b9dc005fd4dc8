// decision list, get, export, replay, verify: what a monitor decided about health, and whether it can be shown.
#include <algorithm>

#include <boost/json.hpp>

#include "apps/cli/ui/compared_minutes.h"
#include "apps/cli/ui/context.h"
#include "apps/cli/ui/monitor_api.h"
#include "apps/cli/ui/shown_decision.h"
#include "apps/cli/verbs/verbs.h"
#include "quorum/stated_opinions.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

struct ListArgs {
  std::optional<std::string> record;
  std::optional<std::uint32_t> limit;
  OutputArgs output;
};
void declare_list(Options& options, ListArgs& args) {
  options.text("--record", args.record, "only those about this link or device, by pubkey or code");
  options.number("--limit", args.limit, "how many of them to show, the newest (20)");
  declare_output(options, args.output);
}

Result<void> list(Context& context, const ListArgs& args) {
  const auto limit = std::clamp<std::uint32_t>(args.limit.value_or(20), 1, 1000);
  auto path = fmt::format("/api/v1/decisions?limit={}", limit);
  if (args.record) {
    const bool plain = std::all_of(args.record->begin(), args.record->end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == ':';
    });
    if (!plain) return wrong_usage(context, "expected the pubkey or code of a link or device after --record");
    path += "&record=" + *args.record;
  }
  DZ_TRY_ASSIGN(const auto answer, ask_at_monitor(context, path));
  if (wants_json(args.output)) {
    print_json(context, answer, args.output);
    return {};
  }
  const auto* object = answer.if_object();
  const auto* decisions = object != nullptr ? object->if_contains("decisions") : nullptr;
  if (decisions == nullptr || !decisions->is_array())
    return corrupt("expected a list of decisions from the monitor, found something else");
  if (decisions->get_array().empty()) print(context, "No decisions yet.");
  for (const auto& one : decisions->get_array()) {
    print(context, "{}  {} {}: {} to {} ({})", text_of(one, "at"), text_of(one, "kind"), text_of(one, "code"),
          text_of(one, "from"), text_of(one, "to"), text_of(one, "reason"));
    const auto signature = text_of(one, "signature");
    if (!signature.empty()) print(context, "    {}", signature);
  }
  return {};
}

struct OneArgs {
  std::string signature;
  std::optional<std::string> record;
  OutputArgs output;
};
void declare_one(Options& options, OneArgs& args) {
  options.text("signature,--signature", args.signature, "of the transaction that wrote the health").required();
  options.text("--record", args.record, "of several changes in it the one of this link or device, by pubkey");
  declare_output(options, args.output);
}

Result<wire::Signature> signature_in(Context& context, const std::string& text) {
  auto signature = wire::parse_signature(text);
  if (signature) return *signature;
  return wrong_usage(context, "expected the signature of a transaction in base58, found '" + text +
                                  "'; 'doublezero decision list' shows them");
}

// Those of the transaction that are asked for, by their place in it.
Result<std::vector<std::size_t>> wanted(Context& context, const wire::Signature& signature,
                                        const std::optional<std::string>& record) {
  DZ_TRY_ASSIGN(const auto statements, statements_of(context, signature));
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (!record || to_text(statements[i].record) == *record) places.push_back(i);
  }
  if (places.empty()) return not_found(fmt::format("no statement of that transaction is about {}", *record));
  return places;
}

Result<void> get(Context& context, const OneArgs& args) {
  DZ_TRY_ASSIGN(const auto signature, signature_in(context, args.signature));
  DZ_TRY_ASSIGN(const auto statements, statements_of(context, signature));
  DZ_TRY_ASSIGN(const auto places, wanted(context, signature, args.record));
  json::array list;
  for (const auto place : places) {
    if (wants_json(args.output)) {
      list.push_back(to_json(statements[place]));
    } else {
      context.out(render_statement(statements[place]));
    }
  }
  if (wants_json(args.output)) print_json(context, list, args.output);
  return {};
}

struct ExportArgs {
  std::string signature;
  std::optional<std::string> record, file;
};
void declare_export(Options& options, ExportArgs& args) {
  options.text("signature,--signature", args.signature, "of the transaction that wrote the health").required();
  options.text("--record", args.record, "of several changes in it the one of this link or device, by pubkey");
  options.text("--file", args.file, "where to write the bundle; default: it is printed").file();
}

Result<void> export_bundle(Context& context, const ExportArgs& args) {
  DZ_TRY_ASSIGN(const auto signature, signature_in(context, args.signature));
  DZ_TRY_ASSIGN(const auto places, wanted(context, signature, args.record));
  if (places.size() > 1)
    return wrong_usage(context,
                       fmt::format("expected --record PUBKEY, for {} changes of health are in that transaction; "
                                   "'doublezero decision get {}' shows them",
                                   places.size(), args.signature));
  DZ_TRY_ASSIGN(const auto bundle, fetch_bundle(context, signature, places.front()));
  const auto text = encode(bundle);
  if (!args.file) {
    context.out(text);
    return {};
  }
  DZ_TRY(write_bundle_file(*args.file, text));
  print(context, "Wrote {}: check it anywhere with 'doublezero decision verify --bundle {}'.", *args.file, *args.file);
  return {};
}

struct VerifyArgs {
  std::optional<std::string> signature, record, bundle, database, token_file, username, password_file;
  std::optional<RawSource> against;
  attest::Expected expected;
  std::optional<std::uint32_t> quorum;
  std::set<Pubkey> judges;
  OutputArgs output;
};
Result<void> take_judges(std::set<Pubkey>& judges, std::string_view text) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    DZ_TRY_ASSIGN(const auto key, parse_pubkey(text.substr(begin, end - begin)));
    judges.insert(key);
    begin = end + 1;
  }
  return {};
}
void declare_verify(Options& options, VerifyArgs& args) {
  options.text("signature,--signature", args.signature, "of the transaction that wrote the health");
  options.text("--bundle", args.bundle, "a file that 'decision export' wrote, instead of ledger and monitor").file();
  options.text("--record", args.record, "of several changes in it the one of this link or device, by pubkey");
  options.parsed("--monitor-key", args.expected.monitor, "who must have decided; default: whoever the ledger let write",
                 parse_pubkey);
  options.each(
      "--witness",
      [&args](std::string_view text) -> Result<void> {
        DZ_TRY_ASSIGN(auto key, transparency::parse_note_key(text));
        args.expected.witnesses.push_back(std::move(key));
        return {};
      },
      "verifier key of a witness that must have cosigned the log; may be repeated");
  options.number("--require-quorum", args.quorum,
                 "then check that so many judges hold it, where the change needs them");
  options.each(
      "--judge-key", [&args](std::string_view text) { return take_judges(args.judges, text); },
      "with it: KEY[,KEY...] that judges sign opinions with, as their operators gave them; default: those it names");
  options.parsed(
      "--against", args.against,
      "then derive its minutes once more from raw rows: ledger, or influxdb=URL, clickhouse=URL, prometheus=URL",
      parse_raw_source);
  options.text("--database", args.database, "of the store");
  options.text("--token-file", args.token_file, "with the store's token").file();
  options.text("--username", args.username, "at the store");
  options.text("--password-file", args.password_file, "with the password at the store").file();
  declare_output(options, args.output);
}

Result<std::string> read_secret(const std::optional<std::string>& path) {
  if (!path) return std::string();
  DZ_TRY_ASSIGN(auto text, read_bundle_file(*path));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

// What the source gives for the minutes of one bundle that was verified.
Result<Comparison> compare(Context& context, const VerifyArgs& args, const attest::Bundle& bundle) {
  std::vector<attest::MinutesLeaf> leaves;
  for (const auto& bytes : bundle.minutes) {
    DZ_TRY_ASSIGN(auto leaf, attest::decode_minutes(bytes));
    leaves.push_back(std::move(leaf));
  }
  auto source = *args.against;
  if (source.ledger)
    return compare_with_samples(leaves, context.ledger, context.settings.ids.telemetry, context.clock.now());
  source.store.database = args.database.value_or("");
  source.store.username = args.username.value_or("");
  DZ_TRY_ASSIGN(source.store.token, read_secret(args.token_file));
  DZ_TRY_ASSIGN(source.store.password, read_secret(args.password_file));
  DZ_TRY(check_raw_source(source));
  return compare_with_store(leaves, source, ask_over_http(source.store));
}

// A decision that was looked at; the bundle is there once it was fetched or read.
struct Checked {
  attest::Verification verification;
  std::optional<attest::Bundle> bundle;
  std::optional<Comparison> comparison;
  std::optional<Timestamp> landed_at;  // of its transaction, where the ledger was asked
  bool holds() const { return verification.holds() && (!comparison || comparison->different.empty()); }
};

// Shows them, and leaves with 1 when one does not hold.
void show(Context& context, const VerifyArgs& args, const std::vector<Checked>& all) {
  json::array list;
  for (const auto& one : all) {
    const auto& verification = one.verification;
    if (wants_json(args.output)) {
      auto object = to_json(verification);
      object.as_object()["transaction"] = args.signature ? json::value(*args.signature) : json::value();
      object.as_object()["index"] = one.bundle ? json::value(one.bundle->index) : json::value();
      if (one.comparison) object.as_object()["against"] = to_json(*one.comparison);
      list.push_back(std::move(object));
      continue;
    }
    context.out(render_steps(verification));
    if (one.comparison) context.out(render_comparison(*one.comparison));
    if (!verification.holds()) {
      print(context, "NOT verified: {} differs.", verification.steps.back().part);
    } else {
      print(context, "{}", one.holds() ? "Verified." : "NOT verified: the source gives other minutes.");
    }
  }
  if (wants_json(args.output)) print_json(context, list, args.output);
  if (!std::all_of(all.begin(), all.end(), [](const auto& one) { return one.holds(); }))
    context.exit_code = kExitFailed;
}

// Behind all that the bundle shows of itself.
void ask_judges(const VerifyArgs& args, std::optional<Timestamp> landed_at, attest::Verification& verification) {
  if (!args.quorum || !verification.holds() || !verification.decision) return;
  verification.steps.push_back(quorum::judges_step(*verification.decision, {*args.quorum, args.judges}, landed_at));
}

Result<Checked> verify_online(Context& context, const wire::Signature& signature, std::size_t place,
                              const attest::Expected& expected) {
  DZ_TRY_ASSIGN(const auto landed, fetch_landed(context, signature));
  Checked all;
  all.landed_at = landed.at;
  all.verification.steps.push_back(attest::landed_step(landed));
  if (!all.holds()) return all;
  DZ_TRY_ASSIGN(all.bundle, fetch_bundle(context, signature, place));
  auto rest = attest::verify(*all.bundle, expected);
  for (auto& step : rest.steps) all.verification.steps.push_back(std::move(step));
  all.verification.decision = std::move(rest.decision);
  return all;
}

Result<std::vector<Checked>> verify_all(Context& context, const VerifyArgs& args) {
  std::vector<Checked> all;
  if (args.bundle) {
    DZ_TRY_ASSIGN(const auto text, read_bundle_file(*args.bundle));
    auto& one = all.emplace_back();
    one.verification = attest::verify_text(text, args.expected);
    if (auto bundle = attest::decode_bundle(text)) one.bundle = std::move(*bundle);
    return all;
  }
  DZ_TRY_ASSIGN(const auto signature, signature_in(context, *args.signature));
  auto expected = args.expected;
  DZ_TRY_ASSIGN(const auto genesis, context.ledger.get_genesis_hash());
  expected.genesis = genesis.bytes;
  expected.program = context.settings.ids.serviceability;
  DZ_TRY_ASSIGN(const auto places, wanted(context, signature, args.record));
  for (const auto place : places) {
    DZ_TRY_ASSIGN(auto one, verify_online(context, signature, place, expected));
    all.push_back(std::move(one));
  }
  return all;
}

Result<void> check_judges(Context& context, const VerifyArgs& args) {
  if (args.quorum == 0 || (!args.quorum && !args.judges.empty()))
    return wrong_usage(context, "expected --require-quorum K, how many of the judges have to hold it, at least 1");
  if (args.judges.empty() || *args.quorum <= args.judges.size()) return {};
  return wrong_usage(context, fmt::format("expected --require-quorum of at most {}, the number of keys of --judge-key, "
                                          "found {}",
                                          args.judges.size(), *args.quorum));
}

Result<void> verify(Context& context, const VerifyArgs& args) {
  if (args.bundle.has_value() == args.signature.has_value())
    return wrong_usage(context, "expected the signature of a transaction, or --bundle FILE");
  DZ_TRY(check_judges(context, args));
  DZ_TRY_ASSIGN(auto all, verify_all(context, args));
  for (auto& one : all) {
    ask_judges(args, one.landed_at, one.verification);
    if (!args.against || !one.holds() || !one.bundle) continue;
    DZ_TRY_ASSIGN(one.comparison, compare(context, args, *one.bundle));
  }
  show(context, args, all);
  return {};
}

struct ReplayArgs {
  std::optional<Timestamp> from, to;
  OutputArgs output;
};
void declare_replay(Options& options, ReplayArgs& args) {
  options.parsed("--from", args.from, "decisions from this time on, such as 2026-12-01T00:00:00Z", parse_timestamp);
  options.parsed("--to", args.to, "decisions before this time", parse_timestamp);
  declare_output(options, args.output);
}

struct Replayed {
  std::size_t same = 0, without = 0;  // without: nothing is stated of it, or what it rests on is not kept any more
  json::array differ;
};

Result<void> replay_one(Context& context, const json::value& decision, Replayed& all) {
  const auto* index = decision.as_object().if_contains("statement");
  if (index == nullptr || !index->is_int64()) return ++all.without, Result<void>();
  auto bundle = bundle_at(context, index->get_int64());
  if (!bundle && bundle.error().kind == ErrorKind::NotFound) return ++all.without, Result<void>();
  if (!bundle) return tl::unexpected(bundle.error());
  const auto found = attest::replay(*bundle);
  if (found.holds()) return ++all.same, Result<void>();
  const auto& step = found.steps.back();
  all.differ.push_back(json::object{{"at", text_of(decision, "at")},
                                    {"code", text_of(decision, "code")},
                                    {"statement", index->get_int64()},
                                    {"part", step.part},
                                    {"says", step.says}});
  return {};
}

// Newest first, page after page.
Result<Replayed> replay_span(Context& context, const ReplayArgs& args) {
  Replayed all;
  for (std::string before;;) {
    DZ_TRY_ASSIGN(const auto answer, ask_at_monitor(context, "/api/v1/decisions?limit=200" + before));
    const auto* object = answer.if_object();
    const auto* decisions = object != nullptr ? object->if_contains("decisions") : nullptr;
    if (decisions == nullptr || !decisions->is_array())
      return corrupt("expected a list of decisions from the monitor, found something else");
    const auto& page = decisions->get_array();
    for (const auto& decision : page) {
      const auto at = parse_timestamp(text_of(decision, "at"));
      const auto* id = decision.is_object() ? decision.get_object().if_contains("id") : nullptr;
      if (!at || id == nullptr || !id->is_int64()) return corrupt("expected decisions with id and time, found others");
      before = fmt::format("&before={}", id->get_int64());
      if (args.from && *at < *args.from) return all;
      if (!args.to || *at < *args.to) DZ_TRY(replay_one(context, decision, all));
    }
    if (page.empty()) return all;
  }
}

Result<void> replay(Context& context, const ReplayArgs& args) {
  DZ_TRY_ASSIGN(const auto all, replay_span(context, args));
  if (!all.differ.empty()) context.exit_code = kExitFailed;
  if (wants_json(args.output)) {
    print_json(context, json::object{{"same", all.same}, {"without", all.without}, {"differ", all.differ}},
               args.output);
    return {};
  }
  for (const auto& one : all.differ)
    print(context, "✗ {} {}: {}: {}", text_of(one, "at"), text_of(one, "code"), text_of(one, "part"),
          text_of(one, "says"));
  print(context, "{} decisions judged again say the same, {} do not; of {} nothing is kept to judge by.", all.same,
        all.differ.size(), all.without);
  return {};
}

}  // namespace

void add_decision(Commands& app) {
  auto noun = app.noun("decision", "what a monitor decided about health, and whether it can be shown");
  noun.verb<ListArgs>("list", "the newest decisions, each with its transaction", declare_list, list);
  noun.verb<OneArgs>("get", "what the monitor states about the decisions of a transaction", declare_one, get);
  noun.verb<ExportArgs>("export", "write everything that shows a decision to one file", declare_export, export_bundle);
  noun.verb<ReplayArgs>("replay", "judge the decisions of a span again by what the monitor recorded", declare_replay,
                        replay);
  noun.verb<VerifyArgs>("verify", "check a decision step by step: signature, log, minutes, judgement", declare_verify,
                        verify);
}

}  // namespace dz::cli
