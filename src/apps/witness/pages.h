// What the witness answers: POST /add-checkpoint of C2SP's tlog-witness, and for people and scrapers /checkpoints,
// /metrics and /healthz.
#pragma once

#include "net/http_server.h"
#include "transparency/witness.h"

namespace dz::witness {

inline constexpr std::size_t kMostRequest = 64U << 10;  // bytes: a proof of 63 hashes and a note fit well

net::HttpResponse answer_witness_request(transparency::Witness& witness, const net::HttpRequest& request,
                                         Timestamp now);

}  // namespace dz::witness
