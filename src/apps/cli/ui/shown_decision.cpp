#include "apps/cli/ui/shown_decision.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/json.hpp>

#include "apps/cli/ui/lifecycle_text.h"
#include "apps/cli/ui/monitor_api.h"
#include "base/base64.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

// The indexes that the monitor gives its statements of the transaction, with their bytes.
struct Listed {
  std::int64_t index = 0;
  Bytes bytes;
};
Result<std::vector<Listed>> listed(Context& context, const wire::Signature& transaction) {
  DZ_TRY_ASSIGN(const auto answer, ask_at_monitor(context, "/api/v1/statements?transaction=" + to_text(transaction)));
  const auto other = [] { return corrupt("expected a list of statements from the monitor, found something else"); };
  const auto* object = answer.if_object();
  const auto* list = object != nullptr ? object->if_contains("statements") : nullptr;
  if (list == nullptr || !list->is_array()) return other();
  std::vector<Listed> all;
  for (const auto& one : list->get_array()) {
    const auto* members = one.if_object();
    const auto* index = members != nullptr ? members->if_contains("index") : nullptr;
    auto bytes = decode_base64(text_of(one, "statement"));
    if (index == nullptr || !index->is_int64() || !bytes) return other();
    all.push_back({index->get_int64(), std::move(*bytes)});
  }
  if (all.empty())
    return not_found(
        fmt::format("the monitor states nothing about transaction {}: is it one that wrote health, and does "
                    "--monitor-url name the monitor that sent it?",
                    to_text(transaction)));
  return all;
}

Result<client::ConfirmedTransaction> transaction_of(Context& context, const wire::Signature& signature) {
  DZ_TRY_ASSIGN(auto found, context.ledger.get_transaction(signature));
  if (!found)
    return not_found(
        fmt::format("the ledger has no transaction {}: it was never confirmed, or its node keeps it no "
                    "longer; ask a node that keeps all of them",
                    to_text(signature)));
  return std::move(*found);
}

std::string minute_text(Minute minute) { return to_text(Timestamp{minute}); }
std::string minute_text(const std::optional<Minute>& minute) { return minute ? minute_text(*minute) : "never"; }

}  // namespace

Result<std::vector<attest::Statement>> statements_of(Context& context, const wire::Signature& transaction) {
  DZ_TRY_ASSIGN(const auto all, listed(context, transaction));
  std::vector<attest::Statement> statements;
  for (const auto& one : all) {
    DZ_TRY_ASSIGN(auto statement, attest::decode_statement(one.bytes));
    statements.push_back(std::move(statement));
  }
  return statements;
}

Result<attest::Bundle> bundle_at(Context& context, std::int64_t index) {
  DZ_TRY_ASSIGN(const auto answer, ask_at_monitor(context, fmt::format("/api/v1/statements/{}?bundle=1", index)));
  const auto* object = answer.if_object();
  const auto* bundle = object != nullptr ? object->if_contains("bundle") : nullptr;
  if (bundle == nullptr) return corrupt("expected a bundle from the monitor, found none: is it of this version?");
  return attest::decode_bundle(json::serialize(*bundle) + "\n");
}

Result<attest::Bundle> fetch_bundle(Context& context, const wire::Signature& transaction, std::size_t which) {
  DZ_TRY_ASSIGN(const auto all, listed(context, transaction));
  if (which >= all.size())
    return not_found(fmt::format("expected one of {} statements, found number {}", all.size(), which + 1));
  DZ_TRY_ASSIGN(auto read, bundle_at(context, all[which].index));
  DZ_TRY_ASSIGN(auto sent, transaction_of(context, transaction));
  read.transaction = std::move(sent.bytes);
  return read;
}

Result<std::string> read_bundle_file(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return not_found(fmt::format("{}: expected a bundle, found: {}", path, error.message()));
  if (size > attest::kMostBundle)
    return refused(fmt::format("{}: expected a bundle of at most {} bytes, found {}", path, attest::kMostBundle, size));
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return not_found(fmt::format("{}: cannot be read", path));
  return std::move(text).str();
}

