// Prints the API's document: what /api/v1/openapi.json answers on a ledger with the RFC's words. ./dev docs writes it to
// console/openapi.json, and the console's types are made of it.
#include <cstdio>
#include <string>

#include <boost/json/serialize.hpp>

#include "domain/profile.h"
#include "monitor/openapi.h"

int main() {
  const auto text = boost::json::serialize(dz::monitor::openapi_document(dz::rfc_profile()));
  std::printf("%s\n", text.c_str());
  return 0;
}
