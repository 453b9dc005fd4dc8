// Reads TOML files strictly: every key must be known, and every complaint names file and line.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "base/result.h"

namespace dz::verdict {

class TomlReader {
 public:
  explicit TomlReader(std::string_view file_name) : file_name_(file_name) {}

  Result<toml::table> parse(std::string_view text) const;

  // Refused, with file and line of the node.
  tl::unexpected<Error> complain(const toml::node& node, std::string_view what) const;

  using Handler = std::function<Result<void>(const toml::node&, const std::string& key)>;
  struct Key {
    std::string_view name;
    Handler read;
  };
  // Reads each key of a table by its handler; a key without one is refused with the list of those that exist.
  Result<void> table(const toml::node& node, const std::string& prefix, const std::vector<Key>& keys) const;

  const std::string& file_name() const { return file_name_; }

 private:
  std::string file_name_;
};

}  // namespace dz::verdict
