#include "screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

namespace dz {
namespace {

constexpr std::size_t kSaidOnTerminal = 8;
constexpr std::size_t kPlainColumns = 200;

std::size_t terminal_columns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 100;
}

// Cut to the columns that are there; the texts are ASCII.
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

void Screen::redraw(const NetworkView& view, const std::vector<Scene>& scenes, Duration elapsed) {
  const std::size_t columns = terminal_columns();
  std::vector<std::string> lines{fmt::format("DoubleZero network provisioning, {} after the start", clock_of(elapsed))};
  for (const bool links : {true, false}) {
    lines.push_back("");
    lines.push_back(fmt::format("{:<28} {:<12} {:<10} why", links ? "LINK" : "DEVICE", "STATUS", "HEALTH"));
    for (const auto& [code, record] : view.records) {
      if (record.link != links) continue;
      const std::string line = cut(fmt::format("{:<28} {} {}", code, state_text(record), record.sentence), columns);
      lines.push_back(colour(record) + line + "\x1b[0m");
    }
  }
  lines.push_back("");
  for (const Scene& scene : scenes)
    lines.push_back(cut(fmt::format("[{}] {}; {}", mark(scene.state()), scene.title(), scene.words()), columns));
  lines.push_back("");
  const std::size_t first = said_.size() - std::min(said_.size(), kSaidOnTerminal);
  for (std::size_t i = first; i < said_.size(); ++i) lines.push_back(cut(said_[i], columns));
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
    if (!is_news(code, state_text(record))) continue;
    const std::string line =
        fmt::format("{:<6} {:<28} {} {}", record.link ? "link" : "device", code, state_text(record), record.sentence);
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
  for (const auto& [code, record] : view.records) is_news(code, state_text(record));
  for (const Scene& scene : scenes) is_news("scene " + scene.title(), scene.words());
}

}  // namespace dz
