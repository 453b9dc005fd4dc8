#include "proof.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "attest/bundle.h"
#include "client/key_file.h"
#include "client/snapshot.h"
#include "net/http_client.h"
#include "transparency/checkpoint.h"

namespace dz::demo {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr Duration kCosignedWithin = 60s, kBuiltWithin = 5min;
constexpr std::size_t kMostDecisions = 1000;  // of a page of the API; the demo makes some 50

struct Decision {
  std::string signature, pubkey, code, to;
  std::int64_t statement = 0;
};

// What the steps of the scene leave for the next ones.
struct Proof {
  std::vector<Decision> decisions;
  std::vector<std::string> bundles;  // files, one a decision
  std::string tampered;              // a file
  std::optional<stores::Child> go_build;
  std::string go_missing;  // why the Go program cannot run here; empty: it can
};

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

Result<std::string> get(const std::string& url) {
  net::HttpClient http({.timeout = 10s});
  DZ_TRY_ASSIGN(auto answer, http.get(url, {}));
  if (answer.status != 200) return refused(fmt::format("{}: HTTP {}: {}", url, answer.status, answer.body));
  return std::move(answer.body);
}

Result<std::vector<Decision>> decisions_of(const Daemons& daemons) {
  DZ_TRY_ASSIGN(const auto body,
                get(fmt::format("{}/api/v1/decisions?limit={}", daemons.monitor_url(), kMostDecisions)));
  boost::system::error_code error;
  const auto answer = json::parse(body, error);
  const auto* list = error || !answer.is_object() ? nullptr : answer.get_object().if_contains("decisions");
  if (list == nullptr || !list->is_array())
    return corrupt("expected a list of decisions, found " + body.substr(0, 200));
  std::vector<Decision> decisions;
  for (const auto& item : list->get_array()) {
    const auto& one = item.as_object();
    const auto* statement = one.if_contains("statement");
    if (statement == nullptr || !statement->is_int64())
      return refused(fmt::format("the decision {} has no statement", json::serialize(item)));
    decisions.push_back({text_of(one, "signature"), text_of(one, "pubkey"), text_of(one, "code"), text_of(one, "to"),
                         statement->get_int64()});
  }
  return decisions;
}

// Of the last checkpoint that is shown: whether the witness cosigned it, and all statements are under it.
std::string not_cosigned(const Daemons& daemons, const std::string& witness) {
  const auto decisions = decisions_of(daemons);
  if (!decisions) return decisions.error().message;
  const auto checkpoint = get(daemons.monitor_url() + "/log/checkpoint");
  if (!checkpoint) return checkpoint.error().message;
  const auto note = transparency::parse_note(*checkpoint);
  if (!note) return note.error().message;
  const auto shown = transparency::parse_checkpoint(note->text);
  if (!shown) return shown.error().message;
  const auto size = static_cast<std::int64_t>(shown->head.size);
  const auto above = std::count_if(decisions->begin(), decisions->end(),
                                   [&](const Decision& decision) { return decision.statement >= size; });
  if (above > 0) return fmt::format("{} decisions are not under the checkpoint yet", above);
  const auto key = transparency::parse_note_key(witness);
  const auto signed_by = key ? find_signature(*note, *key) : Result<std::optional<transparency::KnownSignature>>();
  return signed_by && *signed_by ? "" : "the checkpoint without the cosignature of the witness";
}

std::string shown(const std::vector<std::string>& arguments) {
  std::string text = "$ doublezero";
  for (const auto& one : arguments) text += " " + one;
  return text;
}

// Runs it, and refuses another exit code.
Result<std::string> run_cli(const Daemons& daemons, const std::vector<std::string>& arguments, int exit_code) {
  auto argv = daemons.cli("contributor-alder");
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  DZ_TRY_ASSIGN(const auto done, stores::run_command(argv));
  if (done.exit_code == exit_code) return done.text;
  return refused(
      fmt::format("{}: exit code {} instead of {}: {}", shown(arguments), done.exit_code, exit_code, done.text));
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

// Each transaction once: one that made several decisions true is verified as a whole.
Result<std::string> verify_all(const Daemons& daemons, Proof& proof) {
  DZ_TRY_ASSIGN(proof.decisions, decisions_of(daemons));
  std::map<std::string, std::size_t> transactions;
  for (const auto& decision : proof.decisions) ++transactions[decision.signature];
  const auto raises = [&](const std::string& signature) {
    return std::any_of(proof.decisions.begin(), proof.decisions.end(), [&](const Decision& decision) {
      return decision.signature == signature && decision.to == "healthy";
    });
  };
  std::string example;
  for (const auto& [signature, count] : transactions) {
    const std::vector<std::string> arguments{"decision",
                                             "verify",
                                             signature,
                                             "--monitor-key",
                                             to_text(daemons.monitor_key()),
                                             "--witness",
                                             daemons.witness_key(),
                                             "--require-quorum",
                                             "2",
                                             "--judge-key",
                                             daemons.judge_keys()};
    DZ_TRY_ASSIGN(const auto said, run_cli(daemons, arguments, 0));
    if (const auto verified = count_of(said, "\nVerified."); verified != count)
      return refused(fmt::format("{}: expected {} times Verified, found: {}", shown(arguments), count, said));
    if (count == 1 && raises(signature)) example = shown(arguments) + "\n" + said;
  }
  return fmt::format(
      "{}all {} decisions of the demo, in {} transactions: verified, held by as many judges as each "
      "needs, under a checkpoint that the witness cosigned",
      example, proof.decisions.size(), transactions.size());
}

Result<std::string> export_all(const Daemons& daemons, Proof& proof) {
  const auto folder = daemons.place().data + "/bundles";
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  for (const auto& decision : proof.decisions) {
    const auto file = fmt::format("{}/{}.bundle", folder, decision.statement);
    DZ_TRY(
        run_cli(daemons, {"decision", "export", decision.signature, "--record", decision.pubkey, "--file", file}, 0));
    proof.bundles.push_back(file);
  }
  return fmt::format("{} bundles in {}: each verifies without a network", proof.bundles.size(), folder);
}

// One bit of one minute of evidence of the first decision that has some.
Result<std::string> tamper(const Daemons& daemons, Proof& proof) {
  for (const auto& file : proof.bundles) {
    DZ_TRY_ASSIGN(const auto text, client::read_small_file(file, attest::kMostBundle));
    DZ_TRY_ASSIGN(auto bundle, attest::decode_bundle(text));
    if (bundle.minutes.empty()) continue;
    auto& leaf = bundle.minutes.front();
    leaf[leaf.size() / 2] ^= 1U;
    proof.tampered = daemons.place().data + "/tampered.bundle";
    DZ_TRY(client::write_file_atomically(proof.tampered, encode(bundle), 0644));
    const std::vector<std::string> arguments{"decision", "verify", "--bundle", proof.tampered};
    DZ_TRY_ASSIGN(const auto said, run_cli(daemons, arguments, 1));
    if (said.find("NOT verified: minutes differs.") == std::string::npos)
      return refused("expected the minutes to be named, found: " + said);
    return fmt::format("one bit of its minutes flipped:\n{}\n{}", shown(arguments), said);
  }
  return refused("expected a decision with minutes, found none");
}

std::vector<std::string> go(const std::vector<std::string>& arguments) {
  std::vector<std::string> argv{"/usr/bin/env", "GOTOOLCHAIN=local", "GOPROXY=off", "GOFLAGS=-mod=readonly", "go"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

std::string go_program(const Daemons& daemons) { return daemons.place().data + "/go-verifier"; }

Result<std::string> begin_go(const Daemons& daemons, const std::string& folder, Proof& proof) {
  const auto version = stores::run_command(go({"version"}));
  if (!version || version->exit_code != 0) {
    proof.go_missing = "go is not installed";
  } else if (!std::filesystem::exists(folder + "/go.mod")) {
    proof.go_missing = "there is no " + folder + ": start the demo from the folder of the sources";
  } else {
    const auto log = daemons.place().data + "/go-build.log";
    DZ_TRY_ASSIGN(auto build,
                  stores::Child::start("go build", go({"build", "-C", folder, "-o", go_program(daemons), "."}), log));
    proof.go_build.emplace(std::move(build));
    return "building the verifier in Go: " + folder;
  }
  return "the verifier in Go is left out: " + proof.go_missing;
}

std::string not_built(Proof& proof) {
  return proof.go_build && proof.go_build->running() ? "the Go compiler is at work" : "";
}

Result<std::string> ask_go(const Daemons& daemons, Proof& proof) {
  if (!proof.go_build) return "the verifier in Go was not asked: " + proof.go_missing;
  if (!std::filesystem::exists(go_program(daemons)))
    return refused("go build: " + stores::last_lines(proof.go_build->log_path(), 5));
  std::vector<std::string> argv{go_program(daemons)};
  argv.insert(argv.end(), proof.bundles.begin(), proof.bundles.end());
  DZ_TRY_ASSIGN(const auto all, stores::run_command(argv));
  if (const auto verified = count_of(all.text, ": verified\n"); all.exit_code != 0 || verified != proof.bundles.size())
    return refused(fmt::format("expected {} bundles verified, found: {}", proof.bundles.size(), all.text));
  DZ_TRY_ASSIGN(const auto tampered, stores::run_command({go_program(daemons), proof.tampered}));
  if (tampered.exit_code != 1) return refused("expected the tampered bundle to be refused, found: " + tampered.text);
  return fmt::format("the verifier in Go agrees on all {} bundles; {}", proof.bundles.size(), tampered.text);
}

}  // namespace

Scene proof_scene(Daemons& daemons, const std::string& go_verifier) {
  const auto proof = std::make_shared<Proof>();
  const auto act = [&](const char* expected, auto work) {
    return Act{expected, [&daemons, proof, work] { return work(daemons, *proof); }};
  };
  const auto begin = [go_verifier](const Daemons& place, Proof& to) { return begin_go(place, go_verifier, to); };
  return {"every decision is verified by strangers; a bundle with one flipped bit is not",
          {Reach{.expected = "the witness has cosigned the whole log",
                 .check = [&daemons](const NetworkView&) { return not_cosigned(daemons, daemons.witness_key()); },
                 .within = kCosignedWithin},
           act("every decision verifies", verify_all), act("every decision is exported", export_all),
           act("the flipped bit is found", tamper), act("the Go program is built", begin),
           Reach{.expected = "the Go program is built",
                 .check = [proof](const NetworkView&) { return not_built(*proof); },
                 .within = kBuiltWithin},
           act("the Go program agrees", ask_go)}};
}

}  // namespace dz::demo
