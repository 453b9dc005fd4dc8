// Errors as values. An operational failure is a Result<T>; a domain refusal is an enum of its own; a bug is a
// DZ_CHECK (check.h). Nothing here throws.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace dz {

// What the caller should do about a failure, not where it came from.
enum class ErrorKind {
  Retry,        // may succeed later, unchanged: a time-out, a full queue, a lost connection
  TooMuch,      // would succeed for less: a limit on rows, memory, time of one request
  Refused,      // understood and declined: bad input, missing permission, a failed rule
  NotFound,     // the thing named does not exist
  Corrupt,      // bytes that cannot be what they claim to be
  Unsupported,  // valid, but outside what this program does
  Cancelled,    // shutting down
};

std::string_view to_text(ErrorKind kind);

// message says what was expected, what was found, and what to do; contexts are added outermost first:
// "reading the key file: /etc/x.json: expected 64 numbers, found 32".
struct Error {
  ErrorKind kind = ErrorKind::Refused;
  std::string message;

  bool operator==(const Error&) const = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(message)});
}
inline tl::unexpected<Error> refused(std::string message) { return fail(ErrorKind::Refused, std::move(message)); }
inline tl::unexpected<Error> corrupt(std::string message) { return fail(ErrorKind::Corrupt, std::move(message)); }
inline tl::unexpected<Error> not_found(std::string message) { return fail(ErrorKind::NotFound, std::move(message)); }

// Passes an error on with "context: " before its message; the kind stays.
inline tl::unexpected<Error> with_context(std::string_view context, Error error) {
  error.message = std::string(context) + ": " + error.message;
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace dz

// Evaluates a Result (or any other tl::expected); on failure returns its error from the enclosing function.
#define DZ_CONCAT_INNER(a, b) a##b
#define DZ_CONCAT(a, b) DZ_CONCAT_INNER(a, b)
#define DZ_TRY(expression)                                                              \
  do {                                                                                  \
    auto dz_try_result = (expression);                                                  \
    if (!dz_try_result) return ::tl::make_unexpected(std::move(dz_try_result).error()); \
  } while (false)
#define DZ_ASSIGN_OR_RETURN_IMPL(temporary, target, expression)               \
  auto temporary = (expression);                                              \
  if (!temporary) return ::tl::make_unexpected(std::move(temporary).error()); \
  target = std::move(*temporary)
#define DZ_TRY_ASSIGN(target, expression) DZ_ASSIGN_OR_RETURN_IMPL(DZ_CONCAT(dz_result_, __LINE__), target, expression)
