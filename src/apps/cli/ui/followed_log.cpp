#include "apps/cli/ui/followed_log.h"

#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "base/shown_url.h"
#include "net/http_client.h"
#include "storage/state_file.h"

namespace dz::cli {
namespace {

using transparency::NoteKey;

constexpr std::string_view kKey = "key ";
constexpr std::size_t kMostFile = 32U << 20;  // bytes: 256 entries of the largest size, and more

struct Kept {
  NoteKey key;
  transparency::Followed followed;
};

Result<std::optional<Kept>> read_kept(const std::string& file) {
  DZ_TRY_ASSIGN(const auto text, storage::read_state_file(file));
  if (!text) return std::nullopt;
  const auto end = text->find('\n');
  if (!text->starts_with(kKey) || end == text->npos) {
    return corrupt(file + ": expected what was accepted of a log, found something else; name another with --state");
  }
  Kept kept;
  DZ_TRY_ASSIGN(kept.key, transparency::parse_note_key(std::string_view(*text).substr(kKey.size(), end - kKey.size())));
  DZ_TRY_ASSIGN(kept.followed, transparency::parse_followed(std::string_view(*text).substr(end + 1)));
  return kept;
}

Result<void> write_kept(const std::string& file, const Kept& kept) {
  const auto folder = std::filesystem::path(file).parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  return storage::write_state_file(file, std::string(kKey) + to_text(kept.key) + "\n" + render_followed(kept.followed));
}

// The key that was given, that was kept, or that the log says itself; the first two must not differ.
Result<NoteKey> key_of(const LogToFollow& log, const std::optional<Kept>& kept, const transparency::FetchFile& fetch) {
  if (log.key) {
    DZ_TRY_ASSIGN(auto given, transparency::parse_note_key(*log.key));
    if (!kept || kept->key == given) return given;
    return refused(fmt::format("{} is of a log with the key {}, not {}: name another file with --state", log.state,
                               to_text(kept->key), to_text(given)));
  }
  if (kept) return kept->key;
  DZ_TRY_ASSIGN(auto said, fetch("key"));
  if (said.ends_with('\n')) said.pop_back();
  return transparency::parse_note_key(said);
}

Result<std::vector<LogNews::Cosigned>> cosignatures(const LogToFollow& log,
                                                    const transparency::SignedCheckpoint& opened) {
  std::vector<LogNews::Cosigned> all;
  for (const auto& witness : log.witnesses) {
    DZ_TRY_ASSIGN(const auto known, find_signature(opened.note, witness));
    if (!known) {
      return refused(
          fmt::format("expected a cosignature of {} on the newest checkpoint, found none: ask again in a "
                      "moment; if it stays so, ask the witness whether the log contradicts itself",
                      witness.name));
    }
    all.push_back({witness.name, known->cosigned_at.value_or(Timestamp{})});
  }
  return all;
}

}  // namespace

Result<LogNews> follow_log(const LogToFollow& log, const transparency::FetchFile& fetch) {
  DZ_TRY_ASSIGN(auto kept, read_kept(log.state));
  LogNews news;
  DZ_TRY_ASSIGN(news.key, key_of(log, kept, fetch));
  news.key_by_itself = !log.key && !kept;
  transparency::Follower follower(news.key, fetch, kept ? kept->followed : transparency::Followed{});
  news.before = follower.head();
  const auto followed = follower.follow([&](std::uint64_t index, ByteView entry) {
    if (log.wanted(entry)) news.entries.push_back({index, Bytes(entry.begin(), entry.end())});
  });
  if (!followed) {
    if (follower.rejected().empty()) return tl::unexpected(followed.error());
    const auto evidence = log.state + ".refused";
    DZ_TRY(storage::write_state_file(evidence, follower.rejected()));
    auto error = followed.error();
    error.message += fmt::format(". Its checkpoint is kept in {}, beside the one before it in {}", evidence, log.state);
    return tl::unexpected(std::move(error));
  }
  news.after = follower.head();
  DZ_TRY_ASSIGN(const auto newest, transparency::read_checkpoint(follower.followed().note));
  for (const auto& ask : log.hand_to) DZ_TRY(hand_on(newest, fetch, ask));
  DZ_TRY_ASSIGN(news.cosigned, cosignatures(log, newest));
  DZ_TRY(write_kept(log.state, {news.key, follower.followed()}));
  return news;
}

transparency::AskWitness ask_witness_at(const transparency::WitnessAddress& witness) {
  const auto client = std::make_shared<net::HttpClient>();
  return [client, witness](const transparency::AddCheckpoint& request) -> Result<transparency::WitnessWord> {
    auto answer = client->post(witness.url + "/add-checkpoint", render_add_checkpoint(request),
                               {{"content-type", "text/plain; charset=utf-8"}});
    if (!answer) {
      return with_context("expected the witness " + witness.key.name + " at " + shown_url(witness.url),
                          std::move(answer).error());
    }
    DZ_TRY_ASSIGN(const auto note, transparency::parse_note(request.note));
    return read_witness_answer(answer->status, answer->body, note, witness.key);
  };
}

transparency::FetchFile fetch_files_at(const std::string& url) {
  net::ClientOptions options;
  options.timeout = std::chrono::minutes{1};
  options.max_body = kMostFile;
  const auto client = std::make_shared<net::HttpClient>(std::move(options));
  return [client, url](const std::string& path) -> Result<std::string> {
    auto answer = client->get(url + "/" + path, {});
    if (!answer) {
      return with_context(
          fmt::format("expected a log of decisions at {}, such as http://MONITOR:8090/log", shown_url(url)),
          std::move(answer).error());
    }
    if (answer->status == 200) return std::move(answer->body);
    const auto text = fmt::format("{}/{} was answered with HTTP {}: {}", shown_url(url), path, answer->status,
                                  one_line(answer->body, 200));
    return answer->status == 404 ? not_found(text) : fail(ErrorKind::Retry, text);
  };
}

}  // namespace dz::cli
