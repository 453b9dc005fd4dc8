// The members that the live network's own command has in its JSON, beside ours, so that a script moves over unchanged.
// Where both commands have a member of the same name, its value on the live network is theirs: it is their ledger and
// their words, and only one value can stand there. On other ledgers it stays ours.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "apps/cli/ui/ledger_rules.h"

namespace dz::cli {

// Their `list` says the names of their program's variants, their `get` says words.
enum class JsonForm { List, Get };

class UpstreamWords {
 public:
  explicit UpstreamWords(JsonForm form) : form_(form) {}

  // "ready-for-service" of a get, "ReadyForService" of a list.
  std::string word(std::string_view word) const;
  // The same of a status: words that their program gave up are named so.
  std::string status(std::string_view word) const;

 private:
  JsonForm form_;
};

// "gre-over-dia" as "GREOverDIA", in either form; "none" is a word like any other.
std::string upstream_cyoa(const UpstreamWords& words, Cyoa cyoa);
// "ibrl" as "IBRL", in either form.
std::string upstream_user_type(UserType type);
// "40ms": as short as it can be.
std::string upstream_ms(std::uint64_t ns);

// Adds theirs to ours.
void add_upstream(boost::json::object& record, const boost::json::object& theirs, const LedgerRules& rules);

}  // namespace dz::cli
