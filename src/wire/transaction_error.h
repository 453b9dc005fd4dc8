// Why a transaction or one of its instructions failed, in the words of the JSON-RPC interface.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "base/result.h"

namespace dz::wire {

enum class InstructionErrorKind : std::uint8_t {
  Custom,
  ProgramFailedToComplete,
  InvalidArgument,
  InvalidAccountData,
  InvalidInstructionData,
  AccountAlreadyInitialized,
  NotEnoughAccountKeys,
  MissingRequiredSignature,
  IncorrectProgramId,
  InsufficientFunds,
  UnsupportedProgramId,
  ReadonlyLamportChange,
  ReadonlyDataModified,
  ExternalAccountDataModified,
  UnbalancedInstruction,
  InvalidRealloc,
  InvalidAccountOwner,
  UninitializedAccount,
  Immutable,
  IncorrectAuthority,
  ComputationalBudgetExceeded,
  BorshIoError,         // bytes that are no such value
  PrivilegeEscalation,  // a program asked another to change what its caller may not
  MissingAccount,       // ... or called one whose account is not in the list
  ModifiedProgramId,    // an owner that may not be changed
  ExternalAccountLamportSpend,
  MaxSeedLengthExceeded,
  IllegalOwner
};

struct InstructionError {
  InstructionErrorKind kind = InstructionErrorKind::Custom;
  std::uint32_t custom = 0;  // with kind Custom
  bool operator==(const InstructionError&) const = default;
};

enum class TransactionErrorKind : std::uint8_t {
  InstructionError,
  AccountNotFound,
  InsufficientFundsForFee,
  AlreadyProcessed,
  BlockhashNotFound,
  SignatureFailure,
  SanitizeFailure,
  AccountInUse,
  AccountLoadedTwice,
  InvalidAccountForFee,
  ProgramAccountNotFound,
  TooManyAccountLocks,
  AddressLookupTableNotFound,
  InvalidAddressLookupTableOwner,
  InvalidAddressLookupTableData,
  InvalidAddressLookupTableIndex,
  InsufficientFundsForRent,
  DuplicateInstruction,
  InvalidLoadedAccountsDataSizeLimit
};

// Whether an account of the transaction could not be found in a lookup table.
constexpr bool is_lookup_failure(TransactionErrorKind kind) {
  return kind >= TransactionErrorKind::AddressLookupTableNotFound &&
         kind <= TransactionErrorKind::InvalidAddressLookupTableIndex;
}

struct TransactionError {
  TransactionErrorKind kind = TransactionErrorKind::InstructionError;
  std::uint8_t instruction =
      0;  // index of the instruction, where one is meant; with InsufficientFundsForRent, of the account
  InstructionError error;  // with kind InstructionError
  bool operator==(const TransactionError&) const = default;
};

// {"InstructionError":[2,{"Custom":8}]}, "BlockhashNotFound", {"DuplicateInstruction":1} or
// {"InsufficientFundsForRent":{"account_index":2}}.
boost::json::value to_json(const TransactionError& error);
// Unsupported when the JSON names an error that is not listed above, Corrupt when it is of another shape.
Result<TransactionError> parse_transaction_error(const boost::json::value& json);

// "Error processing Instruction 2: custom program error: 0x8", as Solana clients print it.
std::string to_text(const TransactionError& error);
std::string to_text(const InstructionError& error);  // "custom program error: 0x8"

}  // namespace dz::wire
