// The real binary, killed at random instants under load: after each restart every transaction that was reported
// finalized is there, and accounts are exactly what the history says.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/base64.h"
#include "ledger/ledger.h"
#include "net/http_client.h"
#include "wire/transaction.h"

extern char** environ;

namespace dz::ledger_main {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr std::uint64_t kFaucet = 1'000'000'000'000'000;
constexpr int kRounds = 6;

class LedgerProcess {
 public:
  // Returns when it listens.
  explicit LedgerProcess(const std::filesystem::path& folder) {
    std::vector<std::string> words = {std::string(DZ_BUILD_DIR) + "/bin/doublezero-ledger",
                                      "--data",
                                      (folder / "ledger").string(),
                                      "--rpc-port",
                                      "0",
                                      "--faucet-lamports",
                                      std::to_string(kFaucet)};
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    EXPECT_EQ(posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    log_ = ends[0];
    const auto listening = read_log_line("listening");
    url_ = fmt::format("http://127.0.0.1:{}/", std::string_view(listening.at("rpc").as_string()));
  }
  ~LedgerProcess() {
    end(SIGKILL);
    ::close(log_);
  }

  // Waits that long for the process to end by itself, then kills it.
  void kill_after(milliseconds life) const {
    pollfd hang_up{log_, 0, 0};
    ::poll(&hang_up, 1, static_cast<int>(life.count()));
    ::kill(pid_, SIGKILL);
  }
  int end(int signal) {
    int status = 0;
    if (pid_ > 0) {
      ::kill(pid_, signal);
      ::waitpid(pid_, &status, 0);
    }
    pid_ = -1;
    return status;
  }

  // Null when there was no answer, or an error.
  json::value call(std::string_view method, const json::array& params) {
    const json::object request{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}};
    const auto answer = client_.post(url_, json::serialize(request), {{"content-type", "application/json"}});
    if (!answer) return nullptr;
    boost::system::error_code error;
    const auto value = json::parse(answer->body, error);
    const auto* result = error || !value.is_object() ? nullptr : value.get_object().if_contains("result");
    return result == nullptr ? json::value{} : *result;
  }

 private:
  // The first line of the log about that event.
  json::value read_log_line(std::string_view event) const {
    std::string line;
    for (char c = 0; ::read(log_, &c, 1) == 1;) {
      if (c != '\n') {
        line += c;
        continue;
      }
      auto value = json::parse(line);
      if (value.at("event") == json::value(event)) return value;
      line.clear();
    }
    ADD_FAILURE() << "the ledger ended without saying " << event << ": " << line;
    return json::object{{"rpc", "0"}};
  }

  pid_t pid_ = -1;
  int log_ = -1;
  std::string url_;
  net::HttpClient client_{{.timeout = std::chrono::seconds{5}}};
};

wire::Instruction transfer(const Pubkey& from, const Pubkey& to, std::uint64_t lamports) {
  wire::Instruction out{wire::kSystemProgramId, {{from, true, true}, {to, false, true}}, {2, 0, 0, 0}};
  for (int i = 0; i < 8; ++i) out.data.push_back(static_cast<std::uint8_t>(lamports >> (8 * i)));
  return out;
}

class Crash : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("dz-crash-{}", ::getpid());
    std::filesystem::create_directories(folder_);
    for (int i = 0; i < 4; ++i) wallets_.push_back(wire::Keypair::generate());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void hammer(LedgerProcess& ledger);
  void check(LedgerProcess& ledger);

  std::filesystem::path folder_;
  std::vector<wire::Keypair> wallets_;
  std::mt19937 random_{std::random_device{}()};
  std::set<std::string> finalized_;
};

