#include "base/result.h"

namespace dz {

std::string_view to_text(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Retry: return "retry";
    case ErrorKind::TooMuch: return "too much";
    case ErrorKind::Refused: return "refused";
    case ErrorKind::NotFound: return "not found";
    case ErrorKind::Corrupt: return "corrupt";
    case ErrorKind::Unsupported: return "unsupported";
    case ErrorKind::Cancelled: return "cancelled";
  }
  return "unknown";
}

}  // namespace dz
