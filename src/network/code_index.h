// Records of a ledger by code. Codes are not unique on a ledger: programs do not compare them.
#pragma once

#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include "network/ledger_entries.h"

namespace dz::network {

// Which record of the ledger a code of the file names.
template <typename Record>
class CodeIndex {
 public:
  explicit CodeIndex(const client::Records<Record>& records) {
    for (const auto& [key, record] : records) {
      const auto code = code_key(record.code);
      (leaves(record) ? leaving_ : first_).emplace(code, &record);
      ++count_[code];
    }
  }
  // Null when nothing has the code but what is on its way out.
  const Record* find(const std::string& code) const {
    const auto found = first_.find(code);
    return found == first_.end() ? nullptr : found->second;
  }
  // On its way out, and nothing else has its code.
  const Record* find_leaving(const std::string& code) const {
    const auto found = leaving_.find(code);
    return found == leaving_.end() || find(code) != nullptr ? nullptr : found->second;
  }
  bool is_ambiguous(const std::string& code) const {
    const auto found = count_.find(code);
    return found != count_.end() && found->second > 1;
  }

 private:
  static bool leaves(const Record& record) {
    if constexpr (std::is_same_v<Record, Device> || std::is_same_v<Record, Link>) return is_leaving(record.status);
    return false;
  }

  std::map<std::string, const Record*> first_, leaving_;
  std::map<std::string, int> count_;
};

// Which entry of the file has a code.
using EntryPlaces = std::map<std::string, std::size_t>;

template <typename Entry>
EntryPlaces places_of(const std::vector<Entry>& entries) {
  EntryPlaces at;
  for (std::size_t i = 0; i < entries.size(); ++i) at.emplace(entries[i].code, i);
  return at;
}
template <typename Entry>
const Entry* find_entry(const std::vector<Entry>& entries, const EntryPlaces& at, const std::string& code) {
  const auto found = at.find(code);
  return found == at.end() ? nullptr : &entries[found->second];
}

}  // namespace dz::network
