#include "apps/cli/test_shell.h"

#include <boost/json/serialize.hpp>

namespace dz::cli {
namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  bool quoted = false, open = false;
  for (const char c : text) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      open = false;
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    if (c != '\'') words.back() += c;
  }
  return words;
}

Result<std::string> as_body(const Result<boost::json::value>& answer) {
  if (!answer) return tl::unexpected(answer.error());
  return boost::json::serialize(*answer);
}

}  // namespace

Result<client::AccountsAnswer> CountingClient::get_program_accounts(const Pubkey& program,
                                                                    const client::AccountFilters& filters) {
  auto answer = ForwardingClient::get_program_accounts(program, filters);
  if (filters == client::AccountFilters{}) ++counts.whole_program;
  const auto matches = [&](const wire::Account& account) {
    return account.owner == program && std::all_of(filters.memcmp.begin(), filters.memcmp.end(), [&](const auto& one) {
             return account.data.size() >= one.offset + one.bytes.size() &&
                    std::equal(one.bytes.begin(), one.bytes.end(),
                               account.data.begin() + static_cast<std::ptrdiff_t>(one.offset));
           });
  };
  for (const auto& [key, account] : planted) {
    if (answer && matches(account)) answer->accounts.push_back({key, account});
  }
  if (answer) {
    counts.accounts += answer->accounts.size();
    for (const auto& one : answer->accounts) counts.bytes += one.account.data.size();
  }
  return answer;
}
Result<std::optional<wire::Account>> CountingClient::get_account(const Pubkey& key) {
  DZ_TRY_ASSIGN(auto answer, get_multiple_accounts({&key, 1}));
  return std::move(answer.accounts.front());
}
Result<client::NamedAccounts> CountingClient::get_multiple_accounts(std::span<const Pubkey> keys) {
  auto answer = ForwardingClient::get_multiple_accounts(keys);
  for (std::size_t i = 0; answer && i < keys.size(); ++i) {
    if (planted.contains(keys[i])) answer->accounts[i] = planted.at(keys[i]);
  }
  if (answer) {
    for (const auto& one : answer->accounts) {
      if (!one) continue;
      ++counts.accounts;
      counts.bytes += one->data.size();
    }
  }
  return answer;
}

