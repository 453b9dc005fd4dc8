// apply and export: the network as a file.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "apps/cli/ui/context.h"
#include "apps/cli/ui/drain_holders.h"
#include "apps/cli/ui/lifecycle_text.h"
#include "apps/cli/ui/waiting.h"
#include "apps/cli/verbs/verbs.h"
#include "network/ledger_entries.h"
#include "network/network_writer.h"
#include "network/who_writes.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t kLargestFile = 256U << 20U;

struct ApplyArgs {
  std::string file;
  bool dry_run = false;
  WaitArgs wait;
  OutputArgs output;
};
void declare_apply(Options& options, ApplyArgs& args) {
  options.text("-f,--file", args.file, "the network as TOML or JSON; '-' reads standard input").file().required();
  options.flag("--dry-run", args.dry_run, "only say what would be written; needs no key");
  options.flag("-w,--wait", args.wait.wait,
               "wait until your devices and links of the file have the status asked for; progress goes to stderr");
  options.parsed("--timeout", args.wait.timeout, "how long --wait waits for all of them (60s)", parse_duration);
  declare_output(options, args.output);
}

Result<std::string> read_text(const std::string& path) {
  std::ifstream in(path == "-" ? "/dev/stdin" : path, std::ios::binary);
  std::string text;
  for (char part[1U << 16U]; in && text.size() <= kLargestFile;) {
    in.read(part, sizeof part);
    text.append(part, static_cast<std::size_t>(in.gcount()));
  }
  if (text.size() > kLargestFile) return refused(fmt::format("{}: expected at most {} bytes", path, kLargestFile));
  if (in.bad() || !in.eof()) return not_found(fmt::format("{}: expected a file that can be read", path));
  return text;
}

// Tells each mistake; one error stands for all of them.
Result<void> refuse_mistakes(Context& context, const std::string& file, const network::Complaints& complaints) {
  constexpr std::size_t kMostShown = 50;
  if (complaints.empty()) return {};
  for (std::size_t i = 0; i < std::min(kMostShown, complaints.size()); ++i) warn(context, "{}", complaints[i]);
  return wrong_usage(context, fmt::format("{}: {} {}; nothing was written", file, complaints.size(),
                                          complaints.size() == 1 ? "mistake" : "mistakes"));
}

Result<void> refuse_conflicts(Context& context, const network::NetworkPlan& plan) {
  if (plan.conflicts.empty()) return {};
  for (const auto& conflict : plan.conflicts) warn(context, "{}", conflict);
  return refused(fmt::format("the ledger cannot become what the file says, for {} {}; nothing was written",
                             plan.conflicts.size(), plan.conflicts.size() == 1 ? "reason" : "reasons"));
}

// What came of the steps.
struct Outcome {
  std::vector<client::Written> done;
  std::optional<Error> error;  // of the step after those
};

void say_stop(Context& context, const std::vector<network::Step>& steps, const Outcome& outcome) {
  constexpr std::size_t kMostNamed = 20;
  const auto left = steps.size() - outcome.done.size();
  std::string names;
  for (std::size_t i = outcome.done.size(); i < steps.size() && i < outcome.done.size() + kMostNamed; ++i) {
    names += (names.empty() ? "" : "; ") + steps[i].name;
  }
  if (left > kMostNamed) names += fmt::format("; and {} more", left - kMostNamed);
  warn(context, "Stopped: {} of {} steps are done, {} {} not: {}.", outcome.done.size(), steps.size(), left,
       left == 1 ? "is" : "are", names);
  if (outcome.error->kind == ErrorKind::Retry) {
    warn(context, "Whether the first of these was done is not known: the ledger did not say.");
  }
  warn(context, "Once the cause is mended, the same command does what is left.");
}

Outcome write_all(Context& context, network::NetworkWriter& writer, const std::vector<network::Step>& steps,
                  const ApplyArgs& args) {
  Outcome outcome;
  const auto& say = wants_json(args.output) ? context.err : context.out;
  for (const auto& step : steps) {
    const auto written = writer.write(step);
    if (!written) {
      outcome.error = with_context(step.name, written.error()).value();
      say_stop(context, steps, outcome);
      return outcome;
    }
    outcome.done.push_back(*written);
    say(fmt::format("[{}/{}] {} {} ({})\n", outcome.done.size(), steps.size(), step.name,
                    creates(step.kind) ? "created" : "changed", to_text(written->signature)));
  }
  return outcome;
}

