#include "service/daemon_figures.h"

#include "service/connection_limits.h"
#include "service/process_metrics.h"

namespace dz::service {

std::string render_daemon_figures(const DaemonFigures& figures) {
  MetricsPage page(figures.prefix);
  add_connections(page, figures.connections);
  if (figures.passes != nullptr)
    page.histogram("pass_seconds", "How long passes took, their waiting for the ledger included.",
                   figures.passes->so_far());
  if (figures.ledger_calls != nullptr)
    page.histogram("rpc_seconds", "How long calls of the ledger took, those that failed included.",
                   figures.ledger_calls->so_far());
  return page.render() + render_process_metrics();
}

net::HttpResponse with_daemon_figures(net::HttpResponse answer, const net::HttpRequest& request,
                                      const DaemonFigures& figures) {
  if (request.path != "/metrics" || answer.status != 200 || answer.content_type != kMetricsContentType) return answer;
  answer.body += render_daemon_figures(figures);
  return answer;
}

net::Answer with_daemon_figures(net::Answer done, const net::HttpRequest& request, const DaemonFigures& figures) {
  if (request.path != "/metrics") return done;
  return [done = std::move(done), path = request.path, &figures](net::HttpResponse answer) {
    done(with_daemon_figures(std::move(answer), {.path = path}, figures));
  };
}

}  // namespace dz::service
