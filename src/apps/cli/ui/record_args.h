// Arguments and guards that all nouns share.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/ui/options.h"
#include "client/snapshot.h"
#include "wire/instructions/global.h"

namespace dz::cli {

// --pubkey and --code are accepted by every verb that names one record, each with a pubkey or a code.
struct RecordArgs {
  std::string record;
};
inline void declare_record(Options& options, RecordArgs& args) {
  options.text("--pubkey,--code", args.record, "the record, by pubkey or code").required().codes_of(options.noun());
}

struct GetArgs {
  std::string record;
  OutputArgs output;
};
inline void declare_get(Options& options, GetArgs& args) {
  options.text("--code,--pubkey", args.record, "the record, by pubkey or code").required().codes_of(options.noun());
  declare_output(options, args.output);
}

struct NoArgs {};
inline void declare_nothing(Options&, NoArgs&) {}

// --activator-authority and its like, for init and global-config authority set.
struct AuthorityArgs {
  std::optional<std::string> activator, health_oracle, sentinel, feed;
};
void declare_authorities(Options& options, AuthorityArgs& args);
Result<wire::SetAuthorityArgs> resolve_authorities(Context& context, const AuthorityArgs& args);

Result<void> refuse_empty_update(Context& context);

template <typename Record>
Result<void> refuse_taken_code(const client::Records<Record>& records, std::string_view noun, std::string_view code) {
  for (const auto& [key, record] : records) {
    if (client::same_code(record.code, code)) {
      return refused(fmt::format("the code '{}' is taken by {} {}: choose another, codes are compared in any case",
                                 code, noun, to_text(key)));
    }
  }
  return {};
}

// The pubkey that a list filter names; nothing without a filter. A name that cannot be resolved is an error.
template <typename Record>
Result<std::optional<Pubkey>> wanted(const client::Records<Record>& records, std::string_view noun,
                                     const std::optional<std::string>& name) {
  if (!name) return std::nullopt;
  DZ_TRY_ASSIGN(const auto found, client::find_record(records, noun, *name));
  return found.key;
}
template <typename Value>
bool fits(const std::optional<Value>& filter, const Value& value) {
  return !filter || *filter == value;
}

// Codes of the devices whose field (location, exchange, contributor) is this record.
std::vector<std::string> devices_at(const client::Snapshot& snapshot, Pubkey Device::*field, const Pubkey& key);

// Refused while other records refer to this one; `users` names them.
Result<void> refuse_referenced(std::string_view noun, std::string_view code, const std::vector<std::string>& users);

}  // namespace dz::cli
