#include "attest/verify.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "attest/memo.h"
#include "attest/minutes.h"
#include "attest/opinion_bytes.h"
#include "attest/rejudge.h"
#include "base/sha256.h"
#include "transparency/checkpoint.h"
#include "verdict/policy.h"
#include "wire/accounts.h"
#include "wire/instructions/device.h"
#include "wire/instructions/link.h"
#include "wire/program_ids.h"
#include "wire/transaction.h"

namespace dz::attest {
namespace {

using Says = Result<std::string>;

class Verifier {
 public:
  Verifier(const Bundle& bundle, const Expected& expected) : bundle_(bundle), expected_(expected) {}

  // recorded: only what rests on what the monitor recorded.
  Verification run(bool recorded) {
    struct Step {
      std::string_view part;
      Says (Verifier::*check)();
      bool of_recorded = false;
    };
    // Policy before instruction: the numbers of the words on the ledger are those of its profile.
    constexpr std::array<Step, 11> kSteps{{{"statement", &Verifier::statement, true},
                                           {"opinions", &Verifier::opinions, true},
                                           {"transaction", &Verifier::transaction},
                                           {"memo", &Verifier::memo},
                                           {"policy", &Verifier::policy, true},
                                           {"instruction", &Verifier::instruction},
                                           {"account", &Verifier::account, true},
                                           {"log", &Verifier::log},
                                           {"checkpoint", &Verifier::checkpoint},
                                           {"minutes", &Verifier::minutes, true},
                                           {"judgement", &Verifier::judgement, true}}};
    Verification all;
    for (const auto& [part, check, of_recorded] : kSteps) {
      if (recorded && !of_recorded) continue;
      auto said = (this->*check)();
      all.steps.push_back({part, said.has_value(), said ? std::move(*said) : std::move(said.error().message)});
      if (!all.steps.back().holds) break;
    }
    if (bundle_.decision < statements_.size()) all.decision = statements_[bundle_.decision];
    return all;
  }

 private:
  Says statement() {
    for (const auto& bytes : bundle_.statements) {
      DZ_TRY_ASSIGN(auto read, decode_statement(bytes));
      statements_.push_back(std::move(read));
    }
    if (bundle_.decision >= statements_.size())
      return corrupt(fmt::format("expected decision {} among the statements, found {} of them", bundle_.decision,
                                 statements_.size()));
    const auto& d = decision();
    if (expected_.genesis && *expected_.genesis != d.genesis)
      return refused("expected a decision about this ledger, found one about another (its genesis hash differs)");
    if (expected_.program && *expected_.program != d.program)
      return refused(fmt::format("expected a decision about program {}, found one about {}",
                                 to_text(*expected_.program), to_text(d.program)));
    return fmt::format("{} {}: {} to {} ({})", to_text(d.kind), to_text(d.record), to_text(d.from), to_text(d.to),
                       to_text(d.reason));
  }

  // Of each statement, for what one of them says of its opinions is what the monitor signed of all.
  Says opinions() {
    for (const auto& s : statements_) {
      for (const auto& o : s.opinions) {
        if (!wire::verify(o.signature, o.key, opinion_bytes(s, o)))
          return refused(
              fmt::format("expected the signature of judge {} over what is stated of {}, found one that does not hold",
                          to_text(o.key), to_text(s.record)));
      }
    }
    const auto& own = decision().opinions;
    if (own.empty()) return std::string("none: the monitor decided alone");
    std::string judges;
    for (const auto& o : own) judges += fmt::format("{}{}", judges.empty() ? "" : ", ", to_text(o.key));
    return fmt::format("{} {} the same, {} its signature: {}", own.size(),
                       own.size() == 1 ? "judge held" : "judges held", own.size() == 1 ? "under" : "each under",
                       judges);
  }

  Says transaction() {
    DZ_TRY_ASSIGN(transaction_, wire::parse_transaction(bundle_.transaction));
    const auto& message = transaction_.message;
    if (!message.lookups.empty())
      return refused("expected a transaction that names its accounts itself, found one with lookup tables");
    if (!wire::verify_signatures(transaction_))
      return refused("expected signatures by its keys over its bytes, found one that does not hold");
    const auto& monitor = decision().monitor;
    if (expected_.monitor && *expected_.monitor != monitor)
      return refused(fmt::format("expected the monitor {}, found statements of {}", to_text(*expected_.monitor),
                                 to_text(monitor)));
    const auto& keys = message.account_keys;
    const auto signers = keys.begin() + message.required_signatures;
    if (std::find(keys.begin(), signers, monitor) == signers)
      return refused(
          fmt::format("expected a transaction signed by the monitor {}, found one that is not", to_text(monitor)));
    return fmt::format("{} is signed by {}", to_text(transaction_.signatures.front()), to_text(monitor));
  }