// Sends until the ledger is gone; remembers what it called finalized.
void Crash::hammer(LedgerProcess& ledger) {
  for (const auto& wallet : wallets_) ledger.call("requestAirdrop", {to_text(wallet.pubkey()), 5'000'000'000});
  std::vector<std::string> sent;
  for (std::uint64_t n = 1;; ++n) {
    const auto latest = ledger.call("getLatestBlockhash", {});
    if (latest.is_null()) return;
    const auto hash = parse_pubkey(latest.at("value").at("blockhash").as_string()).value();
    const auto& from = wallets_[random_() % wallets_.size()];
    const auto& to = wallets_[random_() % wallets_.size()];
    // Every fourth is two transfers of which the second fails: nothing of the first may stay.
    std::vector<wire::Instruction> instructions = {transfer(from.pubkey(), to.pubkey(), 1'000'000 + n)};
    if (n % 4 == 0) instructions.push_back(transfer(from.pubkey(), to.pubkey(), kFaucet));
    const auto transaction = sign_transaction(instructions, from, {}, hash).value();
    const json::object config{{"encoding", "base64"}, {"skipPreflight", true}};
    const auto signature = ledger.call("sendTransaction", {encode_base64(encode(transaction)), config});
    if (signature.is_null()) return;
    sent.emplace_back(signature.as_string());
    if (n % 5 != 0) continue;
    json::array asked;  // a list in the list of parameters
    asked.emplace_back(json::array(sent.begin(), sent.end()));
    const auto statuses = ledger.call("getSignatureStatuses", asked);
    if (statuses.is_null()) return;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      const auto& status = statuses.at("value").as_array()[i];
      if (!status.is_null() && status.at("confirmationStatus") == "finalized") finalized_.insert(sent[i]);
    }
    sent.clear();
  }
}

void Crash::check(LedgerProcess& ledger) {
  for (const auto& signature : finalized_) {
    ASSERT_FALSE(ledger.call("getTransaction", {signature, "base64"}).is_null()) << signature << " is lost";
  }
  const auto count = ledger.call("getTransactionCount", {}).to_number<std::uint64_t>();
  std::uint64_t total = 0;
  const auto accounts =
      ledger.call("getProgramAccounts", {to_text(wire::kSystemProgramId), json::object{{"encoding", "base64"}}});
  for (const auto& entry : accounts.as_array()) {
    total += entry.at("account").at("lamports").to_number<std::uint64_t>();
  }
  EXPECT_EQ(total, kFaucet - 5000 * count);
  for (const auto& wallet : wallets_) {
    const std::string key = to_text(wallet.pubkey());
    const auto history = ledger.call("getSignaturesForAddress", {key, json::object{{"limit", 1}}});
    if (history.as_array().empty()) continue;
    const auto record = ledger.call("getTransaction", {history.as_array()[0].at("signature"), "json"});
    const auto& keys = record.at("transaction").at("message").at("accountKeys").as_array();
    const auto at = static_cast<std::size_t>(std::find(keys.begin(), keys.end(), json::value(key)) - keys.begin());
    EXPECT_EQ(record.at("meta").at("postBalances").as_array()[at], ledger.call("getBalance", {key}).at("value"));
  }
}

TEST_F(Crash, AKillAtAnyInstantLosesNothingFinalizedAndLeavesNoHalf) {
  for (int round = 0; round < kRounds; ++round) {
    LedgerProcess ledger(folder_);
    check(ledger);
    if (HasFatalFailure()) return;
    const milliseconds life{20 + random_() % 400};
    std::thread killer([&] { ledger.kill_after(life); });
    hammer(ledger);
    killer.join();
  }
  EXPECT_FALSE(finalized_.empty());
  std::cout << finalized_.size() << " finalized transactions survived " << kRounds << " kills\n";
  LedgerProcess ledger(folder_);
  check(ledger);
  const int status = ledger.end(SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(Crash, D17_ASecondProcessOnTheSameLedgerIsRefused) {
  LedgerProcess ledger(folder_);
  const std::string command = fmt::format("{}/bin/doublezero-ledger --data {} --rpc-port 0 2>{}", DZ_BUILD_DIR,
                                          (folder_ / "ledger").string(), (folder_ / "second").string());
  EXPECT_NE(std::system(command.c_str()), 0);
  std::stringstream text;
  text << std::ifstream(folder_ / "second").rdbuf();
  EXPECT_NE(text.str().find("(doublezero-ledger) has it"), std::string::npos) << text.str();
  EXPECT_NE(text.str().find("ledger.db"), std::string::npos) << text.str();
}

TEST_F(Crash, D18_VerifyEndsWith0ForAWholeFileAnd1ForADamagedOne) {
  {
    LedgerProcess ledger(folder_);
    ledger.call("requestAirdrop", {to_text(wallets_[0].pubkey()), 5'000'000'000});
    ledger.end(SIGTERM);
  }
  const auto file = (folder_ / "ledger" / "ledger.db").string();
  const auto command =
      fmt::format("{}/bin/doublezero-ledger --verify {} >{}", DZ_BUILD_DIR, file, (folder_ / "said").string());
  const auto verify = [&] { return WEXITSTATUS(std::system(command.c_str())); };
  EXPECT_EQ(verify(), 0);
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(4096).put('x');
  EXPECT_EQ(verify(), 1);
  std::stringstream text;
  text << std::ifstream(folder_ / "said").rdbuf();
  EXPECT_NE(text.str().find("cannot be trusted: "), std::string::npos) << text.str();
}

}  // namespace
}  // namespace dz::ledger_main