void print_outcome(Context& context, const network::NetworkPlan& plan, const Outcome& outcome, const ApplyArgs& args) {
  if (!wants_json(args.output)) return;
  auto answer = to_json(plan);
  auto& steps = answer["steps"].get_array();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool done = i < outcome.done.size();
    steps[i].get_object()["signature"] = done ? json::value(to_text(outcome.done[i].signature)) : json::value();
  }
  answer["done"] = outcome.done.size();
  answer["error"] = outcome.error ? json::value(outcome.error->message) : json::value();
  print_json(context, answer, args.output);
}

// Whether the ledger now has all of it: what it keeps differently from what was written is told, not hidden.
Result<void> check_result(Context& context, const network::NetworkFile& file, network::PlanFor plan_for) {
  DZ_TRY_ASSIGN(const auto snapshot, read_again(context));
  DZ_TRY_ASSIGN(plan_for.topologies, client::fetch_topologies(context.ledger, context.settings.ids));
  const auto rest = network::plan_network(file, snapshot, plan_for);
  for (const auto& step : rest.steps) warn(context, "Not as the file says: {}", network::render_step(step));
  if (rest.steps.empty()) return {};
  return refused(
      "everything was written, and the ledger still has something else: somebody changed it meanwhile, or "
      "the ledger keeps it in a form of its own");
}

// The signer's own devices and links of the file, as the ledger has them, by name.
std::vector<std::pair<std::string, FindAgain>> own_records(const network::NetworkFile& file,
                                                           const client::Snapshot& snapshot,
                                                           const std::optional<Pubkey>& signer) {
  std::vector<std::pair<std::string, FindAgain>> own;
  const network::WhoWrites who(file, snapshot, signer);
  for (std::size_t i = 0; i < file.devices.size(); ++i) {
    const auto& code = file.devices[i].code;
    const auto found = client::find_record(snapshot.devices, "device", code);
    if (found && !who.else_than_signer(network::StepKind::ChangeDevice, i))
      own.emplace_back(fmt::format("device '{}'", code), find_device_again(found->key));
  }
  for (std::size_t i = 0; i < file.links.size(); ++i) {
    const auto& code = file.links[i].code;
    const auto found = client::find_record(snapshot.links, "link", code);
    if (found && !who.else_than_signer(network::StepKind::ChangeLink, i))
      own.emplace_back(fmt::format("link '{}'", code), find_link_again(found->key));
  }
  return own;
}

Result<void> wait_for_all(Context& context, const WaitArgs& wait, const network::NetworkFile& file,
                          const std::optional<Pubkey>& signer) {
  if (!wait.wait) return {};
  const auto end = context.clock.now() + wait.timeout.value_or(kDefaultWait);
  DZ_TRY_ASSIGN(const auto snapshot, read_again(context));
  for (const auto& [name, find] : own_records(file, snapshot, signer)) {
    const auto record = find(snapshot);
    if (!record) continue;
    const WaitArgs left{true, std::max(end - context.clock.now(), Duration{})};
    DZ_TRY(wait_for(context, left, find, status_for(record->state.desired_status), name));
  }
  return {};
}

Error without_yes(Error error, std::string_view noun, const std::string& code, std::string_view verb) {
  error.message +=
      fmt::format("\na file cannot say --yes: 'doublezero {} {} --code {} --yes' does it by itself", noun, verb, code);
  return error;
}

// What the verbs ask before they write intent.
network::IntentChecks intent_checks(Context& context, const Pubkey& signer) {
  network::IntentChecks checks;
  checks.device = [signer](const client::Snapshot& snapshot, const client::Found<Device>& device,
                           DesiredStatus desired) -> Result<void> {
    const lifecycle::LifecycleWrite write{std::nullopt, desired};
    const auto record = lifecycle_record(snapshot, device, signer);
    DZ_TRY(check_write(record, write));
    const auto to = status_after(write);
    const auto allowed = to ? check_users(record, *to, false) : Result<void>();
    if (!allowed) return tl::unexpected(without_yes(allowed.error(), "device", device.record->code, "drain"));
    return {};
  };
  checks.link = [&context, signer](const client::Snapshot& snapshot, const client::Found<Link>& link,
                                   DesiredStatus desired) -> Result<void> {
    const auto record = lifecycle_record(snapshot, link, signer);
    DZ_TRY(check_write(record, {std::nullopt, desired}));
    const auto allowed = desired == DesiredStatus::Activated
                             ? check_other_side(context.ledger, snapshot, signer, record, false)
                             : Result<void>();
    if (!allowed) return tl::unexpected(without_yes(allowed.error(), "link", link.record->code, "undrain"));
    return {};
  };
  return checks;
}

