// SPL Memo, both versions: text in a transaction, for whoever reads it. It changes nothing. The second version says the
// text in the log and wants every account it is given to have signed.
#include <fmt/format.h>

#include "base/safe_text.h"
#include "program/runtime/execution.h"

namespace dz::program {
namespace {

using Kind = wire::InstructionErrorKind;

// As Rust shows a text: in quotes, with what would not be seen escaped.
std::string shown(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F.
    const bool control = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[i];
    } else if (byte == '\n') {
      out += "\\n";
    } else if (byte == '\r') {
      out += "\\r";
    } else if (byte == '\t') {
      out += "\\t";
    } else if (byte == 0) {
      out += "\\0";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{{{:x}}}", byte);
    } else if (control) {
      out += fmt::format("\\u{{{:x}}}", static_cast<unsigned char>(text[++i]));
    } else {
      out += text[i];
    }
  }
  return out + '"';
}

Check check_utf8(std::string_view text) {
  const auto invalid = first_invalid_utf8(text);
  if (invalid == text.size()) return {};
  return reject(Kind::InvalidInstructionData, fmt::format("Invalid UTF-8, from byte {}", invalid));
}

Check run(Invocation& invocation) {
  bool missing = false;
  for (const auto& meta : invocation.metas) {
    missing = missing || !meta.signer;
    if (meta.signer) invocation.log->push_back("Signed by " + to_text(meta.key));
  }
  if (missing) return tl::unexpected<Rejection>(Rejection{{Kind::MissingRequiredSignature, 0}, {}});
  const auto text = as_text(invocation.data);
  DZ_TRY(check_utf8(text));
  invocation.log->push_back(fmt::format("Memo (len {}): {}", text.size(), shown(text)));
  return {};
}

}  // namespace

ProgramResult execute_memo(Invocation& invocation) {
  const auto outcome = run(invocation);
  if (outcome) return {};
  if (!outcome.error().why.empty()) invocation.log->push_back(outcome.error().why);
  return tl::unexpected<wire::InstructionError>(outcome.error().error);
}

ProgramResult execute_old_memo(Invocation& invocation) {
  return report(invocation, check_utf8(as_text(invocation.data)));
}

}  // namespace dz::program
