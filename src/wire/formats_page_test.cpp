// docs/formats/instructions.md says what the code says.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "wire/instructions/tags.h"
#include "wire/program_error.h"

namespace dz::wire {
namespace {

std::string read_page() {
  std::ifstream file(DZ_SOURCE_DIR "/docs/formats/instructions.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void expect_line(const std::string& page, const std::string& line) {
  EXPECT_NE(page.find(line), std::string::npos) << "docs/formats/instructions.md lacks: " << line;
}

TEST(InstructionsPage, ListsEveryInstruction) {
  const auto page = read_page();
  for (int n = 0; n < 256; ++n) {
    const auto tag = instruction_tag(Bytes{static_cast<std::uint8_t>(n)});
    if (tag) expect_line(page, fmt::format("\n| {} | {} |", n, to_text(*tag)));
  }
}

TEST(InstructionsPage, ListsEveryError) {
  const auto page = read_page();
  for (std::uint32_t code = 0; code < 11'000; ++code) {
    if (const auto error = program_error(code)) {
      expect_line(page, fmt::format("\n| {} | {} | {} |\n", code, name_of(*error), text_of(*error)));
    }
    if (const auto text = text_of(static_cast<TelemetryError>(code)); !text.empty()) {
      expect_line(page, fmt::format("\n| {} | {} |\n", code, text));
    }
  }
}

}  // namespace
}  // namespace dz::wire
