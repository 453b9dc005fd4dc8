// What the dialects share on the way in: a store's words for people, and names that become ports.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/keyed_hash.h"
#include "telemetry/store_query.h"

namespace dz::telemetry {

// A store's own words as one line of UTF-8 of about 300 bytes, with the settings' secrets blotted out.
std::string store_words(const StoreSettings& store, std::string_view text);

// How an answer that cannot be read looks, for a message: its first characters.
std::string beginning_of(const StoreSettings& store, std::string_view body);

// A whole number as counters have it, from text: digits exactly, "1e+09" and "12.5" rounded down. None: negative, not
// a number, 2^64 or more.
std::optional<std::uint64_t> counter_of(std::string_view text);
std::optional<std::uint64_t> counter_of(double value);

// Gives the names of an answer their place in StoreRows. Names that are not pubkeys go to odd_names, a few of them.
// Ask for every row: one without a readable name is counted.
class RowNames {
 public:
  explicit RowNames(StoreRows& rows) : rows_(rows) {}

  const Pubkey* device(std::string_view text);  // none: not a pubkey
  std::optional<std::uint32_t> port(std::string_view device, std::string_view interface, std::string_view host);

 private:
  StoreRows& rows_;
  std::unordered_map<std::string, std::optional<Pubkey>, KeyedHash> devices_;
  struct Place {
    std::optional<std::uint32_t> port;
    bool readable = true;
  };
  std::unordered_map<std::string, Place, KeyedHash> ports_;
  std::string key_;
};

// The labels that an added criterion's values must carry; those its subject does not use are empty.
struct AddedLabels {
  std::string_view device, interface, link;
};
AddedLabels labels_of(const verdict::AddedCriterion& criterion);

// Takes one value of an added criterion, unless it speaks of a minute that was not asked for, names nothing, or has a
// name that cannot be read, which is counted.
void put_added_value(const StoreQuestion& question, StoreRows::AddedValue value, StoreRows& rows);

bool asked_for(const StoreQuestion& question, Minute minute);

// An error for an added criterion's answer without the label; `found` are the names it has instead.
Error label_missing(const StoreSettings& store, std::string_view label, std::string_view found);

// The error for an answer that is not whole.
Error cut_off();

// An answer of nothing at all (version 3 of InfluxDB sends no byte when it found no row) is believed only where rows
// are not expected. Where silence would be held against a device, it is a failure of the store.
bool may_be_empty(StoreSubject subject);

// Counters by port, then minute, whatever the order of the answer.
void put_in_order(StoreRows& rows);

}  // namespace dz::telemetry
