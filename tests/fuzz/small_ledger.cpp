#include "small_ledger.h"

#include <algorithm>

#include "base/check.h"
#include "wire/addresses.h"

namespace dz::fuzz {
namespace {

// Begins with what another archive has, and changes nothing of it.
class Branch final : public ledger::LedgerArchive {
 public:
  Branch(const ledger::Snapshot& snapshot, ledger::LedgerArchive& trunk) : snapshot_(snapshot), trunk_(trunk) {}
  Result<std::optional<ledger::Snapshot>> load() override { return snapshot_; }
  Result<void> create(const ledger::Snapshot&) override { return {}; }
  Result<void> commit(const ledger::Batch& batch) override {
    records_.insert(records_.end(), batch.transactions.begin(), batch.transactions.end());
    return {};
  }
  Result<std::optional<ledger::TransactionRecord>> find(const wire::Signature& signature) override {
    const auto found =
        std::find_if(records_.begin(), records_.end(), [&](const auto& r) { return r.signature == signature; });
    if (found != records_.end()) return *found;
    return trunk_.find(signature);
  }
  Result<std::vector<std::int64_t>> places_of(const Pubkey& address, const Range& range) override {
    return trunk_.places_of(address, range);
  }
  Result<std::vector<std::int64_t>> places_in(Slot slot) override { return trunk_.places_in(slot); }
  Result<Slot> first_whole_slot() override { return trunk_.first_whole_slot(); }
  Result<std::optional<ledger::TransactionRecord>> record_at(std::int64_t place) override {
    return trunk_.record_at(place);
  }

 private:
  const ledger::Snapshot& snapshot_;
  ledger::LedgerArchive& trunk_;
  std::vector<ledger::TransactionRecord> records_;
};

}  // namespace

const SmallLedger& SmallLedger::of(const Profile& profile) {
  static std::map<const Profile*, std::unique_ptr<SmallLedger>> made;
  auto& one = made[&profile];
  if (one == nullptr) one.reset(new SmallLedger(profile));
  return *one;
}

SmallLedger::SmallLedger(const Profile& profile) : profile_(profile) {
  auto archive = ledger::make_memory_archive();
  archive_ = archive.get();
  testbed::SmallNetworkOptions options;
  options.profile = &profile;
  network_ = std::make_unique<testbed::SmallNetwork>(kLedgerStart, std::move(archive), options);
  network_->add_device("ams", network_->alpha);
  network_->add_device("lon", network_->alpha);
  network_->add_device("fra", network_->beta);
  network_->add_link("ams:lon", LinkType::Wan, "ams", "Switch1/1/1", "lon", "Switch1/1/1");
  network_->add_link("ams:fra", LinkType::Dzx, "ams", "Switch1/2/1", "fra", "Switch1/2/1");
  network_->accept_link("ams:fra", "Switch1/2/1");
  DZ_CHECK(network_->ledger().commit().has_value());
  auto loaded = archive_->load();
  DZ_CHECK(loaded.has_value() && loaded->has_value());
  snapshot_ = std::move(**loaded);
  ledger::LedgerArchive::Range all;
  all.limit = 100'000;
  auto history = archive_->find_by_address(network_->foundation.pubkey(), all);
  for (const auto* who : {&network_->alpha, &network_->beta}) {
    auto more = archive_->find_by_address(who->pubkey(), all);
    DZ_CHECK(history.has_value() && more.has_value());
    history->insert(history->end(), more->begin(), more->end());
  }
  history_ = std::move(*history);
  name_keys();
}

void SmallLedger::name_keys() {
  const auto& program = wire::local_program_ids().serviceability;
  for (const auto* who : {&network_->foundation, &network_->alpha, &network_->beta, &network_->monitor,
                          &network_->activator, &network_->publisher}) {
    keys_.push_back(who->pubkey());
  }
  keys_.push_back(wire::kSystemProgramId);
  keys_.push_back(program);
  keys_.push_back(wire::local_program_ids().telemetry);
  keys_.push_back(wire::global_state_address(program).address);
  for (const auto& [key, account] : snapshot_.accounts) keys_.push_back(key);
  const auto last = wire::decode_global_state(snapshot_.accounts.at(wire::global_state_address(program).address).data);
  DZ_CHECK(last.has_value());
  const AccountIndex next{last->account_index + 1};
  for (const auto address_of : {wire::location_address, wire::exchange_address, wire::contributor_address,
                                wire::device_address, wire::link_address}) {
    keys_.push_back(address_of(program, next).address);
  }
  for (const auto& record : history_) {  // accounts of it that are gone, and those that were only looked for
    for (const auto& key : record.addresses) {
      if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) keys_.push_back(key);
    }
  }
  DZ_CHECK(keys_.size() < 256);  // a number is one byte
}

std::size_t SmallLedger::number_of(const Pubkey& key) const {
  return static_cast<std::size_t>(std::find(keys_.begin(), keys_.end(), key) - keys_.begin());
}

std::unique_ptr<ledger::Ledger> SmallLedger::open() const {
  ledger::LedgerOptions options;
  options.profile = &profile_;
  auto opened = ledger::Ledger::open(std::make_unique<Branch>(snapshot_, *archive_), options, now());
  DZ_CHECK(opened.has_value());
  return std::move(*opened);
}

}  // namespace dz::fuzz
