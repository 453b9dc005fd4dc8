#include "apps/cli/ui/compared_minutes.h"

#include <algorithm>
#include <memory>

#include <boost/json.hpp>

#include "base/shown_url.h"
#include "domain/interface_name.h"
#include "net/http_client.h"
#include "telemetry/sample_reader.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

using evidence::MinuteState;
using evidence::Signal;
using evidence::SubjectKind;

constexpr std::size_t kMostShown = 200;  // lines

bool is_port(const attest::MinutesLeaf& leaf) { return leaf.subject.kind == SubjectKind::Interface; }

// Whether a store of this kind has the rows behind a leaf.
bool is_told(const attest::MinutesLeaf& leaf, telemetry::StoreKind kind) {
  if (!leaf.signal) return false;
  if (is_port(leaf) || leaf.subject.kind == SubjectKind::Reporting)
    return telemetry::serves(kind, telemetry::StoreSubject::Counters);
  return leaf.subject.kind == SubjectKind::ConfigAgent && telemetry::serves(kind, telemetry::StoreSubject::ConfigAgent);
}

std::string name_of(const attest::MinutesLeaf& leaf) {
  return leaf.signal ? fmt::format("{} ({})", leaf.criterion, to_text(*leaf.signal)) : leaf.criterion;
}

void add_interface(const attest::MinutesLeaf& leaf, telemetry::DerivedSpan& span) {
  span.interfaces.push_back({leaf.subject.key, leaf.subject.name});
  span.interfaces.push_back({leaf.subject.key, interface_key(parent_port(leaf.subject.name))});
}

// Minutes that the source cannot tell are no difference where `silent` is set: a first reading of samples covers what
// it covers.
void compare(const attest::MinutesLeaf& leaf, const evidence::MinuteSeries& found, bool silent, Comparison& all) {
  for (std::size_t i = 0; i < leaf.states.size(); ++i) {
    const auto state = found.states[i];
    if (silent && state == MinuteState::Unobserved) continue;
    ++all.compared;
    if (state == leaf.states[i]) continue;
    all.different.push_back({leaf.criterion, evidence::to_text(leaf.subject), std::string(to_text(*leaf.signal)),
                             leaf.from + std::chrono::minutes{i}, leaf.states[i], state, found.counters[i]});
  }
}

std::string found_text(const Comparison::Different& d) {
  const auto counters = evidence::counters_text(d.counters);
  return counters.empty() ? std::string(to_text(d.found)) : fmt::format("{} ({})", to_text(d.found), counters);
}

}  // namespace

Result<RawSource> parse_raw_source(std::string_view text) {
  RawSource source;
  if (text == "ledger") {
    source.ledger = true;
    return source;
  }
  const auto equals = text.find('=');
  const auto kind = telemetry::parse_store_kind(text.substr(0, equals));
  const auto url = equals == text.npos ? std::string_view() : text.substr(equals + 1);
  if (!kind || !(url.starts_with("http://") || url.starts_with("https://")))
    return refused("expected 'ledger', or influxdb=URL, clickhouse=URL or prometheus=URL, found something else");
  source.store.name = std::string(to_text(*kind));
  source.store.kind = *kind;
  source.store.url = std::string(url);
  return source;
}

Result<void> check_raw_source(const RawSource& source) {
  const auto& s = source.store;
  if (source.ledger) return {};
  if (s.kind != telemetry::StoreKind::Prometheus && s.database.empty())
    return refused(fmt::format("expected --database NAME of the {}, found none", s.name));
  const bool has_secret = !s.token.empty() || !s.password.empty();
  if (has_secret && s.url.starts_with("http://") && !is_of_this_machine(s.url))
    return refused(
        fmt::format("{}: expected https, for credentials would cross the network in clear", shown_url(s.url)));
  return {};
}

