// What one judge, a monitor with a key of its own, holds of one record: the health it would write, of exactly which
// account, by which policy and over minutes up to when. Signed, so that it can be handed on and checked by anybody
// (docs/formats/opinion.md has the bytes). An opinion changes nothing by itself: agreement.h says when enough of them
// do.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/pubkey.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/profile.h"
#include "wire/keypair.h"
#include "wire/transaction.h"

namespace dz::quorum {

using Hash = std::array<std::uint8_t, 32>;

// Which ledger, and which program on it.
struct Network {
  wire::Blockhash genesis;
  Pubkey program;
  bool operator==(const Network&) const = default;
};

struct Opinion {
  Network network;
  Pubkey judge;
  Pubkey record;
  RecordKind kind = RecordKind::Link;
  Hash account{};  // SHA-256 of the account's data as judged
  Health health = Health::Unknown;
  Minute window_end;  // every source it rests on is complete up to here
  Hash policy{};      // verdict::policy_digest(), as bytes
  Timestamp made_at;
  bool operator==(const Opinion&) const = default;
};

struct SignedOpinion {
  Opinion opinion;
  wire::Signature signature;
  bool operator==(const SignedOpinion&) const = default;
};

inline constexpr std::size_t kSignedBytes = 231, kOpinionBytes = kSignedBytes + 64;

// The bytes that are signed: every field, so that no two opinions have the same.
Bytes signed_bytes(const Opinion& opinion);
// The judge named in it is the key's.
SignedOpinion sign(Opinion opinion, const wire::Keypair& key);
// Whether the judge that it names signed it.
bool is_signed(const SignedOpinion& opinion);

// The bytes that are signed and the signature behind them.
Bytes encode(const SignedOpinion& opinion);
// Corrupt: anything but the bytes of one opinion. The signature is not checked.
Result<SignedOpinion> decode_opinion(ByteView bytes);

// Of an account's data.
Hash account_hash(ByteView data);
// A digest of 64 hex digits, as verdict::policy_digest() writes it. Refused: it is none.
Result<Hash> parse_digest(std::string_view hex);

}  // namespace dz::quorum
