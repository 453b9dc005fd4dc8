// What stands between the devices and a real store, in the place of an operator's own collectors: it takes line
// protocol at /write, puts what the store has tables for into the store, and pushes the rest to the monitor. Until
// there is a monitor, the rest waits. Runs on a thread of its own until it is destroyed.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "base/result.h"
#include "fleet/row_push.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "stores/store_writer.h"

namespace dz::stores {

class Collector {
 public:
  static Result<std::unique_ptr<Collector>> start(telemetry::StoreKind kind, std::unique_ptr<StoreWriter> writer);
  ~Collector();
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  std::string url() const;  // devices write below it
  // From now on; `write_url` is whole: "http://127.0.0.1:8090/write?db=doublezero". Before it was called the rest
  // waits.
  void push_rest_to(std::string write_url);

 private:
  Collector(telemetry::StoreKind kind, std::unique_ptr<StoreWriter> writer) : kind_(kind), writer_(std::move(writer)) {}

  net::HttpResponse take(const net::HttpRequest& request);

  telemetry::StoreKind kind_;
  std::unique_ptr<StoreWriter> writer_;
  net::Loop loop_;
  net::HttpClient http_;
  std::unique_ptr<fleet::RowPush> rest_;
  std::string monitor_;
  std::unique_ptr<net::HttpServer> server_;
  std::thread thread_;  // runs loop_, on which everything above is used
};

}  // namespace dz::stores
