// A reader of somebody else's log, who believes nothing of it: from what it last accepted on, every entry is hashed,
// and what comes out must be what the log signed. So a log that took something back, or shows others something else, is
// noticed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "transparency/checkpoint.h"

namespace dz::transparency {

// What was accepted last, with what is needed to go on from there.
struct Followed {
  std::string note;  // the checkpoint; empty: none was
  Frontier tree = {};
};
std::string render_followed(const Followed& followed);
// Corrupt: not that, or a tree that the checkpoint does not speak of.
Result<Followed> parse_followed(std::string_view text);

// A file below the log's prefix: "checkpoint". NotFound: there is none.
using FetchFile = std::function<Result<std::string>(const std::string& path)>;

class Follower {
 public:
  Follower(NoteKey log, FetchFile fetch, Followed followed)
      : log_(std::move(log)), fetch_(std::move(fetch)), followed_(std::move(followed)) {}

  // Reads what is new. on_entry is called for each entry before all of them are known to be the log's: what it was told
  // counts only if this succeeds. Refused: the log contradicts what was accepted, or what it signed; the message names
  // both checkpoints' sizes, and rejected() is the new one.
  Result<void> follow(const std::function<void(std::uint64_t index, ByteView entry)>& on_entry);

  const Followed& followed() const { return followed_; }
  // Of the newest accepted one. Before the first: a tree of nothing.
  TreeHead head() const { return {followed_.tree.size(), followed_.tree.root()}; }
  const std::string& rejected() const { return rejected_; }  // the note that was refused last; empty: none was

 private:
  using OnEntry = std::function<void(std::uint64_t index, ByteView entry)>;
  Result<void> go_on_to(const TreeHead& head, const OnEntry& on_entry);
  Result<std::vector<Bytes>> fetch_bundle(std::uint64_t bundle, std::uint64_t width) const;

  NoteKey log_;
  FetchFile fetch_;
  Followed followed_;
  std::string rejected_;
};

}  // namespace dz::transparency