Result<Comparison> compare_with_store(const std::vector<attest::MinutesLeaf>& leaves, const RawSource& source,
                                      const telemetry::AskForRows& ask) {
  Comparison all;
  telemetry::DerivedSpan span{Minute::max(), Minute::min()};
  for (const auto& leaf : leaves) {
    if (!is_told(leaf, source.store.kind)) {
      all.left_out.push_back(name_of(leaf));
      continue;
    }
    span.from = std::min(span.from, leaf.from);
    span.to = std::max(span.to, leaf.to);
    (leaf.subject.kind == SubjectKind::ConfigAgent ? span.config_agent : span.counters) = true;
    span.events |= evidence::is_of_events(*leaf.signal);
    if (is_port(leaf)) add_interface(leaf, span);
  }
  if (!span.counters && !span.config_agent)
    return refused(fmt::format("the decision rests on nothing that a {} has", source.store.name));
  std::sort(span.interfaces.begin(), span.interfaces.end());
  span.interfaces.erase(std::unique(span.interfaces.begin(), span.interfaces.end()), span.interfaces.end());
  DZ_TRY_ASSIGN(const auto derived, derive_minutes(span, ask));
  if (!derived.has_counters && !derived.has_config_agent) {
    return refused(
        fmt::format("expected rows from {} to {} in the {}, found none of any device; look whether URL and "
                    "--database name the store that the devices write to, and how long it keeps them",
                    dz::to_text(Timestamp{span.from}), dz::to_text(Timestamp{span.to}), source.store.name));
  }
  for (const auto& leaf : leaves) {
    if (!is_told(leaf, source.store.kind)) continue;
    const bool has_rows =
        leaf.subject.kind == SubjectKind::ConfigAgent ? derived.has_config_agent : derived.has_counters;
    if (!has_rows) {
      all.left_out.push_back(name_of(leaf));
      continue;
    }
    const auto& found = derived.evidence;
    compare(leaf,
            is_port(leaf) ? found.series(found.find_interface(leaf.subject.key, leaf.subject.name), *leaf.signal,
                                         leaf.from, leaf.to)
                          : found.series(found.find_device(leaf.subject.key), *leaf.signal, leaf.from, leaf.to),
            false, all);
  }
  return all;
}

Result<Comparison> compare_with_samples(const std::vector<attest::MinutesLeaf>& leaves, client::LedgerClient& ledger,
                                        const Pubkey& telemetry_program, Timestamp now) {
  Comparison all;
  evidence::Evidence derived;
  DZ_TRY_ASSIGN(const auto read, telemetry::SampleReader(ledger, telemetry_program).read(derived));
  derived.observe_samples(now, read.reads);
  bool any = false;
  for (const auto& leaf : leaves) {
    if (leaf.signal == Signal::Probes) {
      compare(leaf, derived.series(derived.find_direction(leaf.subject.key, leaf.subject.origin), leaf.from, leaf.to),
              true, all);
    } else if (leaf.signal == Signal::TelemetryAgent) {
      compare(leaf, derived.series(derived.find_device(leaf.subject.key), Signal::TelemetryAgent, leaf.from, leaf.to),
              true, all);
    } else {
      all.left_out.push_back(name_of(leaf));
      continue;
    }
    any = true;
  }
  if (!any) return refused("the decision rests on no latency samples of the ledger");
  return all;
}

telemetry::AskForRows ask_over_http(const telemetry::StoreSettings& store) {
  net::ClientOptions options;
  options.timeout = std::chrono::minutes{1};
  const auto client = std::make_shared<net::HttpClient>(std::move(options));
  return [client, store](const telemetry::StoreQuestion& question) -> Result<telemetry::StoreRows> {
    DZ_TRY_ASSIGN(const auto request, render_question(store, question));
    auto answer = request.method == "GET" ? client->get(request.url, request.headers)
                                          : client->post(request.url, request.body, request.headers);
    if (!answer) return with_context(shown_url(store.url), std::move(answer).error());
    auto rows = read_answer(store, question, {answer->status, std::move(answer->body)});
    if (!rows) return with_context(shown_url(store.url), std::move(rows).error());
    return rows;
  };
}

std::string render_comparison(const Comparison& all) {
  std::string text;
  for (const auto& d : all.different) {
    if (&d - all.different.data() == kMostShown) {
      text += fmt::format("  and {} more; --json has them all\n", all.different.size() - kMostShown);
      break;
    }
    text += fmt::format("  {}  {:22} {}: the monitor claims {}, the source gives {}\n",
                        dz::to_text(Timestamp{d.minute}), d.criterion, d.signal, to_text(d.claimed), found_text(d));
  }
  for (const auto& name : all.left_out) text += fmt::format("  not compared: {}\n", name);
  return text + fmt::format("{} of {} minutes differ.\n", all.different.size(), all.compared);
}

json::value to_json(const Comparison& all) {
  json::array minutes, not_compared;
  for (const auto& d : all.different) {
    minutes.push_back(json::object{{"criterion", d.criterion},
                                   {"subject", d.subject},
                                   {"signal", d.signal},
                                   {"minute", dz::to_text(Timestamp{d.minute})},
                                   {"claimed", to_text(d.claimed)},
                                   {"found", to_text(d.found)},
                                   {"counters", evidence::counters_text(d.counters)}});
  }
  for (const auto& name : all.left_out) not_compared.emplace_back(name);
  return json::object{{"compared", all.compared},
                      {"count", minutes.size()},
                      {"minutes", std::move(minutes)},
                      {"not_compared", std::move(not_compared)}};
}

}  // namespace dz::cli
