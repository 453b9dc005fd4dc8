// The accounts of one instruction, taken in order, and what a program does with them: read a record, save it, create
// it, close it. Nothing here decides who may.
#pragma once

#include <algorithm>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "program/runtime/outcome.h"
#include "program/runtime/program_rules.h"
#include "program/runtime/runtime.h"
#include "program/runtime/validate.h"
#include "wire/accounts.h"
#include "wire/addresses.h"

namespace dz::program {

// An account as the instruction names it. `what` is for people: "side A device".
struct AccountRef {
  wire::Account* account = nullptr;
  Pubkey key;
  bool signer = false;
  bool writable = false;
  std::string_view what;
};

// A record and where it lives. Changes of the value take effect with Accounts::save().
template <typename T>
struct Record {
  AccountRef at;
  T value;
  T* operator->() { return &value; }
  const T* operator->() const { return &value; }
  T& operator*() { return value; }
  const T& operator*() const { return value; }
};

// A program may grow an account by this much in one instruction, creation included.
inline constexpr std::size_t kMaxGrowth = 10240;

Check check_empty(const AccountRef& at);                        // else AccountAlreadyInitialized
Check check_writable(const AccountRef& at);                     // else ProgramFailedToComplete
Check check_key(const AccountRef& at, const Pubkey& expected);  // else ProgramFailedToComplete
Check check_key(const AccountRef& at, const Pubkey& expected, wire::ProgramError otherwise);
Check check_key(const AccountRef& at, const Pubkey& expected, wire::InstructionErrorKind otherwise);

// All lamports go to the receiver; the account is gone. One that would receive its own leaves the sum of lamports
// wrong.
Check close(const AccountRef& at, const AccountRef& receiver);

template <typename T>
Result<T> decode_record(ByteView data, const Profile& profile);

// The answer to an account that does not decode: it is of another type. Only a global state is read strictly before its
// type is looked at.
template <typename T>
wire::InstructionErrorKind unreadable(ByteView) {
  return wire::InstructionErrorKind::InvalidAccountData;
}
template <>
inline wire::InstructionErrorKind unreadable<GlobalState>(ByteView data) {
  return wire::has_readable_allowlists(data) ? wire::InstructionErrorKind::InvalidAccountData
                                             : wire::InstructionErrorKind::BorshIoError;
}

// Has many methods because each kind of account is taken and checked in its own words; none of them decides anything.
class Accounts {
 public:
  // The rules are those of the program that runs. Programs that create no records need none.
  explicit Accounts(const Invocation& invocation, const ProgramRules& rules = {})
      : invocation_(invocation), rules_(rules) {}

  const Pubkey& program() const { return invocation_.program; }
  const Invocation& invocation() const { return invocation_; }
  const ProgramRules& rules() const { return rules_; }
  std::size_t left() const { return invocation_.metas.size() - next_; }
  // The type of the account that is next, without taking it; None when there is none.
  wire::AccountType peek_type() const;

  Outcome<AccountRef> next(std::string_view what);
  // The next account, of this type and owned by this program (or by `owner`).
  template <typename T>
  Outcome<Record<T>> record(std::string_view what) {
    return record<T>(what, program());
  }
  template <typename T>
  Outcome<Record<T>> record(std::string_view what, const Pubkey& owner) {
    DZ_TRY_ASSIGN(const auto at, next(what));
    return load<T>(at, owner);
  }
  // The next account, which this instruction writes.
  template <typename T>
  Outcome<Record<T>> writable_record(std::string_view what) {
    DZ_TRY_ASSIGN(const auto at, next(what));
    DZ_TRY(check_writable(at));
    return load<T>(at);
  }
  // An account already taken, as a record.
  template <typename T>
  Outcome<Record<T>> load(const AccountRef& at, const Pubkey& owner) const {
    DZ_TRY(check_owner(at, owner));
    auto value = decode_record<T>(at.account->data, *invocation_.profile);
    if (!value) return reject(unreadable<T>(at.account->data), about(at) + value.error().message);
    return Record<T>{at, std::move(*value)};
  }
  template <typename T>
  Outcome<Record<T>> load(const AccountRef& at) const {
    return load<T>(at, program());
  }

