#include "domain/records.h"

#include "domain/interface_name.h"

namespace dz {

std::string to_text(const Version& v) {
  return std::to_string(v.major) + "." + std::to_string(v.minor) + "." + std::to_string(v.patch);
}

const Interface* find_interface(const Device& device, std::string_view name) {
  const auto key = interface_key(name);
  for (const auto& i : device.interfaces) {
    if (interface_key(i.name) == key) return &i;
  }
  return nullptr;
}

Interface* find_interface(Device& device, std::string_view name) {
  return const_cast<Interface*>(find_interface(std::as_const(device), name));
}

}  // namespace dz
