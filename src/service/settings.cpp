#include "service/settings.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/shown_url.h"
#include "base/valid_text.h"
#include "client/key_file.h"
#include "service/stderr_log.h"
#include "service/toml_values.h"

namespace dz::service {
namespace {

// As a flag takes it: "60s", "10m", "30d".
std::string span_flag(Duration span) {
  using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::seconds;
  struct Unit {
    Duration length;
    const char* name;
  };
  for (const auto& [length, name] :
       {Unit{std::chrono::days{1}, "d"}, Unit{std::chrono::hours{1}, "h"}, Unit{std::chrono::minutes{1}, "m"}}) {
    if (span % length == Duration{} && span >= 2 * length) return fmt::format("{}{}", span / length, name);
  }
  if (span % seconds{1} == Duration{}) return fmt::format("{}s", span / seconds{1});
  return fmt::format("{}ms", span / milliseconds{1});
}

// true or false; also on, yes, 1 and their contraries, as CLI11 has them.
Result<bool> parse_switch(const std::string& text) {
  try {
    return CLI::detail::to_flag_value(text) > 0;
  } catch (const std::invalid_argument&) {
    return refused("expected true or false, found '" + text + "'");
  }
}

Result<std::uint64_t> parse_whole(const std::string& text, const NumberRange& range) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && stop == text.data() + text.size();
  if (!whole || value < range.least || value > range.most) return refused(number_expected(range.least, range.most));
  return value;
}

Result<void> check_word(const std::string& text, const std::vector<std::string>& words) {
  if (std::find(words.begin(), words.end(), text) != words.end()) return {};
  return refused(fmt::format("expected {}, found '{}'", fmt::join(words, " or "), text));
}

// What a node stands for on a command line; nullopt: nothing.
std::optional<std::string> bare_text(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  if (const auto number = node.value_exact<double>()) return fmt::format("{}", *number);
  if (const auto yes = node.value_exact<bool>()) return *yes ? "true" : "false";
  return std::nullopt;
}

}  // namespace

Setting& Setting::variable(const std::string& name) {
  for (auto* option : options_) option->envname(name);
  return *this;
}

Setting& Setting::secret() {
  secret_ = true;
  return *this;
}

bool Setting::is_secret(const toml::node& node) const {
  const auto text = bare_text(node);
  if (!text || text->empty()) return false;
  const bool url = text->find("://") != std::string::npos;
  return secret_ || (url && holds_secret(*text) && !is_of_this_machine(*text));
}

Setting& Setting::excludes(const std::string& flag) {
  for (auto* option : options_) option->excludes(flag);
  return *this;
}

std::vector<std::string> Setting::keys() const {
  if (!names_.key.empty()) return {names_.key};
  std::vector<std::string> keys;
  for (const auto& spelling : CLI::detail::split(names_.flags, ',')) {
    if (spelling.starts_with("--")) keys.push_back(spelling.substr(2));
  }
  return keys;
}

Result<void> Setting::read(const verdict::TomlReader& reader, const toml::node& node, const std::string& key) const {
  std::vector<std::string> texts;
  const auto take = [&](const toml::node& value) {
    const bool fits = value.is_string() || (value.is_boolean() && bare_ == Bare::Flag) ||
                      (value.is_integer() && (bare_ == Bare::Number || bare_ == Bare::Decimal)) ||
                      (value.is_floating_point() && bare_ == Bare::Decimal);
    if (fits) texts.push_back(*bare_text(value));
    return fits;
  };
  const auto* list = bare_ == Bare::List ? node.as_array() : nullptr;
  if (list == nullptr && !take(node)) return reader.complain(node, key + ": expected " + expected_);
  if (list != nullptr) {
    for (const auto& entry : *list) {
      if (!take(entry)) return reader.complain(entry, key + ": expected a text in quotes");
    }
  }
  const auto taken = take_(texts);
  if (!taken) return reader.complain(node, key + ": " + taken.error().message);
  return {};
}

std::string Setting::value_in_file() const {
  switch (bare_) {
    case Bare::Flag: return shown_.empty() ? "false" : shown_;
    case Bare::Number: return shown_;
    case Bare::List: return "[]";
    case Bare::Nothing:
    case Bare::Decimal: break;
  }
  return fmt::format("\"{}\"", shown_);
}

std::string Setting::shown_value() const {
  if (shown_.empty()) return bare_ == Bare::Flag ? "false" : "";
  if (secret_) return "(secret)";
  return shown_.find("://") != std::string::npos ? shown_url(shown_) : shown_;
}

Settings::Settings(std::vector<CLI::App*> commands) : commands_(std::move(commands)) {
  for (auto* command : commands_) {
    command->add_option("--config", file_, "Settings file (TOML); the flags win over what it says");
  }
}

Settings::~Settings() = default;

