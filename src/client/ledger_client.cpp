#include "client/ledger_client.h"

#include "base/check.h"

namespace dz::client {

std::string_view to_text(Commitment commitment) {
  switch (commitment) {
    case Commitment::Processed: return "processed";
    case Commitment::Confirmed: return "confirmed";
    case Commitment::Finalized: return "finalized";
  }
  DZ_CHECK(false);
}

}  // namespace dz::client
