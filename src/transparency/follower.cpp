#include "transparency/follower.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/base64.h"
#include "transparency/tiles.h"

namespace dz::transparency {
namespace {

constexpr std::string_view kPeak = "subtree ";

}  // namespace

std::string render_followed(const Followed& followed) {
  std::string text;
  for (const auto& peak : followed.tree.peaks()) text += std::string(kPeak) + encode_base64(peak) + "\n";
  return text + "\n" + followed.note;
}

Result<Followed> parse_followed(std::string_view text) {
  std::vector<Hash> peaks;
  while (text.starts_with(kPeak)) {
    const auto end = text.find('\n');
    const auto bytes = decode_base64(text.substr(kPeak.size(), end == text.npos ? 0 : end - kPeak.size()));
    Hash hash{};
    if (!bytes || bytes->size() != hash.size())
      return corrupt("expected a hash behind 'subtree', found something else");
    std::copy(bytes->begin(), bytes->end(), hash.begin());
    peaks.push_back(hash);
    text.remove_prefix(end + 1);
  }
  if (!text.starts_with('\n')) return corrupt("expected an empty line before the checkpoint, found none");
  Followed followed{.note = std::string(text.substr(1))};
  DZ_TRY_ASSIGN(const auto opened, read_checkpoint(followed.note));
  DZ_TRY_ASSIGN(followed.tree, Frontier::restore(opened.checkpoint.head.size, std::move(peaks)));
  if (followed.tree.root() != opened.checkpoint.head.root) {
    return corrupt("expected the subtrees of the checkpoint's tree, found those of another one");
  }
  return followed;
}

Result<void> Follower::follow(const OnEntry& on_entry) {
  DZ_TRY_ASSIGN(const auto note, fetch_("checkpoint"));
  DZ_TRY_ASSIGN(const auto opened, open_checkpoint(note, log_));
  const auto& head = opened.checkpoint.head;
  const auto before = this->head();
  rejected_ = note;
  if (head.size < before.size) {
    return refused(fmt::format("the log {} went back: it signed a tree of {} entries before, and shows one of {} now",
                               log_.name, before.size, head.size));
  }
  DZ_TRY(go_on_to(head, on_entry));
  followed_.note = note;
  rejected_.clear();
  return {};
}

Result<void> Follower::go_on_to(const TreeHead& head, const OnEntry& on_entry) {
  auto tree = followed_.tree;
  while (tree.size() < head.size) {
    const auto bundle = tree.size() / kTileWidth;
    DZ_TRY_ASSIGN(const auto entries, fetch_bundle(bundle, tile_width(0, bundle, head.size)));
    for (auto index = tree.size() - bundle * kTileWidth; index < entries.size(); ++index) {
      on_entry(tree.size(), entries[index]);
      tree.append(leaf_hash(entries[index]));
    }
  }
  if (tree.root() != head.root) {
    return refused(
        fmt::format("the log {} contradicts itself: its {} entries, of which the first {} were accepted before, do not "
                    "have the root "
                    "that it signed. It changed what it had said, or it does not show what it signed",
                    log_.name, head.size, followed_.tree.size()));
  }
  followed_.tree = std::move(tree);
  return {};
}

// A narrow bundle may be gone once the whole one is there.
Result<std::vector<Bytes>> Follower::fetch_bundle(std::uint64_t bundle, std::uint64_t width) const {
  auto body = fetch_("tile/" + bundle_path(bundle, width));
  if (body || body.error().kind != ErrorKind::NotFound || width == kTileWidth) {
    if (!body) return tl::unexpected(body.error());
    return decode_bundle(as_bytes(*body), width);
  }
  DZ_TRY_ASSIGN(const auto whole, fetch_("tile/" + bundle_path(bundle, kTileWidth)));
  DZ_TRY_ASSIGN(auto entries, decode_bundle(as_bytes(whole), kTileWidth));
  entries.resize(width);
  return entries;
}

}  // namespace dz::transparency