Setting& Settings::add(SettingNames names, Setting::Bare bare, std::string expected, Setting::ReadTexts take) {
  Setting& setting = settings_.emplace_back();
  setting.names_ = std::move(names);
  setting.bare_ = bare;
  setting.expected_ = std::move(expected);
  setting.take_ = [take = std::move(take)](const std::vector<std::string>& texts) -> Result<void> {
    for (const auto& text : texts) DZ_TRY(check_text("the value", text, kMostText));
    return take(texts);
  };
  return setting;
}

void Settings::declare(Setting& setting, const std::string& help, const std::string& shown,
                       std::function<Result<void>(const std::string&)> check) {
  setting.help_ = help;
  setting.shown_ = shown;
  for (auto* command : commands_) {
    CLI::Option* option = nullptr;
    if (setting.bare_ == Setting::Bare::Flag) {
      option = command->add_flag(setting.names_.flags, help);
    } else {
      option = command->add_option(setting.names_.flags, help)->type_name("TEXT");
      if (!shown.empty()) option->default_str(shown);
    }
    if (setting.bare_ == Setting::Bare::List) {
      option->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args();
    }
    option->check([check](const std::string& text) {
      const auto valid = check_text("the value", text, kMostText);
      const auto found = valid ? check(text) : valid;
      return found ? std::string() : found.error().message;
    });
    setting.options_.push_back(option);
  }
}

namespace {
constexpr const char* kQuotedText = "a text in quotes";
Result<void> any_text(const std::string&) { return {}; }
}  // namespace

Setting& Settings::text(SettingNames names, std::string& value, std::string help) {
  auto& setting =
      add(std::move(names), Setting::Bare::Nothing, kQuotedText, [&value](const auto& texts) -> Result<void> {
        value = texts.back();
        return {};
      });
  declare(setting, help, value, any_text);
  return setting;
}

Setting& Settings::word(SettingNames names, std::string& value, std::vector<std::string> words, std::string help) {
  const auto check = [words = std::move(words)](const std::string& text) { return check_word(text, words); };
  auto& setting =
      add(std::move(names), Setting::Bare::Nothing, kQuotedText, [&value, check](const auto& texts) -> Result<void> {
        DZ_TRY(check(texts.back()));
        value = texts.back();
        return {};
      });
  declare(setting, help, value, check);
  return setting;
}

Setting& Settings::amount(SettingNames names, std::string& value, std::string help) {
  auto& setting = text(std::move(names), value, std::move(help));
  setting.bare_ = Setting::Bare::Decimal;
  setting.expected_ = "a number, or a text in quotes";
  return setting;
}

Setting& Settings::texts(SettingNames names, std::vector<std::string>& values, std::string help) {
  auto& setting = add(std::move(names), Setting::Bare::List, R"(a list of texts, such as ["a", "b"])",
                      [&values](const auto& texts) -> Result<void> {
                        values = texts;
                        return {};
                      });
  declare(setting, help, fmt::format("{}", fmt::join(values, ", ")), any_text);
  return setting;
}

Setting& Settings::flag(SettingNames names, bool& value, std::string help) {
  auto& setting =
      add(std::move(names), Setting::Bare::Flag, "true or false", [&value](const auto& texts) -> Result<void> {
        DZ_TRY_ASSIGN(value, parse_switch(texts.back()));
        return {};
      });
  declare(setting, help, value ? "true" : "", [](const std::string& text) -> Result<void> {
    DZ_TRY(parse_switch(text));
    return {};
  });
  return setting;
}

Setting& Settings::span(SettingNames names, Duration& value, SpanRange range, std::string help) {
  auto& setting = add(std::move(names), Setting::Bare::Nothing, R"(a duration in quotes, such as "30s")",
                      [&value, range](const auto& texts) -> Result<void> {
                        DZ_TRY_ASSIGN(value, parse_span(texts.back(), range.least, range.most));
                        return {};
                      });
  declare(setting, help, span_flag(value), [range](const std::string& text) -> Result<void> {
    DZ_TRY(parse_span(text, range.least, range.most));
    return {};
  });
  return setting;
}

Setting& Settings::number(SettingNames names, const std::string& shown, NumberRange range,
                          std::function<void(std::uint64_t)> take, std::string help) {
  auto& setting = add(std::move(names), Setting::Bare::Number,
                      number_expected(range.least, range.most).substr(std::string_view("expected ").size()),
                      [take = std::move(take), range](const auto& texts) -> Result<void> {
                        DZ_TRY_ASSIGN(const auto value, parse_whole(texts.back(), range));
                        take(value);
                        return {};
                      });
  declare(setting, help, shown, [range](const std::string& text) -> Result<void> {
    DZ_TRY(parse_whole(text, range));
    return {};
  });
  return setting;
}

void Settings::key_only(std::string key, std::function<verdict::TomlReader::Handler(const verdict::TomlReader&)> read) {
  key_only_.push_back({std::move(key), std::move(read)});
}

