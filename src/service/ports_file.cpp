#include "service/ports_file.h"

#include <boost/json.hpp>

#include "client/key_file.h"

namespace dz::service {

Result<void> write_ports_file(const std::string& path,
                              const std::vector<std::pair<std::string_view, std::uint16_t>>& ports) {
  boost::json::object object;
  for (const auto& [name, port] : ports) object[name] = port;
  return client::write_file_atomically(path, boost::json::serialize(object) + "\n", 0644);
}

}  // namespace dz::service