Result<void> apply(Context& context, const ApplyArgs& args) {
  const auto text = read_text(args.file);
  if (!text) return wrong_usage(context, text.error().message);
  const auto key = load_key(context);
  const auto signer = key ? std::optional(key->pubkey()) : std::nullopt;
  const auto read = network::read_network_file(args.file, *text, signer);
  DZ_TRY(refuse_mistakes(context, args.file, read.complaints));
  DZ_TRY_ASSIGN(const auto anchor, take_anchor(context));
  DZ_TRY_ASSIGN(auto snapshot, read_ledger(context));
  DZ_TRY(writable_profile(snapshot));
  network::PlanFor plan_for{args.file, signer};
  DZ_TRY_ASSIGN(plan_for.topologies, client::fetch_topologies(context.ledger, context.settings.ids));
  const auto plan = network::plan_network(read.file, snapshot, plan_for);
  DZ_TRY(refuse_mistakes(context, args.file, plan.complaints));
  if (!wants_json(args.output)) context.out(network::render_plan(plan));
  DZ_TRY(refuse_conflicts(context, plan));
  Outcome outcome;
  if (args.dry_run || plan.steps.empty()) {
    print_outcome(context, plan, outcome, args);
    if (!plan.steps.empty()) warn(context, "Nothing was written (--dry-run).");
    return args.dry_run ? Result<void>() : wait_for_all(context, args.wait, read.file, signer);
  }
  if (!key) return tl::unexpected(key.error());
  network::NetworkWriter writer({context.ledger, context.clock, context.settings.ids, context.settings.profile},
                                read.file, *key, {anchor, std::move(snapshot)}, intent_checks(context, *signer));
  outcome = write_all(context, writer, plan.steps, args);
  print_outcome(context, plan, outcome, args);
  if (outcome.error) return tl::unexpected(*outcome.error);
  DZ_TRY(check_result(context, read.file, plan_for));
  return wait_for_all(context, args.wait, read.file, signer);
}

struct ExportArgs {
  network::NetworkFormat format = network::NetworkFormat::Toml;
  std::optional<std::string> path;
};
Result<network::NetworkFormat> parse_format(std::string_view text) {
  if (text == "toml") return network::NetworkFormat::Toml;
  if (text == "json") return network::NetworkFormat::Json;
  return refused(fmt::format("expected toml or json, found '{}'", text));
}
void declare_export(Options& options, ExportArgs& args) {
  options.parsed("--format", args.format, "toml (the default) or json", parse_format);
  options.text("--path", args.path, "write it to this file (to standard output)").file();
}

// The network is one file, whatever a folder is named for.
Result<void> put_out(Context& context, const ExportArgs& args, const std::string& text) {
  if (!args.path) {
    context.out(text);
    return {};
  }
  if (std::filesystem::is_directory(*args.path)) {
    return refused(fmt::format("{} is a folder: the whole network is one file, name that", *args.path));
  }
  std::ofstream file(*args.path, std::ios::binary);
  file << text;
  file.close();
  if (file) return {};
  return refused(fmt::format("cannot write {}: {}", *args.path, std::strerror(errno)));
}

Result<void> write_network(Context& context, const ExportArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_ledger(context));
  if (!snapshot.global_state) return not_found("the program is not initialised: run 'doublezero init' first");
  DZ_TRY_ASSIGN(const auto topologies, client::fetch_topologies(context.ledger, context.settings.ids));
  const auto network = network::network_of(snapshot, topologies);
  const auto text = network::render_network_file(network.file, args.format);
  DZ_TRY(put_out(context, args, text));
  for (const auto& one : network.left_out) warn(context, "Left out: {}.", one);
  const auto again = network::read_network_file("export", text, std::nullopt);
  for (const auto& complaint : again.complaints) warn(context, "{}", complaint);
  if (!again.complaints.empty()) {
    return refused("the ledger has records that 'doublezero apply' would refuse: mend them there, and export again");
  }
  if (snapshot.undecodable.empty()) return {};
  return refused(
      fmt::format("the file is not whole: {} accounts of the ledger cannot be read", snapshot.undecodable.size()));
}

}  // namespace

void add_network(Commands& app) {
  app.verb<ApplyArgs>("apply", "bring the ledger to what a file says of the network", declare_apply, apply);
  app.verb<ExportArgs>("export", "the network of the ledger as such a file", declare_export, write_network);
}

}  // namespace dz::cli
