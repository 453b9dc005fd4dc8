// apply and export: the network as a file.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "apps/cli/network/ledger_entries.h"
#include "apps/cli/network/network_writer.h"
#include "apps/cli/ui/context.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t kLargestFile = 256U << 20U;

struct ApplyArgs {
  std::string file;
  bool dry_run = false;
  OutputArgs output;
};
void declare_apply(Options& options, ApplyArgs& args) {
  options.text("-f,--file", args.file, "the network as TOML or JSON; '-' reads standard input").required();
  options.flag("--dry-run", args.dry_run, "only say what would be written; needs no key");
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
Result<void> refuse_mistakes(Context& context, const std::string& file, const Complaints& complaints) {
  constexpr std::size_t kMostShown = 50;
  if (complaints.empty()) return {};
  for (std::size_t i = 0; i < std::min(kMostShown, complaints.size()); ++i) warn(context, "{}", complaints[i]);
  return wrong_usage(context, fmt::format("{}: {} {}; nothing was written", file, complaints.size(),
                                          complaints.size() == 1 ? "mistake" : "mistakes"));
}

Result<void> refuse_conflicts(Context& context, const NetworkPlan& plan) {
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

void say_stop(Context& context, const std::vector<Step>& steps, const Outcome& outcome) {
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

Outcome write_all(Context& context, NetworkWriter& writer, const std::vector<Step>& steps, const ApplyArgs& args) {
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

void print_outcome(Context& context, const NetworkPlan& plan, const Outcome& outcome, const ApplyArgs& args) {
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
Result<void> check_result(Context& context, const NetworkFile& file, PlanFor plan_for) {
  DZ_TRY_ASSIGN(const auto snapshot, read_again(context));
  DZ_TRY_ASSIGN(plan_for.topologies, fetch_topologies(context.ledger, context.settings.ids));
  const auto rest = plan_network(file, snapshot, plan_for);
  for (const auto& step : rest.steps) warn(context, "Not as the file says: {}", render_step(step));
  if (rest.steps.empty()) return {};
  return refused(
      "everything was written, and the ledger still has something else: somebody changed it meanwhile, or "
      "the ledger keeps it in a form of its own");
}

Result<void> apply(Context& context, const ApplyArgs& args) {
  const auto text = read_text(args.file);
  if (!text) return wrong_usage(context, text.error().message);
  const auto key = load_key(context);
  const auto signer = key ? std::optional(key->pubkey()) : std::nullopt;
  const auto read = read_network_file(args.file, *text, signer);
  DZ_TRY(refuse_mistakes(context, args.file, read.complaints));
  DZ_TRY_ASSIGN(const auto snapshot, read_ledger(context));
  DZ_TRY(writable_profile(snapshot));
  PlanFor plan_for{args.file, signer};
  DZ_TRY_ASSIGN(plan_for.topologies, fetch_topologies(context.ledger, context.settings.ids));
  const auto plan = plan_network(read.file, snapshot, plan_for);
  DZ_TRY(refuse_mistakes(context, args.file, plan.complaints));
  if (!wants_json(args.output)) context.out(render_plan(plan));
  DZ_TRY(refuse_conflicts(context, plan));
  Outcome outcome;
  if (args.dry_run || plan.steps.empty()) {
    print_outcome(context, plan, outcome, args);
    if (!plan.steps.empty()) warn(context, "Nothing was written (--dry-run).");
    return {};
  }
  if (!key) return tl::unexpected(key.error());
  DZ_TRY_ASSIGN(auto session, open_session(context));
  NetworkWriter writer(context, read.file, std::move(session));
  outcome = write_all(context, writer, plan.steps, args);
  print_outcome(context, plan, outcome, args);
  if (outcome.error) return tl::unexpected(*outcome.error);
  return check_result(context, read.file, plan_for);
}

struct ExportArgs {
  NetworkFormat format = NetworkFormat::Toml;
  std::optional<std::string> path;
};
Result<NetworkFormat> parse_format(std::string_view text) {
  if (text == "toml") return NetworkFormat::Toml;
  if (text == "json") return NetworkFormat::Json;
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
  DZ_TRY_ASSIGN(const auto topologies, fetch_topologies(context.ledger, context.settings.ids));
  const auto network = network_of(snapshot, topologies);
  const auto text = render_network_file(network.file, args.format);
  DZ_TRY(put_out(context, args, text));
  for (const auto& one : network.left_out) warn(context, "Left out: {}.", one);
  const auto again = read_network_file("export", text, std::nullopt);
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
