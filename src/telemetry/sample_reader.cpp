#include "telemetry/sample_reader.h"

#include <algorithm>

namespace dz::telemetry {
namespace {

constexpr std::uint8_t kSamplesAccount = 3;
constexpr std::size_t kMostKeys = 100;             // of one request
constexpr std::size_t kMostAsked = 4U << 20;       // bytes of one request, all accounts together
constexpr std::size_t kMostInVain = 16U << 10;     // bytes of it that nobody needs
constexpr std::uint32_t kMostSamples = 2'600'000;  // fit into the largest account there can be

client::AccountFilters progress_of_epoch(std::uint64_t epoch) {
  Bytes head{kSamplesAccount};
  for (int i = 0; i < 8; ++i) head.push_back(static_cast<std::uint8_t>(epoch >> (8 * i)));
  return {{client::MemcmpFilter{0, std::move(head)}},
          std::nullopt,
          client::DataSlice{wire::kSamplesProgressAt, wire::kSamplesProgressSize}};
}

bool fits(const LatencySamples& head, const wire::SamplesProgress& progress) {
  return head.sampling_interval_us == progress.sampling_interval_us &&
         head.start_timestamp_us == progress.start_timestamp_us;
}

}  // namespace

Result<SampleReading> SampleReader::read(const evidence::Evidence& evidence) {
  DZ_TRY_ASSIGN(const auto now, ledger_.get_epoch_info());
  SampleReading reading;
  std::vector<Grown> grown;
  for (const std::uint64_t back : {1, 0}) {
    if (now.epoch < back) continue;
    DZ_TRY(look(now.epoch - back, evidence, reading, grown));
  }
  DZ_TRY(read_heads(grown));
  DZ_TRY(read_tails(grown));
  std::erase_if(heads_, [&](const auto& head) { return head.second.epoch + 1 < now.epoch; });
  for (auto& account : grown) {
    if (account.unreadable) reading.unreadable.push_back(account.key);
    if (account.complete) reading.reads.push_back({account.key, std::move(*account.samples), account.seen});
  }
  return reading;
}

// What is read after this is of the same state or a later one, so no account has fewer samples than it said here.
Result<void> SampleReader::look(std::uint64_t epoch, const evidence::Evidence& evidence, SampleReading& reading,
                                std::vector<Grown>& grown) {
  DZ_TRY_ASSIGN(const auto answer, ledger_.get_program_accounts(program_, progress_of_epoch(epoch)));
  ledger_.require_slot(answer.slot);
  for (const auto& [key, account] : answer.accounts) {
    ++reading.accounts;
    Grown found{key, {}, evidence.samples_seen(key)};
    if (account.data.size() > wire::kSamplesProgressSize) {
      take_whole(found, account.data);
    } else if (const auto progress = wire::decode_samples_progress(account.data)) {
      found.progress = *progress;
      found.unreadable = progress->count > kMostSamples;
      if (progress->count <= found.seen) continue;
    } else {
      found.unreadable = true;
    }
    if (found.unreadable || found.complete || found.progress.count > found.seen) grown.push_back(std::move(found));
  }
  return {};
}

void SampleReader::take_whole(Grown& account, ByteView data) {
  auto samples = wire::decode_latency_samples(data);
  account.unreadable = !samples;
  if (!samples || account.seen >= samples->rtt_us.size()) return;
  samples->rtt_us.erase(samples->rtt_us.begin(), samples->rtt_us.begin() + account.seen);
  account.samples = std::move(*samples);
  account.complete = true;
}

// An account may have been closed and made again: the interval and the beginning are then others.
Result<void> SampleReader::read_heads(std::vector<Grown>& grown) {
  std::vector<Grown*> wanted;
  for (auto& account : grown) {
    if (account.complete || account.unreadable) continue;
    const auto known = heads_.find(account.key);
    if (known != heads_.end() && fits(known->second, account.progress)) {
      account.samples = known->second;
    } else {
      wanted.push_back(&account);
    }
  }
  for (std::size_t at = 0; at < wanted.size(); at += kMostKeys) {
    const auto part = std::span(wanted).subspan(at, std::min(kMostKeys, wanted.size() - at));
    std::vector<Pubkey> keys;
    for (const auto* account : part) keys.push_back(account->key);
    DZ_TRY_ASSIGN(const auto answer, ledger_.get_account_parts(keys, {0, wire::kLatencySamplesHead}));
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (!answer.accounts[i]) continue;  // closed since
      const auto head =
          wire::decode_samples_head(ByteView(answer.accounts[i]->data)
                                        .first(std::min(answer.accounts[i]->data.size(), wire::kLatencySamplesHead)));
      part[i]->unreadable = !head;
      if (!head || !fits(*head, part[i]->progress)) continue;  // closed and made again since
      heads_.insert_or_assign(part[i]->key, *head);
      part[i]->samples = *head;
    }
  }
  return {};
}

