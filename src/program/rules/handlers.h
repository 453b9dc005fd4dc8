// The instructions that are the same in both programs. A handler takes its accounts in order, checks with guard
// clauses, each with one exact refusal, and then changes records. Each kind of record has a file; the table of a
// program (guarded/table.cpp, live/table.cpp) says which handlers it has. Account lists, checks and error codes:
// docs/formats/program.md.
#pragma once

#include "program/runtime/accounts.h"
#include "wire/instructions/global.h"

namespace dz::program {

// global_state.cpp
Check set_authority(Accounts& accounts, const wire::SetAuthorityArgs& args);
Check set_global_config(Accounts& accounts, const wire::SetGlobalConfigArgs& args);
Check add_foundation(Accounts& accounts, const wire::AddFoundationArgs& args);
Check remove_foundation(Accounts& accounts, const wire::RemoveFoundationArgs& args);
Check add_qa(Accounts& accounts, const wire::AddQaArgs& args);
Check remove_qa(Accounts& accounts, const wire::RemoveQaArgs& args);
Check set_airdrop(Accounts& accounts, const wire::SetAirdropArgs& args);
Check set_feature_flags(Accounts& accounts, const wire::SetFeatureFlagsArgs& args);

// site.cpp
Check suspend_location(Accounts& accounts);
Check resume_location(Accounts& accounts);
Check delete_location(Accounts& accounts);
Check suspend_exchange(Accounts& accounts);
Check resume_exchange(Accounts& accounts);

// contributor.cpp
Check suspend_contributor(Accounts& accounts);
Check resume_contributor(Accounts& accounts);
Check delete_contributor(Accounts& accounts);

}  // namespace dz::program
