// Signed notes (C2SP signed-note): a text and lines of signatures by named keys; and the cosignature of a witness,
// which is a signature with a time (C2SP tlog-cosignature, Ed25519). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/pubkey.h"
#include "base/result.h"
#include "base/time.h"
#include "wire/keypair.h"

namespace dz::transparency {

// What a key signs: the byte that C2SP gives it.
enum class SignatureType : std::uint8_t {
  Ed25519 = 1,      // of a log: the text
  Cosignature = 4,  // of a witness: the text, and when
};

// A key as a reader knows it. As text: NAME+ID+BASE64, a "verifier key".
struct NoteKey {
  std::string name;
  SignatureType type = SignatureType::Ed25519;
  Pubkey key;
  bool operator==(const NoteKey&) const = default;
};
// The first bytes of a hash over all of it; tells keys of a name apart.
std::uint32_t key_id(const NoteKey& key);
std::string to_text(const NoteKey& key);
// Refused, with what was expected: no such text, another type, or an id that is not that of the key.
Result<NoteKey> parse_note_key(std::string_view text);
// Of logs, whose type is Ed25519: another one is refused.
Result<std::vector<NoteKey>> parse_log_keys(const std::vector<std::string>& texts);
// Refused: empty, longer than a name may be, not UTF-8, or with a space, control character or plus sign.
Result<void> check_key_name(std::string_view name);

struct NoteSignature {
  std::string name;
  std::uint32_t id = 0;
  Bytes bytes;
  bool operator==(const NoteSignature&) const = default;
};

struct Note {
  std::string text;  // ends with a line feed
  std::vector<NoteSignature> signatures;
  bool operator==(const Note&) const = default;
};

inline constexpr std::size_t kMostNote = 1U << 20;       // bytes
inline constexpr std::size_t kMostNoteSignatures = 100;  // lines

// Corrupt: not a signed note. Nothing is said of its signatures.
Result<Note> parse_note(std::string_view note);
std::string render_note(const Note& note);
// One line each, as they stand under a note.
std::string render_signatures(const std::vector<NoteSignature>& signatures);
Result<std::vector<NoteSignature>> parse_signatures(std::string_view lines);

NoteSignature sign_note(std::string_view text, const std::string& name, const wire::Keypair& key);
NoteSignature cosign_note(std::string_view text, const std::string& name, const wire::Keypair& key, Timestamp now);

// What a known key said of a note. cosigned_at: of a cosignature, to the second.
struct KnownSignature {
  const NoteSignature* signature = nullptr;
  std::optional<Timestamp> cosigned_at;
};
// None: this key has not signed it. Refused: a signature in its name and with its id does not hold, so that the note as
// a whole is not to be believed.
Result<std::optional<KnownSignature>> find_signature(const Note& note, const NoteKey& key);

}  // namespace dz::transparency
