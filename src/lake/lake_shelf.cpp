#include "lake/lake_shelf.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace dz::lake {

LakeShelf::LakeShelf(LakeSettings settings, std::string store)
    : settings_(std::move(settings)),
      store_(std::move(store)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

LakeShelf::~LakeShelf() {
  thread_.request_stop();
  thread_.join();
}

std::optional<Result<LakeShelf::Copy>> LakeShelf::ask(const std::string& what, Fetch fetch) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard held(mutex_);
  std::erase_if(entries_, [&](const Entry& one) { return one.answer && now - one.at > kFresh; });
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& one) { return one.what == what; });
  if (found != entries_.end() && found->answer) {
    auto answer = *found->answer;
    if (!answer) entries_.erase(found);
    return answer;
  }
  if (found == entries_.end()) {
    const auto waiting = std::count_if(entries_.begin(), entries_.end(), [](const Entry& one) { return !one.answer; });
    if (static_cast<std::size_t>(waiting) >= kMostWaiting)
      return fail(ErrorKind::TooMuch, "many others wait for the history in ClickHouse: ask again in some seconds");
    entries_.push_back({what, std::move(fetch), std::nullopt, now});
    asked_.notify_one();
  }
  waits_ = true;
  return std::nullopt;
}

bool LakeShelf::take_waits() {
  const std::lock_guard held(mutex_);
  return std::exchange(waits_, false);
}

LakeShelf::Entry* LakeShelf::next() {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [](const Entry& one) { return !one.answer; });
  return found == entries_.end() ? nullptr : &*found;
}

void LakeShelf::work(const std::stop_token& stop) {
  LakeClient client(settings_, stop);
  for (;;) {
    std::string what;
    Fetch fetch;
    {
      std::unique_lock held(mutex_);
      if (!asked_.wait(held, stop, [this] { return next() != nullptr; })) return;
      what = next()->what;
      fetch = next()->fetch;
    }
    Result<Copy> answer = Copy();
    try {
      auto copy = fetch(client);
      answer = copy ? Result<Copy>(std::make_shared<storage::SqliteDatabase>(std::move(*copy)))
                    : Result<Copy>(tl::unexpected(copy.error()));
    } catch (const std::exception& problem) {
      answer = fail(ErrorKind::Retry, std::string("reading the history in ClickHouse: ") + problem.what());
    }
    const std::lock_guard held(mutex_);
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& one) { return one.what == what; });
    found->answer = std::move(answer);
    found->at = std::chrono::steady_clock::now();
    const auto kept =
        std::count_if(entries_.begin(), entries_.end(), [](const Entry& one) { return one.answer.has_value(); });
    if (static_cast<std::size_t>(kept) > kMostKept)
      entries_.erase(
          std::find_if(entries_.begin(), entries_.end(), [](const Entry& one) { return one.answer.has_value(); }));
  }
}

}  // namespace dz::lake
