#include "transparency/published_log.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "storage/state_file.h"

namespace dz::transparency {
namespace {

Result<std::optional<SignedCheckpoint>> read_kept(const std::string& file) {
  if (file.empty()) return std::nullopt;
  DZ_TRY_ASSIGN(const auto text, storage::read_state_file(file));
  if (!text) return std::nullopt;
  return read_checkpoint(*text);
}

tl::unexpected<Error> not_to_be_gone_on_with(const std::string& file, Error why) {
  why.message = fmt::format(
      "{}: {}. Others may hold that checkpoint, so this log is not gone on with. Put a copy of the database and of "
      "this "
      "file in their place that is as new; or begin a new log under another name: set log.origin, and move {} away",
      file, why.message, file);
  return tl::unexpected(std::move(why));
}

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kOctets = "application/octet-stream";
constexpr std::string_view kTile = "tile/";

tl::unexpected<Error> no_file(std::string_view path) {
  return not_found(
      fmt::format("expected checkpoint, tile/L/N or tile/entries/N of what the log has published, found "
                  "'{}'",
                  escaped(cut_text(path, 100))));
}

// In the place of an earlier one by the same key.
void add_signature(std::vector<NoteSignature>& all, const NoteSignature& added) {
  const auto same =
      std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == added.name && s.id == added.id; });
  if (same == all.end()) {
    all.push_back(added);
  } else {
    *same = added;
  }
}

std::string as_string(const Bytes& bytes) { return std::string(as_text(bytes)); }

}  // namespace

Result<PublishedLog> PublishedLog::open(Log log, Options options) {
  DZ_TRY(check_key_name(options.origin));
  PublishedLog published(log, std::move(options));
  const auto& file = published.options_.file;
  auto kept = read_kept(file);
  if (!kept) return not_to_be_gone_on_with(file, kept.error());
  if (!*kept) return published;
  const auto& [origin, head, _] = (*kept)->checkpoint;
  if (!published.options_.asked_for) published.options_.origin = origin;
  if (origin != published.options_.origin) {
    return not_to_be_gone_on_with(
        file, {ErrorKind::Corrupt, fmt::format("expected the last checkpoint of the log {}, found one of {}",
                                               published.options_.origin, origin)});
  }
  if (const auto extends = log.check_extends(head); !extends) return not_to_be_gone_on_with(file, extends.error());
  if (const auto signature = find_signature((*kept)->note, published.verifier()); signature && *signature) {
    published.newest_ = std::move(*kept);
    published.show_newest();
  }
  return published;
}

Result<bool> PublishedLog::publish() {
  DZ_TRY_ASSIGN(const auto size, log_.size());
  if (newest_ && newest_->checkpoint.head.size == size) return false;
  if (newest_ && newest_->checkpoint.head.size > size) {
    return corrupt(fmt::format("the log of decisions has {} entries, fewer than the {} of its last checkpoint", size,
                               newest_->checkpoint.head.size));
  }
  if (newest_) DZ_TRY(log_.check_extends(newest_->checkpoint.head));
  DZ_TRY_ASSIGN(const auto root, log_.root(size));
  SignedCheckpoint made{{options_.origin, {size, root}}, {}};
  made.note.text = render_checkpoint(made.checkpoint);
  made.note.signatures = {sign_note(made.note.text, options_.origin, options_.key)};
  if (!options_.file.empty() && size > 0) DZ_TRY(storage::write_state_file(options_.file, render_note(made.note)));
  newest_ = std::move(made);
  if (!options_.held || !shown_) show_newest();
  return true;
}

Result<AddCheckpoint> PublishedLog::ask_witness(std::uint64_t seen) const {
  if (!newest_) return not_found("nothing of this log was published yet");
  const auto size = newest_->checkpoint.head.size;
  if (seen > size) {
    return refused(
        fmt::format("a witness has seen {} entries of the log {}, which has {}: it was set back, or two "
                    "monitors write under one name",
                    seen, options_.origin, size));
  }
  AddCheckpoint request{
      .old_size = seen, .proof = {}, .note = render_note({newest_->note.text, {newest_->note.signatures.front()}})};
  DZ_TRY_ASSIGN(request.proof, log_.consistency_proof(seen, size));
  return request;
}

void PublishedLog::add_cosignatures(const std::string& text, const std::vector<NoteSignature>& cosignatures) {
  for (auto* checkpoint : {&newest_, &shown_}) {
    if (!*checkpoint || (*checkpoint)->note.text != text) continue;
    for (const auto& added : cosignatures) add_signature((*checkpoint)->note.signatures, added);
  }
}

Result<LogFile> file_of(const PublishedLog& published, std::string_view path) {
  if (path == "key") return LogFile{kText, to_text(published.verifier()) + "\n"};
  const auto& shown = published.shown();
  if (!shown) return not_found("nothing of this log was signed yet; ask again in a moment");
  if (path == "checkpoint") return LogFile{kText, render_note(shown->note)};
  const auto name = path.starts_with(kTile) ? parse_tile_path(path.substr(kTile.size())) : std::nullopt;
  if (!name || tile_width(name->level.value_or(0), name->index, shown->checkpoint.head.size) < name->width) {
    return no_file(path);
  }
  if (name->level) {
    DZ_TRY_ASSIGN(const auto hashes, published.log().tile({*name->level, name->index, name->width}));
    return LogFile{kOctets, as_string(encode_hashes(hashes)), true};
  }
  DZ_TRY_ASSIGN(const auto entries, published.log().entries(name->index, name->width));
  return LogFile{kOctets, as_string(encode_bundle(entries)), true};
}

}  // namespace dz::transparency
