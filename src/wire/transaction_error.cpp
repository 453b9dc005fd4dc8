#include "wire/transaction_error.h"

#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace dz::wire {
namespace {

namespace json = boost::json;

template <typename Kind>
struct Entry {
  Kind kind;
  std::string_view name;      // in JSON
  std::string_view sentence;  // as Solana clients print it
};

constexpr Entry<InstructionErrorKind> kInstructionErrors[] = {
    {InstructionErrorKind::ProgramFailedToComplete, "ProgramFailedToComplete", "Program failed to complete"},
    {InstructionErrorKind::InvalidArgument, "InvalidArgument", "invalid program argument"},
    {InstructionErrorKind::InvalidAccountData, "InvalidAccountData", "invalid account data for instruction"},
    {InstructionErrorKind::InvalidInstructionData, "InvalidInstructionData", "invalid instruction data"},
    {InstructionErrorKind::AccountAlreadyInitialized, "AccountAlreadyInitialized",
     "instruction requires an uninitialized account"},
    {InstructionErrorKind::NotEnoughAccountKeys, "NotEnoughAccountKeys", "insufficient account keys for instruction"},
    {InstructionErrorKind::MissingRequiredSignature, "MissingRequiredSignature",
     "missing required signature for instruction"},
    {InstructionErrorKind::IncorrectProgramId, "IncorrectProgramId", "incorrect program id for instruction"},
    {InstructionErrorKind::InsufficientFunds, "InsufficientFunds", "insufficient funds for instruction"},
    {InstructionErrorKind::UnsupportedProgramId, "UnsupportedProgramId", "Unsupported program id"},
    {InstructionErrorKind::ReadonlyLamportChange, "ReadonlyLamportChange",
     "instruction changed the balance of a read-only account"},
    {InstructionErrorKind::ReadonlyDataModified, "ReadonlyDataModified",
     "instruction modified data of a read-only account"},
    {InstructionErrorKind::ExternalAccountDataModified, "ExternalAccountDataModified",
     "instruction modified data of an account it does not own"},
    {InstructionErrorKind::UnbalancedInstruction, "UnbalancedInstruction",
     "sum of account balances before and after instruction do not match"},
    {InstructionErrorKind::InvalidRealloc, "InvalidRealloc", "Failed to reallocate account data"},
    {InstructionErrorKind::InvalidAccountOwner, "InvalidAccountOwner", "Invalid account owner"},
    {InstructionErrorKind::UninitializedAccount, "UninitializedAccount", "instruction requires an initialized account"},
    {InstructionErrorKind::Immutable, "Immutable", "Account is immutable"},
    {InstructionErrorKind::IncorrectAuthority, "IncorrectAuthority", "Incorrect authority provided"},
    {InstructionErrorKind::ComputationalBudgetExceeded, "ComputationalBudgetExceeded", "Computational budget exceeded"},
    {InstructionErrorKind::BorshIoError, "BorshIoError", "Failed to serialize or deserialize account data: Unknown"},
    {InstructionErrorKind::PrivilegeEscalation, "PrivilegeEscalation",
     "Cross-program invocation with unauthorized signer or writable account"},
    {InstructionErrorKind::MissingAccount, "MissingAccount", "An account required by the instruction is missing"},
    {InstructionErrorKind::ModifiedProgramId, "ModifiedProgramId",
     "instruction illegally modified the program id of an account"},
    {InstructionErrorKind::ExternalAccountLamportSpend, "ExternalAccountLamportSpend",
     "instruction spent from the balance of an account it does not own"},
    {InstructionErrorKind::MaxSeedLengthExceeded, "MaxSeedLengthExceeded",
     "Length of the seed is too long for address generation"},
    {InstructionErrorKind::IllegalOwner, "IllegalOwner", "Provided owner is not allowed"},
};

constexpr Entry<TransactionErrorKind> kTransactionErrors[] = {
    {TransactionErrorKind::AccountNotFound, "AccountNotFound",
     "Attempt to debit an account but found no record of a prior credit."},
    {TransactionErrorKind::InsufficientFundsForFee, "InsufficientFundsForFee", "Insufficient funds for fee"},
    {TransactionErrorKind::AlreadyProcessed, "AlreadyProcessed", "This transaction has already been processed"},
    {TransactionErrorKind::BlockhashNotFound, "BlockhashNotFound", "Blockhash not found"},
    {TransactionErrorKind::SignatureFailure, "SignatureFailure", "Transaction did not pass signature verification"},
    {TransactionErrorKind::SanitizeFailure, "SanitizeFailure",
     "Transaction failed to sanitize accounts offsets correctly"},
    {TransactionErrorKind::AccountInUse, "AccountInUse", "Account in use"},
    {TransactionErrorKind::AccountLoadedTwice, "AccountLoadedTwice", "Account loaded twice"},
    {TransactionErrorKind::InvalidAccountForFee, "InvalidAccountForFee",
     "This account may not be used to pay transaction fees"},
    {TransactionErrorKind::ProgramAccountNotFound, "ProgramAccountNotFound",
     "Attempt to load a program that does not exist"},
    {TransactionErrorKind::TooManyAccountLocks, "TooManyAccountLocks", "Transaction locked too many accounts"},
    {TransactionErrorKind::AddressLookupTableNotFound, "AddressLookupTableNotFound",
     "Transaction loads an address table account that doesn't exist"},
    {TransactionErrorKind::InvalidAddressLookupTableOwner, "InvalidAddressLookupTableOwner",
     "Transaction loads an address table account with an invalid owner"},
    {TransactionErrorKind::InvalidAddressLookupTableData, "InvalidAddressLookupTableData",
     "Transaction loads an address table account with invalid data"},
    {TransactionErrorKind::InvalidAddressLookupTableIndex, "InvalidAddressLookupTableIndex",
     "Transaction address table lookup uses an invalid index"},
    {TransactionErrorKind::InvalidLoadedAccountsDataSizeLimit, "InvalidLoadedAccountsDataSizeLimit",
     "LoadedAccountsDataSizeLimit set for transaction must be greater than 0."},
};

template <typename Kind>
const Entry<Kind>* find_entry(std::span<const Entry<Kind>> entries, Kind kind) {
  for (const auto& entry : entries) {
    if (entry.kind == kind) return &entry;
  }
  return nullptr;
}

template <typename Kind>
const Entry<Kind>* find_name(std::span<const Entry<Kind>> entries, std::string_view name) {
  for (const auto& entry : entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

constexpr std::span<const Entry<InstructionErrorKind>> instruction_errors() { return kInstructionErrors; }
constexpr std::span<const Entry<TransactionErrorKind>> transaction_errors() { return kTransactionErrors; }

json::value instruction_json(const InstructionError& error) {
  if (error.kind == InstructionErrorKind::Custom) return json::object{{"Custom", error.custom}};
  // The one kind besides with something in it, of which the network never says more.
  if (error.kind == InstructionErrorKind::BorshIoError) return json::object{{"BorshIoError", "Unknown"}};
  return json::string(find_entry(instruction_errors(), error.kind)->name);
}

// {"name": x} with nothing else in it: x. Null otherwise.
const json::value* only_member(const json::value& value, std::string_view name) {
  const auto* object = value.if_object();
  return object != nullptr && object->size() == 1 ? object->if_contains(name) : nullptr;
}

auto unreadable(ErrorKind kind, const json::value& value) {
  return fail(kind, "expected the error of a Solana transaction, found " + json::serialize(value).substr(0, 200));
}

template <typename Number>
bool read_number(const json::value& value, Number& number) {
  boost::system::error_code error;
  number = value.to_number<Number>(error);
  return !error;
}

Result<InstructionError> parse_instruction_error(const json::value& value) {
  InstructionError error;
  if (const auto* custom = only_member(value, "Custom"); custom != nullptr && read_number(*custom, error.custom)) {
    return error;
  }
  if (const auto* text = only_member(value, "BorshIoError"); text != nullptr && text->is_string()) {
    return InstructionError{InstructionErrorKind::BorshIoError, 0};
  }
  const auto* name = value.if_string();
  if (name == nullptr) return unreadable(ErrorKind::Corrupt, value);
  const auto* entry = find_name(instruction_errors(), {name->data(), name->size()});
  if (entry == nullptr) return unreadable(ErrorKind::Unsupported, value);
  return InstructionError{entry->kind, 0};
}

}  // namespace

json::value to_json(const TransactionError& error) {
  switch (error.kind) {
    case TransactionErrorKind::InstructionError:
      return json::object{{"InstructionError", json::array{error.instruction, instruction_json(error.error)}}};
    case TransactionErrorKind::InsufficientFundsForRent:
      return json::object{{"InsufficientFundsForRent", json::object{{"account_index", error.instruction}}}};
    case TransactionErrorKind::DuplicateInstruction: return json::object{{"DuplicateInstruction", error.instruction}};
    default: return json::string(find_entry(transaction_errors(), error.kind)->name);
  }
}

Result<TransactionError> parse_transaction_error(const json::value& value) {
  TransactionError error;
  if (const auto* pair = only_member(value, "InstructionError")) {
    const auto* items = pair->if_array();
    if (items == nullptr || items->size() != 2 || !read_number((*items)[0], error.instruction)) {
      return unreadable(ErrorKind::Corrupt, value);
    }
    DZ_TRY_ASSIGN(error.error, parse_instruction_error((*items)[1]));
    return error;
  }
  if (const auto* rent = only_member(value, "InsufficientFundsForRent")) {
    error.kind = TransactionErrorKind::InsufficientFundsForRent;
    const auto* index = only_member(*rent, "account_index");
    if (index == nullptr || !read_number(*index, error.instruction)) return unreadable(ErrorKind::Corrupt, value);
    return error;
  }
  if (const auto* index = only_member(value, "DuplicateInstruction")) {
    error.kind = TransactionErrorKind::DuplicateInstruction;
    if (!read_number(*index, error.instruction)) return unreadable(ErrorKind::Corrupt, value);
    return error;
  }
  const auto* name = value.if_string();
  if (name == nullptr) return unreadable(value.is_object() ? ErrorKind::Unsupported : ErrorKind::Corrupt, value);
  const auto* entry = find_name(transaction_errors(), {name->data(), name->size()});
  if (entry == nullptr) return unreadable(ErrorKind::Unsupported, value);
  error.kind = entry->kind;
  return error;
}

std::string to_text(const InstructionError& error) {
  if (error.kind == InstructionErrorKind::Custom) return fmt::format("custom program error: {:#x}", error.custom);
  return std::string(find_entry(instruction_errors(), error.kind)->sentence);
}

std::string to_text(const TransactionError& error) {
  switch (error.kind) {
    case TransactionErrorKind::InstructionError:
      return fmt::format("Error processing Instruction {}: {}", error.instruction, to_text(error.error));
    case TransactionErrorKind::InsufficientFundsForRent:
      return fmt::format("Transaction results in an account ({}) with insufficient funds for rent", error.instruction);
    case TransactionErrorKind::DuplicateInstruction:
      return fmt::format("Transaction contains a duplicate instruction ({}) that is not allowed", error.instruction);
    default: return std::string(find_entry(transaction_errors(), error.kind)->sentence);
  }
}

}  // namespace dz::wire
