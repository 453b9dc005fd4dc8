// bundle_sample DIR: writes bundles of decisions, and each of them with one bit of one part flipped, for programs that
// nobody here wrote to verify (tests/conformance).
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>

#include "attest/bundle_fixture.h"
#include "attest/verify.h"

namespace dz::attest {
namespace {

void write(const std::string& path, const Bundle& bundle) { std::ofstream(path, std::ios::binary) << encode(bundle); }

void flip(Bytes& bytes) { bytes[bytes.size() / 2] ^= 4; }
void flip(std::string& text) { text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1); }

void write_damaged(const std::string& path, const Bundle& whole) {
  const std::pair<const char*, std::function<void(Bundle&)>> parts[] = {
      {"transaction", [](Bundle& b) { flip(b.transaction); }},
      {"statement", [](Bundle& b) { flip(b.statements[0]); }},
      {"opinion", [](Bundle& b) { b.statements[0].back() ^= 1; }},
      {"account", [](Bundle& b) { flip(b.account); }},
      {"minutes", [](Bundle& b) { flip(b.minutes[0]); }},
      {"policy", [](Bundle& b) { flip(b.policy); }},
      {"index", [](Bundle& b) { b.index ^= 1; }},
      {"inclusion", [](Bundle& b) { b.inclusion[0][5] ^= 1; }},
      {"checkpoint", [](Bundle& b) { flip(b.checkpoint); }},
      {"witness", [](Bundle& b) { flip(b.witnesses[0]); }}};
  for (const auto& [part, damage] : parts) {
    auto damaged = whole;
    damage(damaged);
    DZ_CHECK(!verify(damaged).holds());
    write(path + "." + part + ".damaged", damaged);
  }
}

void write_samples(const std::string& folder) {
  BundleFixture network;
  network.links.at(network.link).health = network.devices.at(network.ams).health = Health::Healthy;
  network.feed({.errors = true, .dark_dia = true});
  network.decide();
  network.hold({31, 32});
  for (std::size_t i = 0; i < network.stated.size(); ++i) {
    const auto bundle = network.bundle(i);
    DZ_CHECK(verify(bundle).holds());
    const auto path = folder + "/" + std::string(to_text(network.stated[i].statement.kind));
    write(path + ".bundle", bundle);
    write_damaged(path, bundle);
  }
}

}  // namespace
}  // namespace dz::attest

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: bundle_sample DIR\n", stderr), 2;
  dz::attest::write_samples(argv[1]);
}
