// Doors of the monitor for those who push: rows of line protocol, and the statements that clients send before them.
#include <optional>

#include <boost/json/parse.hpp>

#include "base/check.h"
#include "evidence/snapshot.h"
#include "input.h"
#include "targets.h"
#include "telemetry/parse_lines.h"
#include "telemetry/push_endpoint.h"

namespace dz::fuzz {
namespace {

using telemetry::WriteAnswer;

constexpr Timestamp kNow{std::chrono::hours{494'000}};
constexpr std::array<std::string_view, 8> kPrecisions = {"", "ns", "us", "ms", "s", "m", "h", "fortnight"};

// The keys that the corpus names: 32 times this byte.
Pubkey device(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

std::size_t lines_of(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

bool is_json(std::string_view text) {
  boost::system::error_code error;
  (void)boost::json::parse({text.data(), text.size()}, error);
  return !error;
}

void check_answer(const WriteAnswer& answer) {
  DZ_CHECK(answer.status >= 200 && answer.status < 600);
  DZ_CHECK(answer.body.empty() || (can_be_told(answer.body) && is_json(answer.body)));
  DZ_CHECK(answer.body.empty() == (answer.status == 204));
  DZ_CHECK(can_be_told(answer.error));
  DZ_CHECK((answer.waiting == nullptr && !answer.retry_after) || answer.status == 503);
}

// An endpoint over a database in memory.
struct Monitor {
  storage::SqliteDatabase database = std::move(*storage::SqliteDatabase::open(":memory:"));
  std::optional<telemetry::DurableEvidence> evidence = started(kNow);

  std::optional<telemetry::DurableEvidence> started(Timestamp now) {
    auto opened = telemetry::DurableEvidence::open(database, {}, now);
    DZ_CHECK(opened.has_value());
    DZ_CHECK(opened->damage().empty());
    return std::move(*opened);
  }
  // Killed and started again, it has what it had.
  void restart(Timestamp now) {
    const auto before = evidence::snapshot_of(evidence->in_memory());
    evidence.reset();
    evidence = started(now);
    DZ_CHECK(evidence::snapshot_of(evidence->in_memory()) == before);
  }
};

}  // namespace

// The first character chooses the precision.
int row_reader_target(ByteView bytes) {
  Input input(bytes);
  const auto precision = kPrecisions[input.choice(kPrecisions.size())];
  const auto body = as_text(input.rest());
  telemetry::LineParser parser;
  std::size_t rows = 0;
  for (auto rest = body; !rest.empty();) {
    const auto piece = parser.parse_piece(rest, precision, kNow);
    if (!piece) return 0;
    DZ_CHECK(piece->consumed > 0 && piece->consumed <= rest.size());
    DZ_CHECK((piece->unreadable == 0) == piece->errors.empty());
    for (const auto& error : piece->errors) DZ_CHECK(error.size() < 4096);
    const auto kept = telemetry::decode_row_batch(encode(piece->batch));
    DZ_CHECK(kept.has_value() && *kept == piece->batch);
    rows += piece->batch.rows() + piece->unreadable + piece->ignored;
    rest.remove_prefix(piece->consumed);
  }
  DZ_CHECK(rows <= lines_of(body));
  return 0;
}

// The first character chooses precision, API and tokens; bodies are separated by a line of "--".
int line_protocol_target(ByteView bytes) {
  Input input(bytes);
  const auto choice = input.choice(64);
  Monitor monitor;
  telemetry::PushEndpoint endpoint(*monitor.evidence, [](const Pubkey& unknown) { return unknown == device(9); });
  if ((choice & 8) != 0) endpoint.set_tokens({{"secret", device(101), {}}, {"other", {}, device(2)}});
  if ((choice & 16) != 0) endpoint.set_devices({{device(1), device(101)}, {device(2), device(102)}});
  const auto api = (choice & 32) != 0 ? telemetry::WriteApi::V2 : telemetry::WriteApi::V1;
  std::string_view rest = as_text(input.rest());
  auto now = kNow;
  for (int part = 0; part < 4 && !rest.empty(); ++part, now += std::chrono::seconds{50}) {
    const auto end = rest.find("\n--\n");
    const auto body = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 4);
    const auto write = endpoint.begin({api, body, kPrecisions[choice & 7], part == 3 ? "wrong" : "secret"}, now);
    std::optional<WriteAnswer> answer;
    while (!answer) answer = endpoint.go_on(write, now);
    check_answer(*answer);
    if (answer->waiting) {
      endpoint.set_devices({{device(1), device(101)}, {device(2), device(102)}, {device(3), device(101)}});
      answer.reset();
      while (!answer) answer = endpoint.go_on(write, now);
      check_answer(*answer);
    }
    DZ_CHECK(monitor.evidence->pass(now).has_value());
  }
  monitor.restart(now);
  return 0;
}

// The first character: how it is asked.
int statements_target(ByteView bytes) {
  Input input(bytes);
  const bool read_only = input.choice(2) == 1;
  const auto answer = telemetry::answer_statements({as_text(input.rest()), "", read_only});
  DZ_CHECK(answer.status >= 200 && answer.status < 600);
  DZ_CHECK(is_text(answer.body) && is_json(answer.body));
  DZ_CHECK(can_be_told(answer.error) && answer.error.empty() == (answer.status == 200));
  return 0;
}

}  // namespace dz::fuzz
