#include "screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

namespace dz::demo {
namespace {

constexpr std::size_t kSaidOnTerminal = 8;
constexpr std::size_t kPlainColumns = 200;

struct TerminalSize {
  std::size_t columns = 100, rows = 40;
};
TerminalSize terminal_size() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20 || size.ws_row < 10) return {};
  return {size.ws_col, size.ws_row};
}

// Cut to the columns of the terminal. The texts are ASCII.
std::string cut(std::string line, std::size_t columns) {
  if (line.size() > columns) line = line.substr(0, columns - 2) + "..";
  return line;
}

std::string state_text(const RecordView& record) {
  return fmt::format("{:<12} {:<10}", to_text(record.status), to_text(record.health));
}

std::string_view mark(SceneState state) {
  switch (state) {
    case SceneState::Running: return "  ..  ";
    case SceneState::Passed: return "  ok  ";
    case SceneState::Failed: return "FAILED";
  }
  return "";
}

const char* colour(const RecordView& record) {
  if (record.health == Health::Impaired) return "\x1b[31m";
  if (record.status == Status::Activated) return "\x1b[32m";
  return "\x1b[33m";
}

// When it can be healthy if it stays clean; nothing when it is, or when something else has to happen first.
std::string when_text(const RecordView& record, Timestamp now) {
  return record.healthy_at && record.health != Health::Healthy ? clock_text(*record.healthy_at, now) : "";
}

const std::string& why_text(const RecordView& record) {
  return record.dispute.empty() ? record.sentence : record.dispute;
}

std::vector<std::string> record_lines(const NetworkView& view, std::size_t columns) {
  std::vector<std::string> lines;
  for (const RecordKind kind : {RecordKind::Link, RecordKind::Device}) {
    lines.push_back("");
    lines.push_back(fmt::format("{:<26} {:<12} {:<10} {:<14} why", kind == RecordKind::Link ? "LINK" : "DEVICE",
                                "STATUS", "HEALTH", "HEALTHY AT"));
    for (const auto& [code, record] : view.records) {
      if (record.kind != kind) continue;
      const std::string line =
          fmt::format("{:<26} {} {:<14} {}", code, state_text(record), when_text(record, view.at), why_text(record));
      lines.push_back(colour(record) + cut(line, columns) + "\x1b[0m");
    }
  }
  return lines;
}

std::vector<std::string> scene_lines(const std::vector<Scene>& scenes, std::size_t columns) {
  std::vector<std::string> lines{""};
  for (const Scene& scene : scenes) {
    lines.push_back(cut(fmt::format("[{}] {}; {}", mark(scene.state()), scene.title(), scene.words()), columns));
  }
  return lines;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

Screen::Screen(bool terminal) : terminal_(terminal) {}

void Screen::say(const std::string& text, Duration elapsed) {
  bool first = true;
  for (const std::string& line : lines_of(text)) {
    const std::string whole = fmt::format("[{:>5}] {}{}", clock_of(elapsed), first ? "" : "  ", line);
    first = false;
    said_.push_back(whole);
    if (!terminal_ || drawn_ == 0) std::printf("%s\n", whole.c_str());
  }
  std::fflush(stdout);
}

void Screen::show(const NetworkView& view, const std::vector<Scene>& scenes, Duration elapsed) {
  if (terminal_) {
    redraw(view, scenes, elapsed);
  } else {
    tell_changes(view, scenes, elapsed);
  }
}

// What does not fit on the terminal is left out from below: first what was said, then the scenes.
void Screen::redraw(const NetworkView& view, const std::vector<Scene>& scenes, Duration elapsed) {
  const auto [columns, rows] = terminal_size();
  std::vector<std::string> lines{fmt::format("DoubleZero network provisioning, {} after the start; in a browser: {}{}",
                                             clock_of(elapsed), console_, hurt_.empty() ? "" : "; hurt it: " + hurt_)};
  const auto add = [&lines](const std::vector<std::string>& more) {
    lines.insert(lines.end(), more.begin(), more.end());
  };
  add(record_lines(view, columns));
  add(scene_lines(scenes, columns));
  lines.push_back("");
  const std::size_t first = said_.size() - std::min(said_.size(), kSaidOnTerminal);
  for (std::size_t i = first; i < said_.size(); ++i) lines.push_back(cut(said_[i], columns));
  lines.resize(std::min(lines.size(), rows - 1));  // a taller table could not be redrawn in place
  std::string out = drawn_ == 0 ? "" : fmt::format("\x1b[{}A\x1b[J", drawn_);
  for (const std::string& line : lines) out += line + "\n";
  std::fputs(out.c_str(), stdout);
  std::fflush(stdout);
  drawn_ = lines.size();
}

bool Screen::is_news(const std::string& key, const std::string& words) {
  std::string& before = known_[key];
  return std::exchange(before, words) != words;
}

void Screen::tell_changes(const NetworkView& view, const std::vector<Scene>& scenes, Duration elapsed) {
  for (const auto& [code, record] : view.records) {
    if (!is_news(code, state_text(record) + record.dispute)) continue;
    const std::string line =
        fmt::format("{:<6} {:<28} {} {}", to_text(record.kind), code, state_text(record), why_text(record));
    say(cut(line, kPlainColumns), elapsed);
  }
  for (auto known = known_.begin(); known != known_.end();) {
    const bool gone = !known->first.starts_with("scene ") && view.find(known->first) == nullptr;
    if (gone) say(fmt::format("gone   {}", known->first), elapsed);
    known = gone ? known_.erase(known) : std::next(known);
  }
  for (const Scene& scene : scenes) {
    if (scene.state() == SceneState::Running || !is_news("scene " + scene.title(), scene.words())) continue;
    say(fmt::format("[{}] {}; {}", mark(scene.state()), scene.title(), scene.words()), elapsed);
  }
}

void Screen::summary(const NetworkView& view, const std::vector<Scene>& scenes, Duration elapsed) {
  const auto passed =
      std::count_if(scenes.begin(), scenes.end(), [](const Scene& s) { return s.state() == SceneState::Passed; });
  std::printf("\n%d of %d scenes as expected after %s\n", static_cast<int>(passed), static_cast<int>(scenes.size()),
              clock_of(elapsed).c_str());
  for (const Scene& scene : scenes) {
    std::printf("  [%s] %s\n", std::string(mark(scene.state())).c_str(), scene.title().c_str());
    if (scene.state() != SceneState::Passed) std::printf("           %s\n", scene.words().c_str());
  }
  std::fflush(stdout);
  drawn_ = 0;
  terminal_ = false;
  for (const auto& [code, record] : view.records) is_news(code, state_text(record) + record.dispute);
  for (const Scene& scene : scenes) is_news("scene " + scene.title(), scene.words());
}

}  // namespace dz::demo
