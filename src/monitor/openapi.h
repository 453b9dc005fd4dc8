// The API below /api/v1 as an OpenAPI 3.1 document, made of the table of operations and of schemas that the tests check
// real answers against.
#pragma once

#include <string_view>

#include <boost/json/fwd.hpp>

#include "domain/profile.h"

namespace dz::monitor {

// profile: whose words the parameters take.
boost::json::object openapi_document(const Profile& profile);

// components.schemas, as JSON.
std::string_view openapi_schemas();

}  // namespace dz::monitor
