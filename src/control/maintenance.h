// Maintenance: somebody who may answer for a record says that it is being worked on, from when to when and why. Until
// then nobody is alarmed by it. What is judged and written stays as it is, and everything that shows the record shows
// the maintenance too. Pure.
//
// Who says so signs a statement: text, a line each, so that anybody can check it with any tool. It names the network,
// so that it is good for no other one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/pubkey.h"
#include "base/result.h"
#include "base/time.h"

namespace dz::control {

inline constexpr Duration kLongestMaintenance = std::chrono::hours{24 * 14};
inline constexpr std::size_t kLongestWhy = 200;  // bytes
inline constexpr std::size_t kMostMaintenances = 10'000;
inline constexpr std::size_t kMostMaintenancesOfOne = 100;  // told by one key

struct MaintenanceWindow {
  Pubkey record;       // a link, or a device with all its links
  Timestamp from, to;  // whole seconds
  std::string why;
  bool operator==(const MaintenanceWindow&) const = default;
};

struct Maintenance {
  std::string id;  // 16 hexadecimal digits, of its statement and its signer
  MaintenanceWindow window;
  Pubkey by;
  std::string signature;  // base58, of the statement
  // Ended before its time; none: it was not.
  std::optional<Timestamp> ended;
  bool operator==(const Maintenance&) const = default;

  Timestamp over_at() const { return ended.value_or(window.to); }
  bool holds_at(Timestamp now) const { return now >= window.from && now < over_at(); }
};

// What is signed. network: the ledger's genesis hash in base58.
std::string statement_of(std::string_view network, const MaintenanceWindow& window);
std::string statement_of_end(std::string_view network, std::string_view id);
std::string maintenance_id(std::string_view statement, const Pubkey& by);

// "ams-dz001 is in maintenance until 16:40, and nobody is alarmed by it: new optics (told by 9xQe...)". record: the
// code of what it was told of.
std::string sentence_of(const Maintenance& maintenance, std::string_view record, Timestamp now);

// Refused: a window that is over, ends before it begins, or is longer than kLongestMaintenance; a reason that is empty,
// too long, or no text.
Result<void> check_window(const MaintenanceWindow& window, Timestamp now);

class MaintenanceBook {
 public:
  // One that is known already stays as it is, ended or not. TooMuch: there are too many that are not over, of all or of
  // its signer.
  Result<void> add(Maintenance maintenance, Timestamp now);
  // NotFound: there is no such one. One that is over stays as it is.
  Result<void> end(std::string_view id, Timestamp now);
  // Takes out what is over beyond the newest `kept` of it, and gives its ids. By number, not by age: no clock that is
  // wrong forgets anything.
  std::vector<std::string> forget_over(std::size_t kept, Timestamp now);

  const Maintenance* find(std::string_view id) const;
  // Of those that hold for exactly that record now, the one that ends last; null: none does.
  const Maintenance* holding(const Pubkey& record, Timestamp now) const;
  // The ids of all that hold now.
  std::vector<std::string> holding(Timestamp now) const;
  // When the next one begins or ends; Timestamp::max(): none does.
  Timestamp next_change(Timestamp now) const;
  // By their beginning.
  std::vector<Maintenance> all() const;

 private:
  std::map<std::string, Maintenance, std::less<>> by_id_;
  std::multimap<Pubkey, std::string> by_record_;  // their ids
};

}  // namespace dz::control
