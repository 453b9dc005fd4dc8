// What strangers send a witness, and what a log and a witness answer.
#include "base/check.h"
#include "input.h"
#include "targets.h"
#include "transparency/follower.h"
#include "transparency/testing.h"
#include "transparency/tiles.h"
#include "transparency/witness.h"

namespace dz::fuzz {
namespace {

using namespace transparency;  // NOLINT: the target is about all of it

void read_everything(std::string_view text) {
  if (const auto note = parse_note(text)) {
    const auto again = parse_note(render_note(*note));
    DZ_CHECK(again.has_value() && *again == *note);
    if (const auto checkpoint = parse_checkpoint(note->text)) DZ_CHECK(render_checkpoint(*checkpoint) == note->text);
  } else {
    DZ_CHECK(can_be_told(note.error().message));
  }
  if (const auto name = parse_tile_path(text)) {
    DZ_CHECK(text == (name->level ? tile_path({*name->level, name->index, name->width})
                                  : bundle_path(name->index, name->width)));
  }
  if (const auto key = parse_note_key(text)) DZ_CHECK(parse_note_key(to_text(*key)) == *key);
  if (const auto followed = parse_followed(text)) DZ_CHECK(render_followed(*followed) == text);
  for (const int status : {200, 409, 500}) {
    const auto word = read_witness_answer(status, text, {"text\n", {}}, {});
    DZ_CHECK(word.kind != WitnessWord::Kind::Cosigned);
    DZ_CHECK(word.kind == WitnessWord::Kind::Behind || can_be_told(word.trouble));
  }
}

}  // namespace

// A witness that knows the log of the seeds: it never says yes to what it does not keep.
int witness_target(ByteView bytes) {
  read_everything(as_text(bytes));
  static auto database = *storage::SqliteDatabase::open(":memory:");
  DZ_CHECK(database.execute("DROP TABLE IF EXISTS witness_seen; DROP TABLE IF EXISTS witness_contradiction").has_value());
  const NoteKey log{"log.example/conformance", SignatureType::Ed25519, testing::key_of(1).pubkey()};
  auto witness = *Witness::open(database, "w.example", testing::key_of(2), {log});
  const auto answer = witness.add_checkpoint(as_text(bytes), Timestamp{std::chrono::hours{490'000}});
  DZ_CHECK((answer.status == 200) == (witness.seen()->size() == 1));
  DZ_CHECK(can_be_told(answer.body) || answer.status == 200);
  return 0;
}

}  // namespace dz::fuzz
