#include "monitor/log_desk.h"

#include <algorithm>
#include <utility>

#include "base/shown_url.h"

namespace dz::monitor {
namespace {

constexpr std::size_t kMostAnswer = 64U << 10;  // bytes of a witness
constexpr Duration kAnswerWithin = std::chrono::seconds{10};

// Of the network and the key: nobody else signs a log of that name.
std::string usual_origin(const MonitorSettings& settings, const Pubkey& key) {
  return "doublezero/" + settings.environment + "/" + to_text(key);
}

}  // namespace

Result<LogDesk> LogDesk::open(Parts parts, const MonitorSettings& settings, const std::optional<wire::Keypair>& key) {
  DZ_TRY_ASSIGN(const auto log, transparency::Log::open(parts.database));
  const auto path = parts.database.path();
  LogDesk desk(std::move(parts), log);
  for (const auto& text : settings.log_witnesses) {
    DZ_TRY_ASSIGN(auto address, transparency::parse_witness_address(text));
    desk.witnesses_.push_back({.address = std::move(address)});
  }
  if (!key) return desk;
  const bool named = !settings.log_origin.empty();
  auto published = transparency::PublishedLog::open(
      log, {.origin = named ? settings.log_origin : usual_origin(settings, key->pubkey()),
            .key = *key,
            .file = path.empty() ? "" : path + "-checkpoint",
            .asked_for = named,
            .held = !desk.witnesses_.empty()});
  if (published) {
    desk.published_ = std::move(*published);
  } else {
    desk.damage_ = std::move(published.error().message);
  }
  return desk;
}

Timestamp LogDesk::step(Timestamp now, const std::function<bool()>& is_on_disk) {
  now_ = now;
  if (!published_) return Timestamp::max();
  publish(now, is_on_disk);
  auto next = Timestamp::max();
  for (auto& witness : witnesses_) {
    if (!send_ || !published_->newest() || witness.cosigned == published_->newest()->note.text || witness.asked)
      continue;
    if (now >= witness.next_try) ask(witness, now);
    if (!witness.asked) next = std::min(next, witness.next_try);
  }
  if (all_cosigned() || now >= signed_at_ + kPatience) {
    published_->show_newest();
  } else {
    next = std::min(next, signed_at_ + kPatience);
  }
  return next;
}

void LogDesk::publish(Timestamp now, const std::function<bool()>& is_on_disk) {
  const auto size = log_.size();
  const auto& newest = published_->newest();
  if (size && newest && newest->checkpoint.head.size == *size) return;
  if (size && *size > 0 && !is_on_disk()) return;
  const auto published = size ? published_->publish() : Result<bool>(tl::unexpected(size.error()));
  const auto kept = published ? Result<void>() : Result<void>(tl::unexpected(published.error()));
  if (parts_.writes.kept(kept, "log of decisions") && *published) signed_at_ = now;
}

bool LogDesk::all_cosigned() const {
  return std::all_of(witnesses_.begin(), witnesses_.end(), [&](const Witness& witness) {
    return published_->newest() && witness.cosigned == published_->newest()->note.text;
  });
}

void LogDesk::ask(Witness& witness, Timestamp now) {
  auto request = published_->ask_witness(witness.seen);
  if (!request) return failed(witness, request.error().message);
  witness.asked = true;
  witness.next_try = now;
  const auto index = static_cast<std::size_t>(&witness - witnesses_.data());
  send_({.method = "POST",
         .url = witness.address.url + "/add-checkpoint",
         .headers = {{"content-type", "text/plain; charset=utf-8"}},
         .body = transparency::render_add_checkpoint(*request),
         .ca_file = {},
         .timeout = kAnswerWithin,
         .max_body = kMostAnswer},
        [this, index, note = published_->newest()->note](Result<net::ClientResponse> answer) {
          hear(index, note, std::move(answer));
        });
}

void LogDesk::hear(std::size_t index, const transparency::Note& note, Result<net::ClientResponse> answer) {
  auto& witness = witnesses_[index];
  witness.asked = false;
  if (!answer) return failed(witness, answer.error().message);
  auto word = transparency::read_witness_answer(answer->status, answer->body, note, witness.address.key);
  switch (word.kind) {
    case transparency::WitnessWord::Kind::Refused: return failed(witness, std::move(word.trouble));
    case transparency::WitnessWord::Kind::Behind:
      if (std::exchange(witness.seen, word.other_size) == word.other_size)
        failed(witness, "it asks for what it was sent");
      return;
    case transparency::WitnessWord::Kind::Cosigned: break;
  }
  const auto checkpoint = transparency::parse_checkpoint(note.text);
  witness.seen = checkpoint ? checkpoint->head.size : witness.seen;
  witness.cosigned = note.text;
  witness.trouble.clear();
  witness.pause = kFirstPause;
  published_->add_cosignatures(note.text, word.cosignatures);
}

void LogDesk::failed(Witness& witness, std::string trouble) {
  witness.next_try = now_ + witness.pause;
  witness.pause = std::min(witness.pause * 2, kLongestPause);
  if (witness.trouble == trouble) return;
  witness.trouble = std::move(trouble);
  parts_.log(
      service::LogLevel::Warn, "witness_failed",
      {{"witness", witness.address.key.name}, {"url", shown_url(witness.address.url)}, {"error", witness.trouble}});
}

}  // namespace dz::monitor
