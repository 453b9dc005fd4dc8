#include "apps/monitor/witness_door.h"

#include "apps/witness/pages.h"
#include "client/key_file.h"
#include "service/metrics.h"

namespace dz::monitor_main {

Result<std::unique_ptr<WitnessDoor>> WitnessDoor::open(const monitor::MonitorSettings& settings, service::LogSink log) {
  if (settings.witness_of.empty()) return std::unique_ptr<WitnessDoor>();
  DZ_TRY_ASSIGN(auto logs, transparency::parse_log_keys(settings.witness_of));
  DZ_TRY_ASSIGN(auto key, client::read_key_file(settings.witness_keypair,
                                                client::secret_rules_of_process(settings.allow_readable_secrets)));
  DZ_TRY_ASSIGN(auto database, storage::SqliteDatabase::open(settings.store_path + "-witness"));
  std::unique_ptr<WitnessDoor> door(new WitnessDoor(std::move(database), std::move(log)));
  DZ_TRY_ASSIGN(auto witness,
                transparency::Witness::open(door->database_, settings.witness_name, std::move(key), std::move(logs)));
  door->witness_.emplace(std::move(witness));
  door->log_(service::LogLevel::Info, "witness", {{"verifier", to_text(door->witness_->verifier())}});
  door->tell_conflicts();
  return door;
}

std::optional<net::HttpResponse> WitnessDoor::answer(const net::HttpRequest& request, Timestamp now) {
  const bool is_question = request.path == "/add-checkpoint";
  if (!is_question && request.path != "/checkpoints") return std::nullopt;
  if (request.body.size() > witness::kMostRequest) return net::error_response(413, "expected a checkpoint, found more");
  auto response = witness::answer_witness_request(*witness_, request, now);
  if (is_question && response.status != 200) tell_conflicts();
  return response;
}

net::Answer WitnessDoor::with_conflicts(net::Answer done, const net::HttpRequest& request) const {
  if (request.path != "/metrics") return done;
  return [done = std::move(done), count = conflicts_](net::HttpResponse answer) {
    service::MetricsPage page("doublezero_monitor_");
    page.gauge("witness_conflicts", "Proofs that a log it watches over signed two checkpoints that contradict.",
               static_cast<double>(count));
    if (answer.status == 200) answer.body += page.render();
    done(std::move(answer));
  };
}

// The alarm that a witness is for.
void WitnessDoor::tell_conflicts() {
  const auto conflicts = witness_->conflicts();
  if (!conflicts) return;
  for (auto i = conflicts_; i < conflicts->size(); ++i) {
    const auto& one = (*conflicts)[i];
    log_(service::LogLevel::Error, "log_conflict", {{"log", one.origin}, {"reason", one.reason}});
  }
  conflicts_ = conflicts->size();
}

}  // namespace dz::monitor_main
