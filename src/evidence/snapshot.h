// All evidence as bytes, for the monitor's checkpoints (docs/formats/evidence.md). Equal evidence gives equal bytes,
// and what is restored goes on exactly as the evidence that was saved would have.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "evidence/evidence.h"

namespace dz::evidence {

class SnapshotWriter;  // in snapshot.cpp

Bytes snapshot_of(const Evidence& evidence);

// The snapshot of one moment, in pieces, while the evidence goes on: as long as this object lives, rows of whatever
// sort may be added, and everything may be asked; nothing else may be called. What a row changes is written down before
// it does, so the order of subjects in the bytes may be another one than in those of snapshot_of(). The evidence
// outlives it.
class SnapshotInPieces {
 public:
  explicit SnapshotInPieces(Evidence& evidence);
  ~SnapshotInPieces();
  SnapshotInPieces(const SnapshotInPieces&) = delete;
  SnapshotInPieces& operator=(const SnapshotInPieces&) = delete;

  // What the bytes begin with. It is small, and tells a program whether it knows the version.
  const Bytes& head() const;
  // What follows, at most so many bytes; empty when that was all. After the head and all pieces, in order, one has the
  // bytes to restore from.
  Bytes next(std::size_t most);

 private:
  EvidenceState& state_;
  std::unique_ptr<SnapshotWriter> writer_;
};

// Corrupt: bytes that snapshot_of() cannot have written. Unsupported: a version this program does not know.
Result<Evidence> restore_evidence(ByteView bytes);

}  // namespace dz::evidence
