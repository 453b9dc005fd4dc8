#include "notify/notify_settings.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/shown_url.h"
#include "service/toml_values.h"

namespace dz::notify {
namespace {

using ReadFile = std::function<Result<std::string>(const std::string&)>;

// As it stands in the file.
struct Written {
  std::string kind, url_file, token_file;
  std::vector<std::string> kinds{"links", "devices"};
};

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// Where a hook stands in the file.
struct Place {
  const verdict::TomlReader& reader;
  const toml::node& node;
  std::string key;

  // `what` begins behind the key: ".url: expected ...".
  tl::unexpected<Error> complain(std::string_view what) const { return reader.complain(node, key + std::string(what)); }
};

// The one line of a secret's file.
Result<std::string> read_secret(const Place& place, std::string_view name, const std::string& file,
                                const ReadFile& read_file) {
  const auto text = read_file(file);
  if (!text) return place.complain(fmt::format(".{}: {}", name, text.error().message));
  const auto first = text->find_first_not_of(" \t\r\n");
  if (first == std::string::npos)
    return place.complain(fmt::format(".{}: expected one line, found {} empty", name, file));
  auto secret = text->substr(first, text->find_last_not_of(" \t\r\n") - first + 1);
  if (secret.find_first_of("\r\n") != std::string::npos)
    return place.complain(fmt::format(".{}: expected one line in {}, found several", name, file));
  return secret;
}

Result<void> check_url(const Place& place, const NotifyHook& hook) {
  const bool secure = hook.url.starts_with("https://");
  if (!secure && !hook.url.starts_with("http://"))
    return place.complain(".url: expected a url that begins with https:// or http://");
  const bool secret = hook.kind == HookKind::Slack || !hook.bearer.empty();
  if (secret && !secure && !is_of_this_machine(hook.url)) {
    return place.complain(
        ".url: expected a url that begins with https://, for Slack's urls and tokens are secrets; found " +
        shown_url(hook.url));
  }
  return {};
}

Result<void> read_kinds(const Place& place, const std::vector<std::string>& kinds, NotifyHook& hook) {
  const auto names = [&](const char* word) { return std::find(kinds.begin(), kinds.end(), word) != kinds.end(); };
  hook.links = names("links");
  hook.devices = names("devices");
  const bool known =
      std::all_of(kinds.begin(), kinds.end(), [](const auto& k) { return k == "links" || k == "devices"; });
  if (!known || kinds.empty()) return place.complain(".kinds: expected \"links\", \"devices\", or both");
  return {};
}

Result<NotifyHook> read_hook(const verdict::TomlReader& reader, const toml::node& node, const std::string& key,
                             const ReadFile& read_file) {
  NotifyHook hook;
  Written written;
  DZ_TRY(reader.table(node, key,
                      {{"name", service::toml_text(reader, hook.name)},
                       {"kind", service::toml_text(reader, written.kind)},
                       {"url", service::toml_text(reader, hook.url)},
                       {"url_file", service::toml_text(reader, written.url_file)},
                       {"token_file", service::toml_text(reader, written.token_file)},
                       {"ca_file", service::toml_text(reader, hook.ca_file)},
                       {"all", service::toml_flag(reader, hook.all)},
                       {"kinds", service::toml_texts(reader, written.kinds)},
                       {"contributors", service::toml_texts(reader, hook.contributors)},
                       {"alarms", service::toml_flag(reader, hook.alarms)},
                       {"observer", service::toml_flag(reader, hook.observer)},
                       {"group", service::toml_span(reader, hook.group, Duration{0}, std::chrono::hours{1})}}));
  const Place place{reader, node, key};
  if (!is_name(hook.name))
    return place.complain(".name: expected 1 to 32 of a-z, 0-9 and -, found \"" + hook.name + "\"");
  if (written.kind != "slack" && written.kind != "json")
    return place.complain(".kind: expected \"slack\" or \"json\", found \"" + written.kind + "\"");
  hook.kind = written.kind == "slack" ? HookKind::Slack : HookKind::Json;
  if (hook.url.empty() == written.url_file.empty()) return place.complain(": expected either url or url_file");
  if (!written.url_file.empty()) {
    DZ_TRY_ASSIGN(hook.url, read_secret(place, "url_file", written.url_file, read_file));
  }
  if (!written.token_file.empty()) {
    DZ_TRY_ASSIGN(hook.bearer, read_secret(place, "token_file", written.token_file, read_file));
  }
  DZ_TRY(check_url(place, hook));
  DZ_TRY(read_kinds(place, written.kinds, hook));
  return hook;
}

}  // namespace

verdict::TomlReader::Handler notify_hooks(const verdict::TomlReader& reader, std::vector<NotifyHook>& hooks,
                                          const ReadFile& read_file) {
  return [&reader, &hooks, &read_file](const toml::node& node, const std::string& key) -> Result<void> {
    const auto* array = node.as_array();
    if (array == nullptr) return reader.complain(node, key + ": expected [[notify]] tables");
    for (const auto& entry : *array) {
      DZ_TRY_ASSIGN(auto hook, read_hook(reader, entry, key, read_file));
      const bool taken = std::any_of(hooks.begin(), hooks.end(), [&](const auto& h) { return h.name == hook.name; });
      if (taken) return reader.complain(entry, key + ".name: \"" + hook.name + "\" is taken; expected another name");
      hooks.push_back(std::move(hook));
    }
    return {};
  };
}

}  // namespace dz::notify