  Says memo() {
    DZ_TRY_ASSIGN(const auto root, root_in(transaction_.message, transaction_.message.account_keys));
    std::vector<Hash> hashes;
    for (const auto& bytes : bundle_.statements) hashes.push_back(transparency::leaf_hash(bytes));
    if (transparency::tree_root(hashes) != root)
      return refused("expected the root over the statements in the transaction's memo, found another");
    return memo_text(root);
  }

  Says policy() {
    if (sha256(as_bytes(bundle_.policy)) != decision().policy)
      return refused("expected the policy that the decision was made under, found another text (its SHA-256 differs)");
    DZ_TRY_ASSIGN(policy_, verdict::parse_policy(bundle_.policy, "the policy of the bundle"));
    return fmt::format("of profile {}", policy_.profile->name);
  }

  // Every change of health in the transaction is that of one statement, in their order.
  Says instruction() {
    const auto& message = transaction_.message;
    std::size_t count = 0;
    for (const auto& call : message.instructions) {
      if (message.account_keys[call.program_index] != decision().program || call.account_indexes.empty()) continue;
      const auto tag = wire::instruction_tag(call.data);
      const bool of_link = tag == wire::InstructionTag::SetLinkHealth;
      if (!of_link && tag != wire::InstructionTag::SetDeviceHealth) continue;
      if (count == statements_.size()) return refused("expected a statement for each change of health, found fewer");
      const auto& s = statements_[count++];
      DZ_TRY_ASSIGN(const auto health, health_in(call.data, of_link));
      const auto& record = message.account_keys[call.account_indexes.front()];
      if (record != s.record || of_link != (s.kind == RecordKind::Link))
        return refused(
            fmt::format("expected instruction {} to be about {}, found {}", count, to_text(s.record), to_text(record)));
      if (health != s.to)
        return refused(
            fmt::format("expected instruction {} to write {}, found {}", count, to_text(s.to), to_text(health)));
      constexpr std::size_t kSigner = 2;  // after the record and the global state
      if (call.account_indexes.size() <= kSigner || message.account_keys[call.account_indexes[kSigner]] != s.monitor ||
          s.monitor != decision().monitor)
        return refused(fmt::format("expected instruction {} to be signed by the monitor, found another signer", count));
    }
    if (count != statements_.size())
      return refused(
          fmt::format("expected {} changes of health in the transaction, found {}", statements_.size(), count));
    return fmt::format("writes {} to {}", to_text(decision().to), to_text(decision().record));
  }

  Result<Health> health_in(ByteView data, bool of_link) const {
    if (of_link) {
      DZ_TRY_ASSIGN(const auto args, wire::decode_args<wire::SetLinkHealthArgs>(data, *policy_.profile));
      return args.health;
    }
    DZ_TRY_ASSIGN(const auto args, wire::decode_args<wire::SetDeviceHealthArgs>(data, *policy_.profile));
    return args.health;
  }

  Says account() {
    const auto& d = decision();
    if (sha256(bundle_.account) != d.account)
      return refused("expected the data of the account that was judged, found other bytes (their SHA-256 differs)");
    const auto as_stated = [&](const auto& record) -> Says {
      const bool same =
          record.status == d.status && record.desired_status == d.desired_status && record.health == d.from;
      if (!same)
        return refused(fmt::format("expected {}, desired {}, {} in the account, found {}, desired {}, {}",
                                   to_text(d.status), to_text(d.desired_status), to_text(d.from),
                                   to_text(record.status), to_text(record.desired_status), to_text(record.health)));
      return fmt::format("'{}' was {}, desired {}, {}", record.code, to_text(d.status), to_text(d.desired_status),
                         to_text(d.from));
    };
    if (d.kind == RecordKind::Link) {
      DZ_TRY_ASSIGN(const auto link, wire::decode_link(bundle_.account, *policy_.profile));
      return as_stated(link);
    }
    DZ_TRY_ASSIGN(const auto device, wire::decode_device(bundle_.account, *policy_.profile));
    return as_stated(device);
  }

  Says log() {
    DZ_TRY_ASSIGN(signed_, transparency::read_checkpoint(bundle_.checkpoint));
    const auto leaf = transparency::leaf_hash(bundle_.statements[bundle_.decision]);
    const auto& head = signed_.checkpoint.head;
    DZ_TRY(transparency::check_inclusion(leaf, bundle_.index, head, bundle_.inclusion));
    return fmt::format("entry {} of {}", bundle_.index, head.size);
  }

