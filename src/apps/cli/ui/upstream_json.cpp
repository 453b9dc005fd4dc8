#include "apps/cli/ui/upstream_json.h"

#include <cctype>

#include <fmt/format.h>

namespace dz::cli {
namespace {

std::string variant(std::string_view word) {
  std::string name;
  bool capital = true;
  for (const char c : word) {
    if (c != '-' && c != '_') name += capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    capital = c == '-' || c == '_';
  }
  return name;
}

}  // namespace

std::string UpstreamWords::word(std::string_view word) const {
  return form_ == JsonForm::List ? variant(word) : std::string(word);
}

std::string UpstreamWords::status(std::string_view text) const {
  const bool given_up = text == to_text(Status::Pending) || text == to_text(Status::Rejected);
  return word(text) + (form_ == JsonForm::List && given_up ? "Deprecated" : "");
}

std::string upstream_cyoa(const UpstreamWords& words, Cyoa cyoa) {
  switch (cyoa) {
    case Cyoa::None: break;
    case Cyoa::GreOverDia: return "GREOverDIA";
    case Cyoa::GreOverFabric: return "GREOverFabric";
    case Cyoa::GreOverPrivatePeering: return "GREOverPrivatePeering";
    case Cyoa::GreOverPublicPeering: return "GREOverPublicPeering";
    case Cyoa::GreOverCable: return "GREOverCable";
  }
  return words.word(to_text(Cyoa::None));
}

std::string upstream_user_type(UserType type) {
  switch (type) {
    case UserType::Ibrl: return "IBRL";
    case UserType::IbrlWithAllocatedIp: return "IBRLWithAllocatedIP";
    case UserType::EdgeFiltering: return "EdgeFiltering";
    case UserType::Multicast: return "Multicast";
  }
  return std::string(to_text(type));
}

std::string upstream_ms(std::uint64_t ns) { return fmt::format("{}ms", static_cast<float>(ns) / 1e6F); }

void add_upstream(boost::json::object& record, const boost::json::object& theirs, const LedgerRules& rules) {
  for (const auto& member : theirs) {
    if (rules.speaks_upstream || !record.contains(member.key())) record[member.key()] = member.value();
  }
}

}  // namespace dz::cli