std::string Settings::render_file() const {
  std::map<std::string, std::string> tables;  // keys of none come first
  for (const auto& setting : settings_) {
    const auto key = setting.keys().front();
    const auto dot = key.find('.');
    auto& text = tables[dot == key.npos ? "" : key.substr(0, dot)];
    text += fmt::format("# {}\n#{} = {}\n", setting.help_, key.substr(dot == key.npos ? 0 : dot + 1),
                        setting.value_in_file());
  }
  std::string file;
  for (const auto& [table, text] : tables) file += (table.empty() ? "" : "\n[" + table + "]\n") + text;
  return file;
}

GivenFlags Settings::given() const {
  GivenFlags given;
  for (const auto& setting : settings_) {
    for (const auto* option : setting.options_) {
      if (option->count() > 0) given[setting.name()] = option->results();
    }
  }
  return given;
}

std::vector<SettingInForce> Settings::in_force(const Settings& now, const GivenFlags& given) const {
  std::map<std::string, const Setting*> of_now;
  for (const auto& setting : now.settings_) of_now.emplace(setting.name(), &setting);
  std::vector<SettingInForce> all;
  for (const auto& setting : settings_) {
    const auto found = of_now.find(setting.name());
    if (found == of_now.end()) continue;
    const auto& shown = found->second->shown_value();
    const bool changed = shown != setting.shown_value();
    const bool by_flag = given.contains(setting.name());
    all.push_back({setting.keys().front(), shown, by_flag ? "flag" : setting.in_file_ && changed ? "file" : "default"});
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return all;
}

Result<void> Settings::read_text(std::string_view toml, const std::string& file_name) {
  const verdict::TomlReader reader(file_name);
  DZ_TRY_ASSIGN(const auto root, reader.parse(toml));
  using Key = verdict::TomlReader::Key;
  std::deque<std::string> names;  // what the keys below point at
  std::vector<Key> top;
  std::map<std::string_view, std::vector<Key>> tables;
  const auto keep = [&](const std::string& path, verdict::TomlReader::Handler handler) {
    const auto dot = path.find('.');
    if (dot == std::string::npos) return top.push_back({names.emplace_back(path), std::move(handler)});
    const std::string& table = names.emplace_back(path.substr(0, dot));
    if (!tables.contains(table)) top.push_back({table, {}});
    tables[table].push_back({names.emplace_back(path.substr(dot + 1)), std::move(handler)});
  };
  for (auto& setting : settings_) {
    for (const auto& key : setting.keys()) {
      keep(key, [&](const toml::node& node, const std::string& path) {
        file_holds_secret_ = file_holds_secret_ || setting.is_secret(node);
        setting.in_file_ = true;
        return setting.read(reader, node, path);
      });
    }
  }
  for (const auto& [key, read] : key_only_) keep(key, read(reader));
  for (auto& key : top) {
    if (!key.read) key.read = toml_table(reader, tables.at(key.name));
  }
  return reader.table(root, "", top);
}

Result<void> Settings::apply(const GivenFlags& given) {
  for (const auto& setting : settings_) {
    const auto texts = given.find(setting.name());
    if (texts == given.end()) continue;
    if (auto taken = setting.take_(texts->second); !taken) return with_context(setting.names_.flags, taken.error());
  }
  return {};
}

Result<void> Settings::read() {
  if (!file_.empty()) {
    DZ_TRY_ASSIGN(const auto text, client::read_small_file(file_));
    DZ_TRY(read_text(text, file_));
  }
  return apply(given());
}

std::optional<int> Settings::parse(CLI::App& app, int argc, const char* const* argv) {
  if (const auto end = parse_command_line(app, argc, argv)) return end;
  const auto done = read();
  if (done) return std::nullopt;
  say_error(done.error());
  return 2;
}

int refuse_settings(const Error& error) {
  say_error(error);
  return error.kind == ErrorKind::Retry ? 1 : kWrongSettings;
}

Result<void> check_listen_address(const std::string& address) {
  in6_addr parsed{};
  const bool ip =
      inet_pton(AF_INET, address.c_str(), &parsed) == 1 || inet_pton(AF_INET6, address.c_str(), &parsed) == 1;
  if (ip || address == "localhost") return {};
  return refused("listening on '" + address + "': expected an IP address such as 127.0.0.1");
}

Result<void> check_settings_file(const Settings& settings, const client::SecretRules& rules) {
  if (!settings.file_holds_secret()) return {};
  return client::check_secret_file(settings.file(), rules);
}

void declare_browser_rules(Settings& settings, net::BrowserRules& rules, const std::string& table) {
  const auto key = [&](const char* name) { return table.empty() ? std::string() : table + "." + name; };
  settings.texts(
      {"--allow-host", key("allow_host")}, rules.hosts,
      "Name by which browsers may ask besides this machine's own, such as a reverse proxy's; may be repeated");
  settings.texts({"--cors", key("cors")}, rules.origins,
                 "Origin whose pages may ask, such as http://localhost:3000, or *; may be repeated");
}

std::optional<int> parse_command_line(CLI::App& app, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return std::nullopt;
}

}  // namespace dz::service
