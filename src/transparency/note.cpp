#include "transparency/note.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/safe_text.h"
#include "base/sha256.h"
#include "base/valid_text.h"

namespace dz::transparency {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // em dash, space
constexpr std::size_t kIdBytes = 4, kTimeBytes = 8, kSignatureBytes = 64;

// Every character that Unicode counts as a space and that is no control character.
constexpr std::array<std::string_view, 18> kSpaces = {" ",
                                                      "\xC2\xA0",
                                                      "\xE1\x9A\x80",
                                                      "\xE2\x80\x80",
                                                      "\xE2\x80\x81",
                                                      "\xE2\x80\x82",
                                                      "\xE2\x80\x83",
                                                      "\xE2\x80\x84",
                                                      "\xE2\x80\x85",
                                                      "\xE2\x80\x86",
                                                      "\xE2\x80\x87",
                                                      "\xE2\x80\x88",
                                                      "\xE2\x80\x89",
                                                      "\xE2\x80\x8A",
                                                      "\xE2\x80\xA8",
                                                      "\xE2\x80\xA9",
                                                      "\xE2\x80\xAF",
                                                      "\xE2\x81\x9F"};
constexpr std::string_view kIdeographicSpace = "\xE3\x80\x80";

template <typename Number>
void add_big_endian(Bytes& bytes, Number number) {
  for (int shift = 8 * (sizeof number - 1); shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(number >> shift));
  }
}

template <typename Number>
Number big_endian(ByteView bytes) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = static_cast<Number>(number << 8 | bytes[i]);
  return number;
}

tl::unexpected<Error> no_note(const std::string& found) {
  return corrupt("expected a signed note (a text, an empty line, then lines of signatures), found " + found);
}

std::string cosigned_text(std::string_view text, std::uint64_t seconds) {
  return fmt::format("cosignature/v1\ntime {}\n{}", seconds, text);
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
  const auto shown = "'" + one_line(line, 100) + "'";
  if (!line.starts_with(kDash)) return no_note("no em dash at the beginning of a signature: " + shown);
  line.remove_prefix(kDash.size());
  const auto space = line.find(' ');
  if (space == line.npos) return no_note("a signature without a name: " + shown);
  NoteSignature signature{.name = std::string(line.substr(0, space)), .id = 0, .bytes = {}};
  if (!check_key_name(signature.name)) return no_note("no valid name of a key in " + shown);
  const auto bytes = decode_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= kIdBytes) return no_note("no base64 of a signature in " + shown);
  signature.id = big_endian<std::uint32_t>(*bytes);
  signature.bytes.assign(bytes->begin() + kIdBytes, bytes->end());
  return signature;
}

Result<wire::Signature> signature_of(ByteView bytes) {
  wire::Signature signature;
  if (bytes.size() != kSignatureBytes) {
    return refused(fmt::format("expected a signature of {} bytes, found {}", kSignatureBytes, bytes.size()));
  }
  std::copy(bytes.begin(), bytes.end(), signature.bytes.begin());
  return signature;
}

Result<KnownSignature> check_signature(const Note& note, const NoteSignature& found, const NoteKey& key) {
  ByteView bytes = found.bytes;
  KnownSignature known{&found, std::nullopt};
  std::string text = note.text;
  if (key.type == SignatureType::Cosignature) {
    if (bytes.size() < kTimeBytes) return refused("expected a time before the signature, found nothing");
    const auto seconds = big_endian<std::uint64_t>(bytes);
    constexpr std::uint64_t kMostSeconds = 1ULL << 40;  // far beyond any year that a clock shows
    if (seconds > kMostSeconds) return refused("expected a time in seconds, found " + std::to_string(seconds));
    known.cosigned_at = Timestamp{std::chrono::seconds{seconds}};
    text = cosigned_text(note.text, seconds);
    bytes = bytes.subspan(kTimeBytes);
  }
  DZ_TRY_ASSIGN(const auto signature, signature_of(bytes));
  if (!wire::verify(signature, key.key, as_bytes(text))) return refused("it was not made by that key for this text");
  return known;
}

}  // namespace

std::uint32_t key_id(const NoteKey& key) {
  const std::array<std::uint8_t, 2> between = {'\n', static_cast<std::uint8_t>(key.type)};
  const std::array<ByteView, 3> parts = {as_bytes(key.name), ByteView(between), key.key.view()};
  return big_endian<std::uint32_t>(sha256_of(parts));
}

std::string to_text(const NoteKey& key) {
  Bytes typed = {static_cast<std::uint8_t>(key.type)};
  typed.insert(typed.end(), key.key.bytes.begin(), key.key.bytes.end());
  return fmt::format("{}+{:08x}+{}", key.name, key_id(key), encode_base64(typed));
}

