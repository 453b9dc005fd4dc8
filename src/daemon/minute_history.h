// Closed minutes as rows of the monitor's history, for people and for judging other policies later.
#pragma once

#include <map>
#include <vector>

#include "daemon/monitor_archive.h"
#include "domain/records.h"
#include "evidence/store.h"

namespace dz {

// One row a subject that a criterion reads: link ends and directions, DIA and CYOA ports, devices. Each once.
std::vector<MonitorArchive::MinuteRow> minute_rows(const EvidenceStore& evidence, const std::map<Pubkey, Link>& links,
                                                   const std::map<Pubkey, Device>& devices, Minute minute);

}  // namespace dz
