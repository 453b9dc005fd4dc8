#include "lake/lake_writer.h"

#include <algorithm>
#include <charconv>
#include <exception>

#include <fmt/format.h>

#include "lake/schema.h"

namespace dz::lake {
namespace {

constexpr Duration kRetryLeast = std::chrono::seconds{1};

// "name\tnumber\n" lines.
Result<Sent> parse_sent(std::string_view text) {
  Sent sent;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto tab = line.find('\t');
    std::int64_t through = 0;
    const auto* end = line.data() + line.size();
    if (tab == line.npos || std::from_chars(line.data() + tab + 1, end, through).ptr != end)
      return corrupt("the lake's answer: expected a stream and a number, found '" + std::string(line) + "'");
    sent.emplace(line.substr(0, tab), through);
  }
  return sent;
}

}  // namespace

Result<Sent> read_sent(LakeClient& client, const LakeSettings& settings, std::string_view store) {
  DZ_TRY_ASSIGN(const auto text,
                client.ask(fmt::format("SELECT stream, max(through) FROM `{}`.`{}` WHERE store = '{}' GROUP BY stream "
                                       "FORMAT TSV",
                                       settings.database, kSentTable, store)));
  return parse_sent(text);
}

LakeWriter::LakeWriter(Settings settings)
    : settings_(std::move(settings)), thread_([this](const std::stop_token& stop) { work(stop); }) {}

LakeWriter::~LakeWriter() {
  thread_.request_stop();
  thread_.join();
}

LakeWriter::State LakeWriter::state() const {
  const std::lock_guard held(mutex_);
  return state_;
}

void LakeWriter::work(const std::stop_token& stop) {
  auto wait = kRetryLeast;
  while (!stop.stop_requested()) {
    Result<void> done;
    try {
      done = send_all(stop);
    } catch (const std::exception& problem) {
      done = fail(ErrorKind::Retry, problem.what());
    }
    if (stop.stop_requested()) return;
    note(done);
    if (!done) {
      sent_.reset();  // it may come back with another mind: empty, or restored from some day
      wait = std::min(2 * wait, settings_.retry_most);
    } else {
      wait = kRetryLeast;
    }
    std::unique_lock held(mutex_);
    ended_.wait_for(held, stop, done ? settings_.every : wait, [] { return false; });
  }
}

Result<void> LakeWriter::send_all(const std::stop_token& stop) {
  if (!sent_) DZ_TRY(connect(stop));
  while (!stop.stop_requested()) {
    DZ_TRY_ASSIGN(const auto batch, next_batch(*file_, settings_.store, *sent_, settings_.most_bytes));
    if (!batch) return {};
    DZ_TRY(send(*batch));
  }
  return {};
}

Result<void> LakeWriter::connect(const std::stop_token& stop) {
  if (!file_) {
    DZ_TRY_ASSIGN(file_, storage::SqliteDatabase::open_to_read(settings_.store_path));
  }
  if (!client_) client_.emplace(settings_.lake, stop);
  DZ_TRY(make_tables(*client_, settings_.lake));
  DZ_TRY_ASSIGN(sent_, read_sent(*client_, settings_.lake, settings_.store));
  const auto passes = sent_->find("passes");
  const std::lock_guard held(mutex_);
  state_.known = true;
  state_.through = passes == sent_->end() ? std::nullopt : std::optional(Timestamp{Duration{passes->second}});
  return {};
}

// The first table last, and then the word that all of it is there: whatever ends this in between, it is sent again.
Result<void> LakeWriter::send(const Batch& batch) {
  const auto& lake = settings_.lake;
  std::size_t rows = 0, bytes = 0;
  for (std::size_t i = batch.rows.size(); i-- > 0;) {
    if (batch.rows[i].empty()) continue;
    const auto& table = batch.stream->tables[i];
    DZ_TRY(client_->insert(fmt::format("INSERT INTO `{}`.`{}` (`store`, {}) FORMAT RowBinary", lake.database,
                                       table.name, column_list(table)),
                           batch.rows[i]));
    rows += batch.numbers[i];
    bytes += batch.rows[i].size();
  }
  DZ_TRY(client_->insert(
      fmt::format("INSERT INTO `{}`.`{}` (`store`, `stream`, `through`) FORMAT TSV", lake.database, kSentTable),
      fmt::format("{}\t{}\t{}\n", settings_.store, batch.stream->name, batch.through)));
  sent_->insert_or_assign(std::string(batch.stream->name), batch.through);
  const std::lock_guard held(mutex_);
  state_.rows += rows;
  state_.bytes += bytes;
  if (batch.stream->name == "passes") state_.through = Timestamp{Duration{batch.through}};
  return {};
}

void LakeWriter::note(const Result<void>& done) {
  const std::string problem = done ? std::string() : done.error().message;
  bool other = false;
  {
    const std::lock_guard held(mutex_);
    other = problem.empty() != state_.problem.empty();
    state_.problem = problem;
    if (!done) ++state_.failures;
  }
  if (!other) return;
  if (done) {
    settings_.log(service::LogLevel::Info, "history_sent_again", {});
  } else {
    settings_.log(service::LogLevel::Warn, "history_not_sent",
                  {{"reason", problem}, {"kept", "in the monitor's file"}});
  }
}

}  // namespace dz::lake
