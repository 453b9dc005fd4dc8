// The settings of a daemon. Each is declared once (its names, what it means, which values it takes) and is then a flag
// and a key of the TOML file that --config names. A flag wins over the file. What is wrong in the file is refused with
// file and line, an unknown key too.
//
// A value in quotes is read in the file as it is on the command line; numbers, true and false may stand without quotes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "client/secret_file.h"
#include "net/browser_guard.h"
#include "verdict/toml_reader.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace dz::service {

struct SettingNames {
  std::string flags;     // every spelling of the flag: "--url,--ledger-url"
  std::string key = {};  // "ledger.url", in table [ledger]; empty: each long flag, without its dashes, is a key
};

// The smallest and the largest value that is taken.
struct SpanRange {
  Duration least, most;
};
struct NumberRange {
  std::uint64_t least = 0, most = std::numeric_limits<std::uint64_t>::max();
};

// What a command line said, by the key of the setting (its flags, where it has no key of its own).
using GivenFlags = std::map<std::string, std::vector<std::string>>;

// A setting as it is now, for people: never a secret.
struct SettingInForce {
  std::string key, value;
  std::string_view origin;  // "default", "file", "flag" (or the variable that stands for it)
  bool operator==(const SettingInForce&) const = default;
};

// One setting that was declared. Lives as long as its Settings.
class Setting {
 public:
  // Nobody else may read a file in which it stands.
  Setting& secret();
  // An environment variable that stands for the flag, and so wins over the file.
  Setting& variable(const std::string& name);
  // On the command line, not together with this other flag, which was declared before it.
  Setting& excludes(const std::string& flag);

 private:
  friend class Settings;
  using ReadTexts = std::function<Result<void>(const std::vector<std::string>&)>;
  // What may stand in the file without quotes.
  enum class Bare { Nothing, Flag, Number, Decimal, List };

  std::string name() const { return names_.key.empty() ? names_.flags : names_.key; }
  std::vector<std::string> keys() const;
  Result<void> read(const verdict::TomlReader& reader, const toml::node& node, const std::string& key) const;
  bool is_secret(const toml::node& node) const;
  std::string value_in_file() const;  // the default
  std::string shown_value() const;

  SettingNames names_;
  std::string help_, shown_;  // the default, as the file has it; empty: there is none
  Bare bare_ = Bare::Nothing;
  std::string expected_;  // said of a value of the wrong kind: "true or false"
  ReadTexts take_;        // writes the variable
  bool secret_ = false;
  bool in_file_ = false;  // it was read there
  std::vector<CLI::Option*> options_;
};

class Settings {
 public:
  // The flags, and --config, are declared on these commands, which outlive this object; none: keys only.
  explicit Settings(std::vector<CLI::App*> commands = {});
  ~Settings();
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  // The flags of the settings that are declared from now on are declared on these commands. The keys of all settings
  // are read for every command: one file serves them all.
  void on(std::vector<CLI::App*> commands) { commands_ = std::move(commands); }

  // Each variable holds the default, and outlives this object.
  Setting& text(SettingNames names, std::string& value, std::string help);
  // One of these words.
  Setting& word(SettingNames names, std::string& value, std::vector<std::string> words, std::string help);
  // A text that may look like a number: "10", 2.5 or "unlimited".
  Setting& amount(SettingNames names, std::string& value, std::string help);
  // May be repeated; a list in the file.
  Setting& texts(SettingNames names, std::vector<std::string>& values, std::string help);
  // Off unless given. `--name=false` switches off what the file switches on.
  Setting& flag(SettingNames names, bool& value, std::string help);
  // "30s"
  Setting& span(SettingNames names, Duration& value, SpanRange range, std::string help);
  template <typename Number>
  Setting& number(SettingNames names, Number& value, NumberRange range, std::string help) {
    return number(
        std::move(names), std::to_string(value), range, [&value](std::uint64_t n) { value = static_cast<Number>(n); },
        std::move(help));
  }

  // Stays empty unless it is set.
  template <typename Number>
  Setting& number(SettingNames names, std::optional<Number>& value, NumberRange range, std::string help) {
    return number(
        std::move(names), std::string(), range, [&value](std::uint64_t n) { value = static_cast<Number>(n); },
        std::move(help));
  }

  // A key without a flag, such as an array of tables: read(reader) makes its handler.
  void key_only(std::string key, std::function<verdict::TomlReader::Handler(const verdict::TomlReader&)> read);

  // A settings file with every key, its meaning and its default, each default behind a '#': reading it changes nothing,
  // and neither does it with all of them uncommented, but for those that have no default.
  std::string render_file() const;

  // Once the command line is parsed: the file that --config named (empty: none), and what the flags said.
  const std::string& file() const { return file_; }
  // Once it was read: a secret stands in it, or a url that shown_url() would not show whole.
  bool file_holds_secret() const { return file_holds_secret_; }
  GivenFlags given() const;
  // Every setting, by its key, with the value that it has in `now`, where the same settings were declared on variables
  // that hold what is in force; `given`: what flags said.
  std::vector<SettingInForce> in_force(const Settings& now, const GivenFlags& given) const;

  // The text of a settings file, into the variables.
  Result<void> read_text(std::string_view toml, const std::string& file_name);
  // What flags said, into the variables. Flags of a setting that is not declared here do not count.
  Result<void> apply(const GivenFlags& given);
  // The file, if one was named, then the flags.
  Result<void> read();
  // The whole way of a daemon: the command line of `app`, the file, the flags. An exit code when the program is to end
  // now: help or version were shown (0), or a flag or the file was wrong, which was said on standard error (2).
  std::optional<int> parse(CLI::App& app, int argc, const char* const* argv);

 private:
  Setting& add(SettingNames names, Setting::Bare bare, std::string expected, Setting::ReadTexts take);
  // Declares the flag; `check` finds fault with a text, `shown` is the default in the help.
  void declare(Setting& setting, const std::string& help, const std::string& shown,
               std::function<Result<void>(const std::string&)> check);
  Setting& number(SettingNames names, const std::string& shown, NumberRange range,
                  std::function<void(std::uint64_t)> take, std::string help);

  struct KeyOnly {
    std::string key;
    std::function<verdict::TomlReader::Handler(const verdict::TomlReader&)> read;
  };

  std::vector<CLI::App*> commands_;
  std::string file_;
  bool file_holds_secret_ = false;
  std::deque<Setting> settings_;
  std::vector<KeyOnly> key_only_;
};

// Of a program that ends because its settings are wrong: nothing is mended by starting it again, and the service
// manager does not (RestartPreventExitStatus).
inline constexpr int kWrongSettings = 2;
// Says the error. 1 where another try may help, else kWrongSettings.
int refuse_settings(const Error& error);
// Refused: no IP address to listen on, and not "localhost".
Result<void> check_listen_address(const std::string& address);

// What Settings::read() does not judge: a file that holds a secret and that others can read is refused.
Result<void> check_settings_file(const Settings& settings, const client::SecretRules& rules);

// --allow-host and --cors, and their keys in that table; empty: at the top.
void declare_browser_rules(Settings& settings, net::BrowserRules& rules, const std::string& table = {});

// The command line alone, likewise.
std::optional<int> parse_command_line(CLI::App& app, int argc, const char* const* argv);

}  // namespace dz::service