Result<void> write_bundle_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return {};
  return refused(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

Result<attest::Landed> fetch_landed(Context& context, const wire::Signature& signature) {
  DZ_TRY_ASSIGN(const auto found, transaction_of(context, signature));
  return attest::Landed{found.slot, found.failed, found.block_time};
}

std::string render_steps(const attest::Verification& verification) {
  std::string text;
  for (const auto& step : verification.steps) {
    text += fmt::format("{} {:12} {}\n", step.holds ? "✓" : "✗", step.part, step.says);
  }
  return text;
}

json::value to_json(const attest::Verification& verification) {
  json::array steps;
  for (const auto& step : verification.steps)
    steps.push_back(json::object{{"part", step.part}, {"holds", step.holds}, {"says", step.says}});
  json::object object{{"verified", verification.holds()}, {"steps", std::move(steps)}};
  if (verification.decision) object["decision"] = to_json(*verification.decision);
  return object;
}

json::value to_json(const attest::Statement& s) {
  json::array findings, sources, opinions;
  for (const auto& source : s.sources) {
    sources.push_back(
        json::object{{"source", source.name},
                     {"watermark", source.watermark ? json::value(minute_text(*source.watermark)) : json::value()},
                     {"disputed", source.disputed}});
  }
  for (const auto& c : s.criteria) {
    json::object one{
        {"id", c.name}, {"mode", to_text(c.mode)}, {"judgement", to_text(c.judgement)}, {"gates", c.gates}};
    if (c.counts) {
      one["minutes"] = json::object{{"from", minute_text(c.counts->from)},
                                    {"to", minute_text(c.counts->to)},
                                    {"good", c.counts->good},
                                    {"bad", c.counts->bad},
                                    {"unobserved", c.counts->unobserved}};
    }
    findings.push_back(std::move(one));
  }
  for (const auto& opinion : s.opinions) {
    opinions.push_back(json::object{{"key", to_text(opinion.key)},
                                    {"window_end", to_text(Timestamp{opinion.window_end})},
                                    {"at", to_text(opinion.made_at)}});
  }
  return json::object{{"kind", to_text(s.kind)},
                      {"pubkey", to_text(s.record)},
                      {"monitor", to_text(s.monitor)},
                      {"at", to_text(s.at)},
                      {"status", to_text(s.status)},
                      {"desired_status", to_text(s.desired_status)},
                      {"from", to_text(s.from)},
                      {"to", to_text(s.to)},
                      {"reason", to_text(s.reason)},
                      {"reset", s.reset},
                      {"policy", fmt::format("{:02x}", fmt::join(s.policy, ""))},
                      {"opinions", std::move(opinions)},
                      {"sources", std::move(sources)},
                      {"findings", std::move(findings)}};
}

std::string render_statement(const attest::Statement& s) {
  auto text = fmt::format("{} {}: {} to {} ({})\n", to_text(s.kind), to_text(s.record), to_text(s.from), to_text(s.to),
                          to_text(s.reason));
  text += fmt::format("  judged at {} by {}, when it was {}, desired {}\n", to_text(s.at), to_text(s.monitor),
                      to_text(s.status), to_text(s.desired_status));
  if (s.reset) return text + "  a reset, which rests on no evidence\n";
  for (const auto& source : s.sources)
    text += fmt::format("  {:15} complete through {}\n", source.name, minute_text(source.watermark));
  for (const auto& c : s.criteria) {
    if (c.mode == verdict::Mode::Off) continue;
    text += fmt::format("  {:22} {:14}", c.name, to_text(c.judgement));
    if (c.counts)
      text += fmt::format(" {} good, {} bad, {} unobserved", c.counts->good, c.counts->bad, c.counts->unobserved);
    text += c.gates ? "\n" : " (shown, gates nothing)\n";
  }
  return text;
}

}  // namespace dz::cli
