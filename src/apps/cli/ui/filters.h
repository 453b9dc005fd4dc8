// --filter KEY=VALUE of lists: which records are shown.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/ui/news.h"

namespace dz::cli {

// One --filter, or one of the flags that mean the same.
struct Filter {
  std::string key, value;
};
// "status=activated". Refused: a key that there is not, or no value.
Result<Filter> parse_filter(std::string_view text);
std::vector<std::string> filter_keys();

// What filters look at.
struct Facts {
  RecordKind kind;
  Status status;
  DesiredStatus desired_status;
  Health health;
  std::string code, condition;
  std::vector<Pubkey> contributors, devices, metros;  // of both sides; a metro is an exchange or a location
};
Facts facts_of(const client::Snapshot& snapshot, const Link& link, const News& news);
Facts facts_of(const client::Snapshot& snapshot, const client::Found<Device>& device, const News& news);

// Of several values of one key any has to fit; of several keys all.
class Filters {
 public:
  // Words in those of this ledger, names looked up. Wrong usage, or NotFound.
  static Result<Filters> make(Context& context, const client::Snapshot& snapshot, RecordKind kind,
                              const std::vector<Filter>& filters);
  bool fit(const Facts& facts) const;

 private:
  struct Test {
    std::string key;
    std::function<bool(const Facts&)> fits;
  };
  std::vector<Test> tests_;
};

}  // namespace dz::cli
