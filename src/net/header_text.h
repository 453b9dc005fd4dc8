// What may stand in the head of an HTTP message, whoever made it of whatever bytes: answers, requests to others, and
// the opening of a WebSocket are checked here and nowhere else. A line end or a control byte would begin a header, or a
// message, of somebody else's making.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace dz::net {

// A method, or the name of a header.
bool is_token(std::string_view name);

// Refused: a method or a name that is no token; a control byte in a value or in the URL, or a blank in the URL. What is
// said names the header and never its value, which may be a secret.
Result<void> check_outgoing_head(std::string_view method, std::string_view url,
                                 const std::vector<std::pair<std::string, std::string>>& headers);

}  // namespace dz::net