TestShell::TestShell(const Profile& profile) : now(std::chrono::seconds{1'795'000'000}), rules_(profile) {
  ledger::LedgerOptions options;
  options.profile = &profile;
  options.secret.fill(7);
  auto opened = ledger::Ledger::open(ledger::make_memory_archive(), options, now);
  EXPECT_TRUE(opened);
  ledger_ = std::move(*opened);
  client_ = std::make_unique<testbed::LocalClient>(*ledger_, [this] { return now; });
  node_ = std::make_unique<testbed::LaggingClient>(*ledger_, *client_);
  counting_ = std::make_unique<CountingClient>(*node_);
  settings.ids = wire::local_program_ids();
}

const wire::Keypair& TestShell::key(const std::string& who) {
  const auto known = keys_.find(who);
  if (known != keys_.end()) return known->second;
  std::array<std::uint8_t, 32> seed{};
  std::copy_n(who.begin(), std::min<std::size_t>(who.size(), seed.size()), seed.begin());
  const auto& made = keys_.emplace(who, wire::Keypair::from_seed(seed)).first->second;
  EXPECT_TRUE(client_->request_airdrop(made.pubkey(), 100'000'000'000));
  return made;
}

Said TestShell::run(const std::string& text, const std::string& who) {
  Said said;
  const auto line = parse_command_line(split(text));
  said.out = line.out;
  said.err = line.err;
  if (line.exit_code) {
    said.exit_code = *line.exit_code;
    return said;
  }
  now += std::chrono::milliseconds{400};
  Settings mine = settings;
  mine.keypair = {key(who).to_json(), "environment variable"};
  const client::Clock clock{[this] { return now; },
                            [this](Duration pause) {
                              now += pause;
                              if (on_sleep) on_sleep();
                            }};
  AskDaemon ask;
  if (monitor || monitor_text || monitor_paths) {
    ask = [this](const std::string& path) -> Result<std::string> {
      constexpr std::string_view kRecord = "/api/v1/assessments/";
      if (!path.starts_with(kRecord)) {
        if (!monitor_paths) return not_found("no such path: " + path);
        return as_body(monitor_paths(path));
      }
      const auto query = path.find('?');
      if (path.find("format=text") != std::string::npos) return monitor_text(path.substr(query + 1));
      return as_body(monitor(*parse_pubkey(path.substr(kRecord.size(), query - kRecord.size()))));
    };
  }
  AskDaemon ask_activator;
  if (activator) ask_activator = [this](const std::string&) { return as_body(activator()); };
  if (activator_paths) ask_activator = [this](const std::string& path) { return as_body(activator_paths(path)); };
  node_->restart();  // a command is a process of its own
  Context context{.ledger = *counting_,
                  .clock = clock,
                  .flags = line.flags,
                  .settings = mine,
                  .config_path = config_path,
                  .out = into(said.out, said.screen),
                  .err = into(said.err, said.screen),
                  .ask_monitor = ask,
                  .ask_activator = ask_activator,
                  .tell_monitor = monitor_told,
                  .terminal = terminal,
                  .output = line.output};
  said.exit_code = run_verb(line.verb, context);
  return said;
}

Said TestShell::ok(const std::string& text, const std::string& who) {
  auto said = run(text, who);
  EXPECT_EQ(said.exit_code, 0) << text << "\n" << said.err;
  return said;
}

void TestShell::initialise() {
  ok("init --activator-authority " + pubkey("activator") + " --health-oracle " + pubkey("monitor"));
  ok("global-config set --local-asn 65000 --remote-asn 65342 --device-tunnel-block 172.16.0.0/16 --user-tunnel-block "
     "169.254.0.0/16 --multicastgroup-block 233.84.178.0/24");
  if (rules_.activator_needs_permission)
    ok("permission set --user-payer " + pubkey("activator") + " --add network-admin");
  ok("location create --code ams --name Amsterdam --country NL --lat 52.3 --lng 4.9");
  ok("location create --code fra --name Frankfurt --country DE --lat 50.1 --lng 8.6");
  ok("exchange create --code xams --name Amsterdam --lat 52.3 --lng 4.9");
  ok("exchange create --code xfra --name Frankfurt --lat 50.1 --lng 8.6");
  ok("contributor create --code alpha --owner " + pubkey("alpha"));
  ok("contributor create --code zeta --owner " + pubkey("zeta"));
}

void TestShell::add_devices() {
  struct NewDevice {
    std::string code, owner, site, public_ip, prefix;
  };
  const std::vector<NewDevice> devices{{"ams-dz001", "alpha", "ams", "195.219.120.1", "195.219.121.0/28"},
                                       {"lon-dz001", "alpha", "ams", "195.219.120.2", "195.219.121.16/28"},
                                       {"fra-dz001", "zeta", "fra", "195.219.120.3", "195.219.121.32/28"}};
  for (const auto& [code, owner, site, public_ip, prefix] : devices) {
    ok(fmt::format(
           "device create --code {} --contributor {} --location {} --exchange x{} --public-ip {} --dz-prefixes {} "
           "--metrics-publisher {}",
           code, owner, site, site, public_ip, prefix, pubkey(code + "-agent")),
       owner);
    ok("device interface create " + code + " Ethernet1 --bandwidth 10Gbps", owner);
    ok("device interface create --device " + code + " --name et2 --bandwidth '10 Gbps'", owner);
  }
}

void TestShell::add_wan_link() {
  ok("link create wan --code ams-lon --contributor alpha --side-a ams-dz001 --side-a-interface Ethernet1 --side-z "
     "lon-dz001 --side-z-interface Ethernet1 --bandwidth 10Gbps --delay-ms 6 --jitter-ms 0.1",
     "alpha");
}

void TestShell::add_dzx_link() {
  ok("link create dzx --code ams-fra --contributor alpha --side-a ams-dz001 --side-a-interface Ethernet2 --side-z "
     "fra-dz001 --bandwidth 10Gbps --delay-ms 7 --jitter-ms 0.1",
     "alpha");
  ok("link accept --code ams-fra --side-z-interface Ethernet1", "zeta");
}

void TestShell::set_health(const std::string& noun, const std::string& code, const std::string& health) {
  ok(noun + " set-health --pubkey " + code + " --health " + health, "monitor");
}

void TestShell::activate(const std::string& noun, const std::string& code) {
  set_health(noun, code, "healthy");
  ok(noun + " update --pubkey " + code + " --status activated", "activator");
}

}  // namespace dz::cli