// A request asks the same place of each of its accounts: those that end near each other go together.
Result<void> SampleReader::read_tails(std::vector<Grown>& grown) {
  std::vector<Grown*> wanted;
  for (auto& account : grown) {
    if (account.samples && !account.complete) wanted.push_back(&account);
  }
  std::sort(wanted.begin(), wanted.end(), [](const Grown* a, const Grown* b) {
    return std::tuple(a->seen, a->progress.count, a->key) < std::tuple(b->seen, b->progress.count, b->key);
  });
  for (auto first = wanted.begin(); first != wanted.end();) {
    auto last = first;
    std::size_t end = 0, needed = 0;
    for (; last != wanted.end() && last - first < static_cast<std::ptrdiff_t>(kMostKeys); ++last) {
      const auto& next = **last;
      const auto new_end = std::max<std::size_t>(end, next.progress.count);
      const auto needs = needed + (next.progress.count - next.seen) * wire::kSampleSize;
      const auto asked = static_cast<std::size_t>(last - first + 1) * (new_end - (*first)->seen) * wire::kSampleSize;
      if (last != first && (asked > kMostAsked || asked > 2 * needs + kMostInVain)) break;
      end = new_end;
      needed = needs;
    }
    DZ_TRY(read_tails_of({&*first, static_cast<std::size_t>(last - first)}));
    first = last;
  }
  return {};
}

// They are ordered by where they begin. The account that reaches farthest is longer than the slice where a node answers
// whole accounts.
Result<void> SampleReader::read_tails_of(std::span<Grown* const> group) {
  const auto from = group.front()->seen;
  std::uint32_t to = 0;
  std::vector<Pubkey> keys;
  for (const auto* account : group) {
    keys.push_back(account->key);
    to = std::max(to, account->progress.count);
  }
  const client::DataSlice slice{wire::kLatencySamplesHead + from * wire::kSampleSize, (to - from) * wire::kSampleSize};
  DZ_TRY_ASSIGN(const auto answer, ledger_.get_account_parts(keys, slice));
  const bool whole = std::any_of(answer.accounts.begin(), answer.accounts.end(),
                                 [&](const auto& account) { return account && account->data.size() > slice.length; });
  for (std::size_t i = 0; i < group.size(); ++i) {
    auto& account = *group[i];
    if (!answer.accounts[i]) continue;  // closed since
    const ByteView data = answer.accounts[i]->data;
    if (whole) {
      take_whole(account, data);
      continue;
    }
    const auto skip = std::min<std::size_t>((account.seen - from) * wire::kSampleSize, data.size());
    auto samples = wire::decode_samples(data.subspan(skip), account.progress.count - account.seen);
    account.unreadable = !samples;
    if (!samples) continue;
    account.samples->rtt_us = std::move(*samples);
    account.complete = true;
  }
  return {};
}

}  // namespace dz::telemetry
