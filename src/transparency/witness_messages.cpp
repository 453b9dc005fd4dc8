#include "transparency/witness_messages.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/safe_text.h"

namespace dz::transparency {
namespace {

constexpr std::string_view kOld = "old ";

tl::unexpected<Error> no_request(const std::string& found) {
  return refused(
      "expected the line 'old SIZE', lines with the hashes of a proof, an empty line and a checkpoint, found " + found);
}

Result<Hash> parse_hash(std::string_view line) {
  const auto bytes = decode_base64(line);
  Hash hash{};
  if (!bytes || bytes->size() != hash.size()) return no_request("'" + one_line(line, 60) + "' as a hash of the proof");
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

// The line that the text begins with, taken off it; none: it has no end.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string render_add_checkpoint(const AddCheckpoint& request) {
  auto body = fmt::format("{}{}\n", kOld, request.old_size);
  for (const auto& hash : request.proof) body += encode_base64(hash) + "\n";
  return body + "\n" + request.note;
}

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
  AddCheckpoint request;
  if (!is_utf8(body)) return no_request("bytes that are no UTF-8");
  const auto first = take_line(body);
  const auto size = first && first->starts_with(kOld) ? parse_tree_number(first->substr(kOld.size())) : std::nullopt;
  if (!size) return no_request("no size in the first line");
  request.old_size = *size;
  for (;;) {
    const auto line = take_line(body);
    if (!line) return no_request("no empty line before the checkpoint");
    if (line->empty()) break;
    if (request.proof.size() == kMostProofLines) return no_request(fmt::format("more than {} hashes", kMostProofLines));
    DZ_TRY_ASSIGN(const auto hash, parse_hash(*line));
    request.proof.push_back(hash);
  }
  request.note = body;
  return request;
}

Result<WitnessAddress> parse_witness_address(std::string_view text) {
  const auto space = text.find(' ');
  if (space == text.npos ||
      (!text.substr(space + 1).starts_with("http://") && !text.substr(space + 1).starts_with("https://"))) {
    return refused("expected a witness as its verifier key, a space and its URL (http:// or https://), found '" +
                   one_line(text, 200) + "'");
  }
  WitnessAddress address;
  DZ_TRY_ASSIGN(address.key, parse_note_key(text.substr(0, space)));
  if (address.key.type != SignatureType::Cosignature) {
    return refused("expected the key of a witness, of type 4, found one of a log: '" + one_line(text, 200) + "'");
  }
  address.url = text.substr(space + 1);
  while (address.url.ends_with('/')) address.url.pop_back();
  return address;
}

WitnessWord read_witness_answer(int status, std::string_view body, const Note& note, const NoteKey& witness) {
  if (status == 409) {
    auto rest = body;
    const auto line = take_line(rest);
    const auto size = line && rest.empty() ? parse_tree_number(*line) : std::nullopt;
    if (size) return {.kind = WitnessWord::Kind::Behind, .other_size = *size};
  }
  if (status != 200)
    return {.trouble = fmt::format("it answered HTTP {}: {}", status, valid_utf8(one_line(body, 200)))};
  if (!is_utf8(body)) return {.trouble = "expected lines of signatures, found bytes that are no UTF-8"};
  auto lines = parse_signatures(body);
  if (!lines) return {.trouble = lines.error().message};
  const Note cosigned{note.text, std::move(*lines)};
  const auto known = find_signature(cosigned, witness);
  if (!known) return {.trouble = known.error().message};
  if (!*known) return {.trouble = "it answered without a signature by " + to_text(witness)};
  return {.kind = WitnessWord::Kind::Cosigned, .cosignatures = {*(*known)->signature}};
}

}  // namespace dz::transparency
