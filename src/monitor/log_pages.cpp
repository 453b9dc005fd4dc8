#include "monitor/log_pages.h"

#include <algorithm>
#include <string>

namespace dz::monitor {

net::HttpResponse answer_log(const LogDesk& desk, std::string_view path) {
  const auto* published = desk.published();
  if (!desk.damage().empty()) return net::error_response(503, desk.damage());
  if (published == nullptr) {
    return net::error_response(404, "this monitor has no key to sign a log of decisions with, so it publishes none");
  }
  auto file = transparency::file_of(*published, path);
  if (!file) {
    const bool missing = file.error().kind == ErrorKind::NotFound;
    return net::error_response(missing ? 404 : 503, file.error().message);
  }
  const auto* cache = file->for_good ? "public, max-age=31536000, immutable" : "no-cache";
  return {200, std::string(file->content_type), std::move(file->body), {{"Cache-Control", cache}}};
}

void add_log(service::MetricsPage& page, const LogDesk& desk) {
  const auto* published = desk.published();
  if (published == nullptr) return;
  const auto shown = [](const auto& checkpoint) {
    return checkpoint ? static_cast<double>(checkpoint->checkpoint.head.size) : 0.0;
  };
  page.gauge("log_entries", "Entries of the log of decisions under its newest checkpoint.", shown(published->newest()));
  page.gauge("log_entries_shown", "Entries under the checkpoint that others are shown.", shown(published->shown()));
  for (const auto& witness : desk.witnesses()) {
    page.gauge("log_witness_behind", "1 while a witness has not cosigned the newest checkpoint.",
               published->newest() && witness.cosigned == published->newest()->note.text ? 0 : 1,
               {{"witness", witness.address.key.name}});
  }
}

}  // namespace dz::monitor
