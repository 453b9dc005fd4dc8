#include "domain/profile.h"

namespace dz {
namespace {

bool speaks(const Profile& profile, const Version& version) {
  if (!profile.any_patch) return version == profile.version;
  return version.major == profile.version.major && version.minor == profile.version.minor;
}

std::string versions_of(const Profile& profile) {
  return profile.any_patch ? std::to_string(profile.version.major) + "." + std::to_string(profile.version.minor) + ".x"
                           : to_text(profile.version);
}

}  // namespace

// The one place that knows which profiles there are.
std::span<const Profile* const> all_profiles() {
  static const Profile* const kProfiles[] = {&rfc_profile(), &v034_profile()};
  return kProfiles;
}

std::string_view to_text(RecordKind kind) { return kind == RecordKind::Link ? "link" : "device"; }

Result<const Profile*> recognise_profile(const Version& version) {
  std::string expected;
  for (const auto* profile : all_profiles()) {
    if (speaks(*profile, version)) return profile;
    expected +=
        (expected.empty() ? "" : " or ") + versions_of(*profile) + " (profile " + std::string(profile->name) + ")";
  }
  return fail(ErrorKind::Unsupported, "expected a ledger program of version " + expected + ", found " +
                                          to_text(version) +
                                          "; records can be read, but nothing is written: use a client made for that "
                                          "version");
}

Result<const Profile*> find_profile(std::string_view name) {
  std::string expected;
  for (const auto* profile : all_profiles()) {
    if (profile->name == name) return profile;
    expected += (expected.empty() ? "" : " or ") + std::string(profile->name);
  }
  return refused("profile '" + std::string(name) + "': expected " + expected);
}

std::string_view spell(const Profile& profile, RecordKind kind, Health health) {
  if (health != Health::Healthy) return to_text(health);
  return kind == RecordKind::Link ? profile.link_healthy : profile.device_healthy;
}

Result<Health> parse_health(const Profile& profile, RecordKind kind, std::string_view text) {
  std::string words;
  for (const auto& [code, health] : profile.health(kind).codes) {
    const auto word = spell(profile, kind, health);
    if (same_spelling(text, word) || same_spelling(text, to_text(health))) return health;
    words += (words.empty() ? "" : ", ") + std::string(word);
  }
  return refused("expected one of " + words + "; found '" + std::string(text.substr(0, 60)) + "'");
}

}  // namespace dz
