#include "transparency/checkpoint.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/safe_text.h"

namespace dz::transparency {
namespace {

tl::unexpected<Error> no_checkpoint(const std::string& found) {
  return corrupt("expected a checkpoint (the lines origin, number of entries, root in base64), found " + found);
}

}  // namespace

std::optional<std::uint64_t> parse_tree_number(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stopped != end || number >> 63 != 0) return std::nullopt;
  return number;
}

std::string render_checkpoint(const Checkpoint& checkpoint) {
  auto text = fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.head.size, encode_base64(checkpoint.head.root));
  for (const auto& line : checkpoint.extensions) text += line + "\n";
  return text;
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == text.npos) return no_checkpoint("a line without an end");
    if (end == 0) return no_checkpoint("an empty line");
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (lines.size() < 3) return no_checkpoint(std::to_string(lines.size()) + " lines");
  Checkpoint checkpoint;
  checkpoint.origin = lines[0];
  const auto size = parse_tree_number(lines[1]);
  if (!size) return no_checkpoint("'" + one_line(lines[1], 40) + "' as the number of entries");
  checkpoint.head.size = *size;
  const auto root = decode_base64(lines[2]);
  if (!root || root->size() != checkpoint.head.root.size()) {
    return no_checkpoint("'" + one_line(lines[2], 60) + "' as the root");
  }
  std::copy(root->begin(), root->end(), checkpoint.head.root.begin());
  checkpoint.extensions.assign(lines.begin() + 3, lines.end());
  return checkpoint;
}

Result<SignedCheckpoint> read_checkpoint(std::string_view note) {
  DZ_TRY_ASSIGN(auto parsed, parse_note(note));
  DZ_TRY_ASSIGN(auto checkpoint, parse_checkpoint(parsed.text));
  return SignedCheckpoint{std::move(checkpoint), std::move(parsed)};
}

Result<SignedCheckpoint> open_checkpoint(std::string_view note, const NoteKey& log) {
  DZ_TRY_ASSIGN(auto opened, read_checkpoint(note));
  DZ_TRY_ASSIGN(const auto known, find_signature(opened.note, log));
  if (!known) {
    return refused("the checkpoint of '" + one_line(opened.checkpoint.origin, 200) + "' is not signed by the key " +
                   to_text(log) + "; check that the key is the one that the log's operator gave you");
  }
  if (opened.checkpoint.origin != log.name) {
    return refused("expected a checkpoint of the log " + log.name + ", found one of '" +
                   one_line(opened.checkpoint.origin, 200) + "'");
  }
  return opened;
}

}  // namespace dz::transparency
