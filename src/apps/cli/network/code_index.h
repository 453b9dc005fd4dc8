// Records of a ledger by code. Codes are not unique on a ledger: programs do not compare them.
#pragma once

#include <map>
#include <string>
#include <type_traits>

#include "apps/cli/network/ledger_entries.h"

namespace dz::cli {

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

}  // namespace dz::cli