  // The end of every account list: the payer, who signs; the system program; perhaps the payer's permission account.
  // After it the functions below may be used. What follows it is surplus: ProgramRules::refuses_surplus_accounts.
  Check tail();
  // The same without a look at the system program, for instructions that check something else first, or never look:
  // then the payment fails with MissingAccount if the System program is nowhere in the list.
  Check take_tail();
  Check check_system() const;  // else ProgramFailedToComplete
  // Where the payer came earlier in the list and no permission account may follow: takes the system program without a
  // look. MissingRequiredSignature when the payer did not sign.
  Check pay_from(const AccountRef& payer);
  const AccountRef& payer() const { return payer_; }
  const std::optional<AccountRef>& permission() const { return permission_; }

  // Each owned by this program, else ProgramFailedToComplete.
  Check check_owner(const AccountRef& at) const { return check_owner(at, program()); }
  template <std::same_as<AccountRef>... More>
  requires(sizeof...(More) > 0) Check check_owner(const AccountRef& at, const More&... more)
  const {
    DZ_TRY(check_owner(at));
    return check_owner(more...);
  }

  // From the payer; without the money ProgramRules::out_of_lamports.
  Check pay(const AccountRef& to, std::uint64_t lamports) const;

  // How long the tail will be, seen from the end of the list: 3 when the last account is the permission account of the
  // third from the end, else 2. For instructions whose account list varies before the tail.
  std::size_t tail_length() const;
  // How many accounts are left before the tail.
  std::size_t left_before_tail() const { return left() - std::min(left(), tail_length()); }
  // Of such lists: what is left can be a tail, else InvalidArgument (65) ...
  Check check_tail_follows() const;
  // ... the next account that is not of the tail, and the tail, with nothing else looked at before it.
  Outcome<AccountRef> next_before_tail(std::string_view what);
  Check take_last_tail();

  // Validates, resizes (the payer tops up the rent; nothing is refunded) and writes. An account that is read-only is
  // refused with ProgramRules::read_only_record.
  template <typename T>
  Check save(const Record<T>& record) const {
    DZ_TRY(validate(record.value));
    return write(record.at, encode_record(record.value));
  }
  // Each in turn; the first that cannot be written ends it.
  template <typename T, typename... More>
  requires(sizeof...(More) > 0) Check save(const Record<T>& record, const Record<More>&... more)
  const {
    DZ_TRY(save(record));
    return save(more...);
  }
  // Creates the account at its derived address; AccountAlreadyInitialized when it has data.
  template <typename T>
  Check create(const AccountRef& at, const wire::ProgramAddress& expected, const T& record) const {
    DZ_TRY(check_empty(at));
    DZ_TRY(check_key(at, expected.address));
    DZ_TRY(validate(record));
    DZ_TRY(check_payment(at));
    DZ_TRY(write(at, encode_record(record)));
    at.account->owner = program();
    return {};
  }

 private:
  template <typename T>
  Bytes encode_record(const T& record) const {
    if constexpr (requires { wire::encode(record, *invocation_.profile); }) {
      return wire::encode(record, *invocation_.profile);
    } else {
      return wire::encode(record);
    }
  }
  Check write(const AccountRef& at, Bytes data) const;
  Check check_data_writable(const AccountRef& at) const;
  // The System program can be asked to pay `to`, or to create it.
  Check check_payment(const AccountRef& to) const;
  Check check_no_surplus() const;
  static Check check_owner(const AccountRef& at, const Pubkey& owner);
  static std::string about(const AccountRef& at);

  const Invocation& invocation_;
  ProgramRules rules_;
  std::size_t next_ = 0;
  AccountRef payer_, system_;
  std::optional<AccountRef> permission_;
};

}  // namespace dz::program
