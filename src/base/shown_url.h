// The one way in which a URL may be shown: in a message, a log, an answer.
#pragma once

#include <string>
#include <string_view>

namespace dz {

// Scheme, host and port. Path, query, fragment and a user's name and password may be secrets: "/..." stands for what
// follows the host. Text that is no URL is cut likewise; what may be a password, where none should be, is "..." too.
// Control characters are escaped, and a long name is cut.
std::string shown_url(std::string_view url);

// Scheme, host and port, without a word on what follows.
std::string shown_server(std::string_view url);

// It leads to a loopback address: nothing of it leaves this machine.
bool is_of_this_machine(std::string_view url);

// Something of it is not shown.
bool holds_secret(std::string_view url);

}  // namespace dz