  Says checkpoint() {
    const auto& origin = signed_.checkpoint.origin;
    const transparency::NoteKey log{origin, transparency::SignatureType::Ed25519, decision().monitor};
    DZ_TRY(transparency::open_checkpoint(bundle_.checkpoint, log));
    std::vector<transparency::NoteKey> keys{log};
    std::string cosigned;
    for (const auto& text : bundle_.witnesses) {
      DZ_TRY_ASSIGN(auto key, transparency::parse_note_key(text));
      DZ_TRY_ASSIGN(const auto known, find_signature(signed_.note, key));
      if (!known || !known->cosigned_at) return refused("expected a cosignature of " + key.name + ", found none");
      cosigned += ", cosigned by " + key.name;
      keys.push_back(std::move(key));
    }
    // A line that nobody answers for could be anything.
    if (signed_.note.signatures.size() != keys.size())
      return refused(fmt::format("expected {} signatures under the checkpoint, one a key, found {}", keys.size(),
                                 signed_.note.signatures.size()));
    if (transparency::render_note(signed_.note) != bundle_.checkpoint)
      return refused("expected the one form of a signed note, found another");
    for (const auto& witness : expected_.witnesses) {
      if (std::find(keys.begin(), keys.end(), witness) == keys.end())
        return refused(
            fmt::format("expected a cosignature of {}, found none; export the bundle again once that witness "
                        "has cosigned",
                        witness.name));
    }
    return fmt::format("of {} is signed by the monitor{}", origin, cosigned);
  }

  Says minutes() {
    if (minutes_root(bundle_.minutes) != decision().minutes)
      return refused("expected the minutes that the decision rests on, found others (their root differs)");
    std::size_t count = 0;
    for (const auto& bytes : bundle_.minutes) {
      DZ_TRY_ASSIGN(auto leaf, decode_minutes(bytes));
      count += leaf.states.size();
      leaves_.push_back(std::move(leaf));
    }
    return fmt::format("{} of {} signals", count, leaves_.size());
  }

  Says judgement() {
    const auto& d = decision();
    if (d.reset) {
      using enum verdict::HealthReason;
      const bool enters = d.reason == EntersProvisioning;
      if (!enters && d.reason != LeftService && d.reason != WantedAgain)
        return refused(fmt::format("expected the reason of a reset, found {}", to_text(d.reason)));
      if (!leaves_.empty()) return refused("expected no minutes of a reset, found some");
      if (d.to != (enters ? Health::Pending : Health::Impaired))
        return refused(fmt::format("expected the health of such a reset, found {}", to_text(d.to)));
      return std::string("a reset, which rests on no evidence and raises nothing");
    }
    DZ_TRY_ASSIGN(const auto found, rejudge(d, {bundle_.account, leaves_, policy_}));
    if (const auto difference = first_difference(d, policy_, found); !difference.empty()) return refused(difference);
    return fmt::format("{} criteria judged again say {}, {}", d.criteria.size(), to_text(found.to),
                       to_text(found.reason));
  }

  const Statement& decision() const { return statements_[bundle_.decision]; }

  const Bundle& bundle_;
  const Expected& expected_;
  std::vector<Statement> statements_;
  wire::Transaction transaction_;
  verdict::Policy policy_;
  transparency::SignedCheckpoint signed_;
  std::vector<MinutesLeaf> leaves_;
};

}  // namespace

VerifyStep landed_step(const Landed& landed) {
  const auto when =
      fmt::format("in slot {}{}", landed.slot.value, landed.at ? ", " + to_text(*landed.at) : std::string());
  if (landed.failed) return {"ledger", false, "expected a transaction that succeeded, found one that failed " + when};
  return {"ledger", true, "took the transaction " + when};
}

Verification verify(const Bundle& bundle, const Expected& expected) { return Verifier(bundle, expected).run(false); }

Verification replay(const Bundle& bundle) { return Verifier(bundle, {}).run(true); }

Verification verify_text(std::string_view text, const Expected& expected) {
  const auto bundle = decode_bundle(text);
  if (bundle) return verify(*bundle, expected);
  const auto& message = bundle.error().message;
  const auto colon = message.find(": ");
  static constexpr std::array<std::string_view, 12> kParts{"bundle",   "format",    "transaction", "statements",
                                                           "decision", "account",   "minutes",     "policy",
                                                           "index",    "inclusion", "checkpoint",  "witnesses"};
  const auto part = std::find(kParts.begin(), kParts.end(), std::string_view(message).substr(0, colon));
  Verification refusal;
  refusal.steps.push_back({part == kParts.end() ? kParts.front() : *part, false,
                           part == kParts.end() ? message : message.substr(colon + 2)});
  return refusal;
}

}  // namespace dz::attest