Result<NoteKey> parse_note_key(std::string_view text) {
  const auto expected = [&](std::string_view what) {
    return refused("expected a verifier key NAME+ID+KEY as a log or witness shows it, found " + std::string(what) +
                   ": '" + one_line(text, 200) + "'");
  };
  const auto first = text.find('+');
  const auto second = first == text.npos ? text.npos : text.find('+', first + 1);
  if (second == text.npos) return expected("fewer than three parts");
  NoteKey key{.name = std::string(text.substr(0, first)), .type = {}, .key = {}};
  DZ_TRY(check_key_name(key.name));
  const auto bytes = decode_base64(text.substr(second + 1));
  if (!bytes || bytes->size() != 1 + key.key.bytes.size()) return expected("no key of 32 bytes behind its type");
  key.type = static_cast<SignatureType>(bytes->front());
  if (key.type != SignatureType::Ed25519 && key.type != SignatureType::Cosignature) {
    return expected("a type of signature that is neither 1 (Ed25519) nor 4 (cosignature)");
  }
  std::copy(bytes->begin() + 1, bytes->end(), key.key.bytes.begin());
  if (text.substr(first + 1, second - first - 1) != fmt::format("{:08x}", key_id(key))) {
    return expected("an id that is not that of the name and the key");
  }
  return key;
}

Result<std::vector<NoteKey>> parse_log_keys(const std::vector<std::string>& texts) {
  std::vector<NoteKey> logs;
  for (const auto& text : texts) {
    DZ_TRY_ASSIGN(auto key, parse_note_key(text));
    if (key.type != SignatureType::Ed25519)
      return refused("expected the verifier key of a log, of type 1, found one of a witness: '" + text + "'");
    logs.push_back(std::move(key));
  }
  return logs;
}

Result<void> check_key_name(std::string_view name) {
  DZ_TRY(check_name("name of a key", name));
  const bool spaced = std::any_of(kSpaces.begin(), kSpaces.end(), [&](auto s) { return name.find(s) != name.npos; });
  if (spaced || name.find(kIdeographicSpace) != name.npos || name.find('+') != name.npos) {
    return refused("name of a key: expected no spaces and no plus sign, found '" + std::string(name) + "'");
  }
  return {};
}

Result<Note> parse_note(std::string_view note) {
  if (note.size() > kMostNote) return no_note(fmt::format("{} bytes, more than {}", note.size(), kMostNote));
  if (!is_utf8(note)) return no_note("bytes that are no UTF-8");
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; };
  if (std::any_of(note.begin(), note.end(), control)) return no_note("a control character");
  const auto blank = note.rfind("\n\n");
  if (blank == note.npos) return no_note("no empty line");
  Note parsed{.text = std::string(note.substr(0, blank + 1)), .signatures = {}};
  DZ_TRY_ASSIGN(parsed.signatures, parse_signatures(note.substr(blank + 2)));
  if (parsed.signatures.empty()) return no_note("no signature");
  return parsed;
}

Result<std::vector<NoteSignature>> parse_signatures(std::string_view lines) {
  std::vector<NoteSignature> signatures;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    if (end == lines.npos) return no_note("no line feed at the end");
    DZ_TRY_ASSIGN(auto signature, parse_signature_line(lines.substr(0, end)));
    signatures.push_back(std::move(signature));
    if (signatures.size() > kMostNoteSignatures) {
      return no_note(fmt::format("more than {} signatures", kMostNoteSignatures));
    }
    lines.remove_prefix(end + 1);
  }
  return signatures;
}

std::string render_signatures(const std::vector<NoteSignature>& signatures) {
  std::string lines;
  for (const auto& signature : signatures) {
    Bytes bytes;
    add_big_endian(bytes, signature.id);
    bytes.insert(bytes.end(), signature.bytes.begin(), signature.bytes.end());
    lines += std::string(kDash) + signature.name + " " + encode_base64(bytes) + "\n";
  }
  return lines;
}

std::string render_note(const Note& note) { return note.text + "\n" + render_signatures(note.signatures); }

NoteSignature sign_note(std::string_view text, const std::string& name, const wire::Keypair& key) {
  const auto signature = key.sign(as_bytes(text));
  return {.name = name,
          .id = key_id({name, SignatureType::Ed25519, key.pubkey()}),
          .bytes = Bytes(signature.bytes.begin(), signature.bytes.end())};
}

NoteSignature cosign_note(std::string_view text, const std::string& name, const wire::Keypair& key, Timestamp now) {
  const auto since = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(since, 0));
  NoteSignature made{.name = name, .id = key_id({name, SignatureType::Cosignature, key.pubkey()}), .bytes = {}};
  add_big_endian(made.bytes, seconds);
  const auto signature = key.sign(as_bytes(cosigned_text(text, seconds)));
  made.bytes.insert(made.bytes.end(), signature.bytes.begin(), signature.bytes.end());
  return made;
}

Result<std::optional<KnownSignature>> find_signature(const Note& note, const NoteKey& key) {
  const auto id = key_id(key);
  for (const auto& signature : note.signatures) {
    if (signature.name != key.name || signature.id != id) continue;
    auto known = check_signature(note, signature, key);
    if (!known) return with_context("the signature of " + key.name + " does not hold", std::move(known).error());
    return *known;
  }
  return std::nullopt;
}

}  // namespace dz::transparency
