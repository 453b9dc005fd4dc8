#include "monitor/history_answer.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>

#include "client/told_history.h"
#include "monitor/list_page.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

constexpr int kDecisionsAPiece = 64;
constexpr int kMostDecisions = 5000;  // of one record that are looked at
constexpr std::size_t kOfPage = 20;   // without a limit

using Entries = std::vector<client::HistoryEntry>;

client::HealthDecision told(const Decision& d, const Profile& profile) {
  return {d.at == Timestamp{} ? "" : to_text(d.at),
          d.slot.value,
          std::string(spell(profile, d.kind, d.from)),
          std::string(spell(profile, d.kind, d.to)),
          d.reason,
          d.sentence,
          d.signature};
}

// Where an entry stands: new ones come before it, and none comes between it and the next.
struct Place {
  std::uint64_t slot = 0;
  std::string signature;
  std::size_t before = 0;  // of the same slot and signature
};

bool is_at(const client::HistoryEntry& e, const Place& place) {
  return e.slot == place.slot && e.signature == place.signature;
}

Place place_of(const Entries& entries, std::size_t i) {
  Place place{entries[i].slot, entries[i].signature};
  for (std::size_t k = 0; k < i; ++k) place.before += is_at(entries[k], place) ? 1 : 0;
  return place;
}

std::string cursor_of(const Place& place) {
  return encode_cursor("history", {std::to_string(place.slot), place.signature, std::to_string(place.before)});
}

template <typename Number>
bool read_number(const std::string& text, Number& number) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && stop == text.data() + text.size();
}

Result<std::optional<Place>> place_in(const net::HttpRequest& request) {
  const auto cursor = request.query_value("cursor");
  if (cursor.empty()) return std::nullopt;
  DZ_TRY_ASSIGN(const auto parts, parse_cursor("history", 3, cursor));
  Place place{.signature = parts[1]};
  if (read_number(parts[0], place.slot) && read_number(parts[2], place.before)) return place;
  return refused("cursor: expected `next` of another page; ask without it");
}

class History final : public MonitorAnswer {
 public:
  History(Monitor& monitor, const NamedRecord& record, std::optional<Place> after, std::size_t limit)
      : monitor_(monitor), record_(record), after_(std::move(after)), limit_(limit) {}

  std::optional<net::HttpResponse> go_on(Timestamp now) override {
    if (!monitor_.ledger().snapshot()) return net::error_response(503, "the ledger has not been read yet");
    auto known = monitor_.histories().find(record_.key, now);
    const auto read_on = decisions_go_on(known.history);
    if (!read_on) return net::error_response(503, read_on.error().message);
    if (*read_on) return std::nullopt;
    auto answer = whole(known, now);
    decisions_.clear();  // what comes after it is another answer
    before_id_ = INT64_MAX;
    return answer;
  }
  bool waits() const override { return waits_; }
  std::size_t holds() const override { return decisions_.size() * sizeof(client::HealthDecision); }

 private:
  // Those that may be joined with what is known of the ledger. True: there are more.
  Result<bool> decisions_go_on(const client::RecordHistory& history) {
    const auto oldest = history.older && !history.events.empty() ? history.events.back().slot : Slot{};
    DZ_TRY_ASSIGN(const auto found, monitor_.decisions({record_.key, before_id_, kDecisionsAPiece}));
    for (const auto& decision : found) {
      before_id_ = decision.id;
      decisions_.push_back(told(decision, *monitor_.policy().profile));
    }
    return found.size() == kDecisionsAPiece && decisions_.size() < kMostDecisions && found.back().slot >= oldest;
  }

  // Where the page begins; none: its place was not read yet.
  std::optional<std::size_t> begin_of_page(const Entries& entries, bool older) const {
    if (!after_) return 0;
    auto left = after_->before;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (is_at(entries[i], *after_) && left-- == 0) return i + 1;
      if (entries[i].slot < after_->slot) return i;
    }
    return older ? std::nullopt : std::optional(entries.size());
  }

  net::HttpResponse whole(HistoryDesk::Known& known, Timestamp now) {
    const auto& records = *monitor_.ledger().snapshot();
    const auto entries = client::told_history(records, {record_.kind, record_.key}, known.history, decisions_);
    const auto begin = begin_of_page(entries, known.history.older);
    const bool enough = begin && (!known.history.older || entries.size() > *begin + limit_);
    const bool reading = !known.fresh || !enough;
    waits_ = reading && known.trouble.empty();
    if (reading) monitor_.ask_history(record_.key, known.history.events.size() + limit_ + 1, now);
    const auto from = begin.value_or(entries.size());
    const auto to = std::min(entries.size(), from + limit_);
    json::array list;
    for (auto i = from; i < to; ++i) list.push_back(to_json(entries[i]));
    json::value ends, next;
    if (reading) {
      ends = known.trouble.empty() ? "the ledger's transactions are being read: ask again" : known.trouble;
    } else if (to < entries.size()) {
      next = cursor_of(place_of(entries, to - 1));
    } else if (!known.history.ends.empty()) {
      ends = known.history.ends;
    }
    const json::object body{
        {"pubkey", to_text(record_.key)}, {"kind", to_text(record_.kind)},
        {"history", std::move(list)},     {"from_creation", known.history.from_creation && next.is_null() && !reading},
        {"ends", std::move(ends)},        {"reading", reading},
        {"next", std::move(next)}};
    return {200, "application/json", json::serialize(body), {}};
  }

  Monitor& monitor_;
  NamedRecord record_;
  std::optional<Place> after_;
  std::size_t limit_;
  std::vector<client::HealthDecision> decisions_;
  std::int64_t before_id_ = INT64_MAX;
  bool waits_ = false;
};

class Refusal final : public MonitorAnswer {
 public:
  explicit Refusal(const Error& error) : error_(error) {}
  std::optional<net::HttpResponse> go_on(Timestamp) override { return net::error_response(400, error_.message); }

 private:
  Error error_;
};

}  // namespace

std::unique_ptr<MonitorAnswer> record_history(Monitor& monitor, const net::HttpRequest& request,
                                              const NamedRecord& record) {
  auto after = place_in(request);
  if (!after) return std::make_unique<Refusal>(after.error());
  auto limit = kOfPage;
  read_number(request.query_value("limit"), limit);
  return std::make_unique<History>(monitor, record, std::move(*after), limit);
}

}  // namespace dz::monitor
