#include "notify/hook.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/shown_url.h"

namespace dz::notify {
namespace {

void replace_all(std::string& text, std::string_view secret, std::string_view by) {
  if (secret.empty()) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + by.size())) {
    text.replace(at, secret.size(), by);
  }
}

}  // namespace

std::string_view to_text(HookKind kind) { return kind == HookKind::Slack ? "slack" : "json"; }

std::string without_secrets(const NotifyHook& hook, std::string text) {
  replace_all(text, hook.url, shown_url(hook.url));
  // The path alone is the secret of a webhook; quoted without its host it is one still.
  const auto scheme = hook.url.find("://");
  const auto path = scheme == std::string::npos ? scheme : hook.url.find('/', scheme + 3);
  if (path != std::string::npos && path + 1 < hook.url.size()) replace_all(text, hook.url.substr(path), "/...");
  replace_all(text, hook.bearer, "...");
  return text;
}

std::string render_hook(const NotifyHook& hook) {
  const auto kinds = hook.links && hook.devices ? "links and devices" : hook.links ? "links" : "devices";
  const auto whose =
      hook.contributors.empty() ? std::string("everybody") : fmt::format("{}", fmt::join(hook.contributors, ", "));
  return fmt::format("{}: {} to {}{}, {}{} of {}, {}{}, grouped over {}", hook.name, to_text(hook.kind),
                     shown_url(hook.url), hook.bearer.empty() ? "" : " with a token", kinds,
                     hook.all ? "" : " in service", whose, hook.alarms ? "source alarms" : "no alarms",
                     hook.observer ? ", from a standby or dry run too" : "", duration_text(hook.group));
}

}  // namespace dz::notify
