#include "transparency/hand_on.h"

#include <utility>

#include <fmt/format.h>

#include "transparency/tiles.h"

namespace dz::transparency {
namespace {

using Kind = WitnessWord::Kind;

// A narrow tile may be gone once the whole one is there.
Result<std::vector<Hash>> fetch_tile(const FetchFile& fetch, Tile tile) {
  const auto width = tile.width;
  auto body = fetch("tile/" + tile_path(tile));
  if (!body && body.error().kind == ErrorKind::NotFound && width < kTileWidth) {
    tile.width = kTileWidth;
    body = fetch("tile/" + tile_path(tile));
  }
  if (!body) return tl::unexpected(std::move(body).error());
  DZ_TRY_ASSIGN(auto hashes, decode_hashes(as_bytes(*body), tile.width));
  hashes.resize(width);
  return hashes;
}

tl::unexpected<Error> not_taken(const WitnessWord& word, const TreeHead& head) {
  if (word.kind == Kind::Refused) return refused("the witness refuses the checkpoint: " + word.trouble);
  return fail(ErrorKind::Retry, fmt::format("the witness has seen {} entries by now, and the checkpoint has {}; read "
                                            "the log again, and hand on what it shows then",
                                            word.other_size, head.size));
}

// From where the witness asks.
Result<void> prove_to(const SignedCheckpoint& checkpoint, AddCheckpoint request, const ReadSubtree& read,
                      const AskWitness& ask) {
  const auto& [origin, head, _] = checkpoint.checkpoint;
  DZ_TRY_ASSIGN(const auto root, root_of(read, request.old_size));
  DZ_TRY_ASSIGN(request.proof, prove_consistency(read, request.old_size, head.size));
  if (const auto shown = check_consistency({request.old_size, root}, head, request.proof); !shown) {
    return refused(fmt::format("the tiles of the log {} do not show the tree of {} entries that it signed: {}", origin,
                               head.size, shown.error().message));
  }
  DZ_TRY_ASSIGN(const auto word, ask(request));
  if (word.kind == Kind::Cosigned) return {};
  if (word.kind == Kind::Behind && (word.other_size != request.old_size || word.other_size != head.size))
    return not_taken(word, head);
  // The proof was right, so it is the beginning that the witness knows otherwise. This shows it where the proof alone
  // does not.
  DZ_TRY_ASSIGN(auto beginning, prove_beginning(read, request.old_size, head.size));
  if (beginning != request.proof) {
    request.proof = std::move(beginning);
    DZ_TRY(ask(request));
  }
  return refused(
      fmt::format("the log {} shows a tree of {} entries here, and its first {} are not those that the witness saw: it "
                  "told two stories. A doublezero-witness keeps the proof (conflicts of its /checkpoints){}",
                  origin, head.size, request.old_size, word.trouble.empty() ? "" : "; " + word.trouble));
}

}  // namespace

Result<void> hand_on(const SignedCheckpoint& checkpoint, const FetchFile& fetch, const AskWitness& ask) {
  const auto& head = checkpoint.checkpoint.head;
  AddCheckpoint request{.old_size = 0, .proof = {}, .note = render_note(checkpoint.note)};
  DZ_TRY_ASSIGN(const auto word, ask(request));  // it answers which size it saw
  if (word.kind == Kind::Cosigned) return {};
  if (word.kind == Kind::Refused || word.other_size == 0 || word.other_size > head.size) return not_taken(word, head);
  request.old_size = word.other_size;
  const auto read = [&fetch](const Tile& tile) { return fetch_tile(fetch, tile); };
  return prove_to(checkpoint, std::move(request), subtrees_from_tiles(read, head.size), ask);
}

}  // namespace dz::transparency
