// Writes those files of the corpus that are no text: fuzz_seeds FOLDER. They are made by the code that writes such
// bytes, so a new layout has its seeds by running this again.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/check.h"
#include "base/zstd.h"
#include "evidence/snapshot.h"
#include "execution_input.h"
#include "net/gzip.h"
#include "small_ledger.h"
#include "telemetry/durable_evidence.h"
#include "wire/instructions/solana.h"

namespace dz::fuzz {
namespace {

namespace fs = std::filesystem;

class Corpus {
 public:
  explicit Corpus(fs::path folder) : folder_(std::move(folder)) {}
  void put(const std::string& target, const std::string& name, ByteView bytes) const {
    fs::create_directories(folder_ / target);
    std::ofstream file(folder_ / target / ("seed-" + name), std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  fs::path folder_;
};

// Hears what a ledger executes.
class Executed final : public ledger::LedgerObserver {
 public:
  void on_slot(Slot) override {}
  void on_processed(const ledger::TransactionRecord& record,
                    const std::vector<std::pair<Pubkey, const wire::Account*>>&) override {
    transactions.push_back(*wire::parse_transaction(record.bytes));
    if (record.error) std::printf("a seed's transaction failed: %s\n", record.logs.back().c_str());
  }
  void on_durable(const ledger::Batch&) override {}

  std::vector<wire::Transaction> transactions;
};

template <typename T>
void must(const Result<T>& result) {
  if (!result) std::printf("a seed is missing: %s\n", result.error().message.c_str());
}

void put_accounts(const Corpus& corpus, const SmallLedger& small) {
  std::set<std::uint8_t> seen;
  for (const auto& [key, account] : small.snapshot().accounts) {
    if (account.data.empty() || account.owner != wire::local_program_ids().serviceability) continue;
    if (account.data.size() > 4096 || !seen.insert(account.data[0]).second) continue;
    corpus.put("accounts", fmt::format("type-{}", account.data[0]), account.data);
  }
  LatencySamples samples;
  samples.rtt_us = {5000, 0, 5100};
  corpus.put("accounts", "samples", wire::encode(samples));
  User user;
  user.publishers = user.feeds = {Pubkey{}};
  corpus.put("accounts", "user", wire::encode(user));
  AccessPass pass;
  pass.type = {.kind = AccessPassKind::EdgeSeat, .seats = {FeedSeat{}}};
  corpus.put("accounts", "access-pass", wire::encode(pass));
  InternetLatencySamples internet;
  internet.data_provider = "ripeatlas";
  internet.rtt_us = {5000, 5100};
  corpus.put("accounts", "internet-samples", wire::encode(internet));
}

void put_transactions(const Corpus& corpus, const SmallLedger& small) {
  std::set<std::uint8_t> seen;
  for (const auto& record : small.history()) {
    const auto transaction = wire::parse_transaction(record.bytes);
    if (!transaction) continue;
    const auto& data = transaction->message.instructions.back().data;
    if (data.empty() || !seen.insert(data[0]).second) continue;
    corpus.put("instructions", fmt::format("tag-{}", data[0]), data);
    if (seen.size() <= 4) corpus.put("transactions", fmt::format("legacy-{}", data[0]), record.bytes);
  }
  Bytes landed = small.history().front().bytes;
  landed.insert(landed.begin(), '0');
  corpus.put("transactions", "landed", landed);
  auto versioned = *wire::parse_transaction(small.history().front().bytes);
  versioned.message.version = wire::MessageVersion::Zero;
  corpus.put("transactions", "version-0", wire::encode(versioned));
  versioned.message.lookups = {{small.history().front().addresses.front(), {1, 2}, {3}}};
  corpus.put("transactions", "version-0-lookups", wire::encode(versioned));
  Bytes looked_up = wire::encode(versioned);
  looked_up.insert(looked_up.begin(), {3, 1, 2, 3});  // what its three lookups stand for
  corpus.put("transactions", "landed-lookups", looked_up);
}

std::string call(std::string_view method, std::string_view params) {
  return fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":[{}]}})", method, params);
}

// Messages that name what is there: accounts, transactions, a transaction that the ledger takes.
void put_messages(const Corpus& corpus, const SmallLedger& small) {
  const auto program = to_text(wire::local_program_ids().serviceability);
  const auto& record = small.history().front();
  const auto account = to_text(record.addresses.at(1));
  const auto signature = wire::to_text(record.signature);
  const auto put = [&](const std::string& name, const std::vector<std::string>& messages) {
    corpus.put("json_rpc", name, as_bytes(fmt::format("{}", fmt::join(messages, "\n--\n"))));
  };
  put("accounts",
      {call("getProgramAccounts",
            fmt::format(R"("{}",{{"encoding":"base64","withContext":true,"dataSlice":{{"offset":0,"length":4}},)"
                        R"("filters":[{{"memcmp":{{"offset":0,"bytes":"4"}}}}]}})",
                        program)),
       call("getProgramAccounts",
            fmt::format(R"("{}",{{"encoding":"base64+zstd","filters":[{{"dataSize":9}}]}})", program)),
       call("getAccountInfo", fmt::format(R"("{}",{{"encoding":"jsonParsed","commitment":"processed"}})", account)),
       call("getMultipleAccounts",
            fmt::format(R"(["{}","{}"],{{"encoding":"base58","minContextSlot":1}})", account, program)),
       call("getBalance", fmt::format(R"("{}")", account))});
  put("history",
      {call("getSignaturesForAddress", fmt::format(R"("{}",{{"limit":3,"until":"{}"}})", account, signature)),
       call("getTransaction", fmt::format(R"("{}",{{"encoding":"json"}})", signature)),
       call("getTransaction", fmt::format(R"("{}",{{"encoding":"base64"}})", signature)),
       call("getSignatureStatuses", fmt::format(R"(["{}"],{{"searchTransactionHistory":true}})", signature)),
       call("getBlockTime", std::to_string(record.slot.value))});
  const auto from = testbed::SmallNetwork::key(2);
  const std::vector<wire::Instruction> transfer{wire::transfer(from.pubkey(), record.addresses.at(0), 5)};
  const auto signed_one = wire::sign_transaction(transfer, from, {}, small.open()->bank().latest_blockhash().hash);
  must(signed_one);
  const auto text = encode_base64(wire::encode(*signed_one));
  put("transfer",
      {call("signatureSubscribe",
            fmt::format(R"("{}",{{"commitment":"processed"}})", wire::to_text(signed_one->signatures[0]))),
       call("programSubscribe",
            fmt::format(R"("{}",{{"encoding":"base64","commitment":"confirmed"}})", to_text(wire::kSystemProgramId))),
       call("simulateTransaction", fmt::format(R"("{}",{{"encoding":"base64","sigVerify":true}})", text)),
       call("sendTransaction", fmt::format(R"("{}",{{"encoding":"base64","preflightCommitment":"processed"}})", text)),
       call("sendTransaction", fmt::format(R"("{}",{{"encoding":"base64","skipPreflight":true}})", text))});
}

// What a network does after it is set up: service, draining, deleting; sites and permissions; samples.
void live_on(testbed::SmallNetwork& network, const std::string& part) {
  auto root = network.as(network.foundation);
  auto alpha = network.as(network.alpha);
  const auto snapshot = network.read();
  const auto link = *client::find_record(snapshot.links, "link", "ams:lon");
  const auto device = *client::find_record(snapshot.devices, "device", "lon");
  if (part == "service") {
    must(network.as(network.monitor).set_link_health(link.key, Health::Pending));
    must(network.as(network.monitor).set_link_health(link.key, Health::Healthy));
    must(network.as(network.activator).update_link(link, {.status = Status::Activated}));
    must(alpha.drain_link(link, Status::SoftDrained, std::nullopt));
    must(alpha.undrain_link(link, std::nullopt));
  } else if (part == "sites") {
    must(root.create_location({.code = "par", .name = "Paris", .country = "FR", .lat = 48.8, .lng = 2.3, .loc_id = 7}));
    must(root.create_permission({.user_payer = network.beta.pubkey(), .permissions = 3}));
    must(root.suspend_permission(network.beta.pubkey()));
    must(root.create_topology({.name = "FAST"}));
    must(root.delete_topology("FAST"));
  } else {
    must(alpha.create_interface(device, {.name = "Switch1/9/1", .bandwidth = 1'000'000'000, .mtu = 9000}));
    must(alpha.delete_interface({device.key, device.record}, "Switch1/9/1"));
    must(alpha.drain_link(link, Status::HardDrained, std::nullopt));
    must(alpha.delete_link(link));
  }
}

void put_executions(const Corpus& corpus, const Profile& profile, char letter) {
  const auto& small = SmallLedger::of(profile);
  Executed executed;
  small.network().ledger().observe(&executed);
  for (const std::string part : {"service", "sites", "ports"}) {
    executed.transactions.clear();
    live_on(small.network(), part);
    Bytes input{static_cast<std::uint8_t>(letter)};
    for (std::size_t i = 0; i < executed.transactions.size() && i < 8; ++i) {
      write_unsigned(executed.transactions[i], small, input);
    }
    corpus.put("execution", fmt::format("{}-{}", profile.name, part), input);
  }
}

Pubkey device_key() {
  Pubkey key;
  key.bytes.fill(1);
  return key;
}

telemetry::RowBatch rows_at(Timestamp at) {
  telemetry::RowBatch batch;
  batch.ports = {{device_key(), "Ethernet1"}};
  batch.counters = {{0, {at, 100, 200, 3, 0, std::nullopt}}};
  batch.getconfigs = {{device_key(), at, 1}};
  batch.qa_results = {{device_key(), at, true}};
  batch.qa_runs = {at};
  batch.added = {"device.ntp_sync"};
  batch.values = {{0, {device_key(), ""}, at, 5, true}};
  return batch;
}

void put_entry(Bytes& input, const telemetry::JournalEntry& entry) {
  input.push_back(static_cast<std::uint8_t>(entry.kind));
  input.push_back(1);
  input.push_back(static_cast<std::uint8_t>(entry.body.size()));
  input.push_back(static_cast<std::uint8_t>(entry.body.size() >> 8));
  input.insert(input.end(), entry.body.begin(), entry.body.end());
}

void put_evidence(const Corpus& corpus) {
  const Timestamp now{std::chrono::hours{494'000}};
  auto database = std::move(*storage::SqliteDatabase::open(":memory:"));
  evidence::EvidenceSettings settings;
  settings.pulled = 1U << static_cast<unsigned>(evidence::Source::Qa);
  auto evidence = std::move(*telemetry::DurableEvidence::open(database, settings, now, {"device.ntp_sync"}));
  must(evidence.name_interfaces({{device_key(), "Ethernet1"}}, now));
  LatencySamples samples;
  samples.rtt_us = {5000, 0};
  must(evidence.observe_samples(now, {{device_key(), samples, 0}}));
  for (int m = 0; m < 3; ++m) {
    must(evidence.ingest(rows_at(now + std::chrono::minutes{m}), now + std::chrono::minutes{m}));
    must(evidence.pass(now + std::chrono::minutes{m + 1}));
  }
  must(evidence.answered(evidence::Source::Qa, minute_of(now), minute_of(now) + std::chrono::minutes{2}, now));
  const auto put_snapshot = [&](const std::string& name, const evidence::Evidence& one) {
    const auto bytes = snapshot_of(one);
    corpus.put("snapshot", name, ByteView(bytes).first(bytes.size() - 8));
  };
  put_snapshot("empty", evidence::Evidence());
  put_snapshot("device", evidence.in_memory());

  auto file = std::move(*telemetry::EvidenceFile::open(database));
  must(file.load());
  Bytes all;
  must(file.replay(
      [&](const telemetry::JournalEntry& entry) -> Result<void> {
        Bytes one;
        put_entry(one, entry);
        corpus.put("journal", fmt::format("kind-{}", entry.kind), one);
        all.insert(all.end(), one.begin(), one.end());
        return {};
      },
      now + std::chrono::hours{1}));
  corpus.put("journal", "all", all);
}

void put_compressed(const Corpus& corpus) {
  std::string text = "intfCounters,dzd_pubkey=4vJ9,intf=Ethernet1 in-octets=1i 1\n";
  for (int i = 0; i < 4; ++i) text += text;
  corpus.put("gzip", "text", as_bytes(net::gzip(text)));
  corpus.put("gzip", "empty", as_bytes(net::gzip("")));
  corpus.put("zstd", "text", compress_zstd(as_bytes(text)));
  corpus.put("zstd", "empty", compress_zstd({}));
}

// first: FIN, reserved bits and opcode. mask: a client's frames have one; of zeros the text stays legible.
std::string frame(unsigned first, std::string_view payload, bool mask) {
  std::string out{static_cast<char>(first)};
  const unsigned bit = mask ? 0x80 : 0;
  if (payload.size() < 126) {
    out += static_cast<char>(bit | payload.size());
  } else {
    out += static_cast<char>(bit | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size());
  }
  if (mask) out += std::string(4, '\0');
  return out += payload;
}

void put_frames(const Corpus& corpus) {
  for (const bool mask : {true, false}) {
    const auto* target = mask ? "websocket" : "websocket_answers";
    const std::string prefix = mask ? "" : "0";
    const auto put = [&](const std::string& name, const std::string& frames) {
      corpus.put(target, name, as_bytes(prefix + frames));
    };
    put("text", frame(0x81, "hello", mask));
    put("close", frame(0x81, "close", mask) + frame(0x88, std::string("\x03\xe8") + "bye", mask));
    put("fragments",
        frame(0x01, "a", mask) + frame(0x89, "ping", mask) + frame(0x00, "", mask) + frame(0x80, "\xc3\xa9", mask));
    put("long", frame(0x81, std::string(200, 'x'), mask) + frame(0x82, std::string("\0\1", 2), mask));
    put("pong", frame(0x8a, "", mask) + frame(0x88, "", mask));
  }
  corpus.put("websocket_answers", "answer",
             as_bytes("1HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"));
  corpus.put("websocket_answers", "refusal", as_bytes("1HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno"));
}

void put_all(const Corpus& corpus) {
  const auto& small = SmallLedger::of(rfc_profile());
  put_accounts(corpus, small);
  put_transactions(corpus, small);
  put_messages(corpus, small);
  const auto profiles = all_profiles();
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    put_executions(corpus, *profiles[i], static_cast<char>(i));
  }
  put_evidence(corpus);
  put_compressed(corpus);
  put_frames(corpus);
}

}  // namespace
}  // namespace dz::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "fuzz_seeds: expected the corpus' folder; run fuzz_seeds tests/fuzz/corpus\n");
    return 2;
  }
  dz::fuzz::put_all(dz::fuzz::Corpus(argv[1]));
  return 0;
}
