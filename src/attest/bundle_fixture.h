// For tests and samples: decisions of a small network, with everything that shows them.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "attest/bundle.h"
#include "attest/memo.h"
#include "attest/opinion_bytes.h"
#include "attest/state_fixture.h"
#include "base/sha256.h"
#include "transparency/checkpoint.h"
#include "verdict/policy.h"
#include "wire/accounts.h"
#include "wire/instructions/device.h"
#include "wire/instructions/link.h"
#include "wire/instructions/solana.h"

namespace dz::attest {

inline wire::Keypair keypair_of(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(n);
  return wire::Keypair::from_seed(seed);
}

struct BundleFixture : StateFixture {
  wire::Keypair monitor = keypair_of(21), witness = keypair_of(22);
  const Pubkey program = key_of(2);
  std::vector<Stated> stated;   // of one pass, in the order of the instructions
  std::vector<Bytes> accounts;  // of each

  transparency::NoteKey witness_key() const {
    return {"witness.example/w1", transparency::SignatureType::Cosignature, witness.pubkey()};
  }

  // What a monitor decides that saw the records ten minutes before the end.
  void decide() {
    control::RecordBook book;
    (void)plan_monitor(inputs(evidence, kStart + kFed - std::chrono::minutes{10}), book);
    const auto now = inputs(evidence, kStart + kFed + std::chrono::minutes{1});
    const StatedBy by{hash_of(1), program, monitor.pubkey(), sha256(as_bytes(render_policy(policy)))};
    for (const auto& change : plan_monitor(now, book).changes) {
      const bool is_link = change.kind == RecordKind::Link;
      accounts.push_back(is_link ? wire::encode(links.at(change.key), *policy.profile)
                                 : wire::encode(devices.at(change.key), *policy.profile));
      const JudgedAccount account{sha256(accounts.back()), {6}};
      const auto report = report_record(now, book, change.key, {}, [&](const control::JudgedNow& judged) {
        stated.push_back(state_change(change, judged, now, by, account));
      });
      DZ_CHECK(report.has_value());
    }
  }

  // These judges held what is stated.
  void hold(std::initializer_list<std::uint8_t> judges) {
    for (auto& one : stated) {
      for (const auto n : judges) {
        auto& s = one.statement;
        auto& opinion = s.opinions.emplace_back(
            OpinionStatement{keypair_of(n).pubkey(), minute_of(s.at) - std::chrono::minutes{n % 10}, s.at, {}});
        opinion.signature = keypair_of(n).sign(opinion_bytes(s, opinion));
      }
    }
  }

  Bytes transaction() const {
    std::vector<wire::Instruction> instructions;
    std::vector<Hash> hashes;
    for (const auto& one : stated) {
      const auto& s = one.statement;
      const wire::Sender sender{program, monitor.pubkey()};
      instructions.push_back(s.kind == RecordKind::Link ? *set_link_health(sender, s.record, s.to, *policy.profile)
                                                        : *set_device_health(sender, s.record, s.to, *policy.profile));
      hashes.push_back(statement_hash(s));
    }
    instructions.push_back(wire::memo(memo_text(transparency::tree_root(hashes))));
    return encode(*wire::sign_transaction(instructions, monitor, {}, key_of(7)));
  }

  // The statements behind seven others in a log.
  Bundle bundle(std::size_t decision) const {
    constexpr std::uint8_t kOthers = 7;
    Bundle b;
    b.transaction = transaction();
    b.decision = decision;
    b.account = accounts[decision];
    b.minutes = stated[decision].leaves;
    b.policy = render_policy(policy);
    std::vector<Hash> leaves;
    for (std::uint8_t i = 0; i < kOthers; ++i) leaves.push_back(hash_of(i));
    for (const auto& s : stated) {
      b.statements.push_back(encode(s.statement));
      leaves.push_back(transparency::leaf_hash(b.statements.back()));
    }
    b.index = kOthers + decision;
    const auto subtree = [&](int level, std::uint64_t index) -> Result<Hash> {
      const std::span<const Hash> all(leaves);
      return transparency::tree_root(all.subspan(index << level, std::size_t{1} << level));
    };
    b.inclusion = *transparency::prove_inclusion(subtree, b.index, leaves.size());
    const std::string origin = "monitor.example/log";
    const auto text = transparency::render_checkpoint({origin, {leaves.size(), transparency::tree_root(leaves)}});
    const auto at = Timestamp{kStart + kFed + std::chrono::minutes{2}};
    b.checkpoint = transparency::render_note({text,
                                              {transparency::sign_note(text, origin, monitor),
                                               transparency::cosign_note(text, witness_key().name, witness, at)}});
    b.witnesses = {to_text(witness_key())};
    return b;
  }
};

}  // namespace dz::attest
