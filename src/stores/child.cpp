#include "stores/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <fstream>
#include <thread>

#include <fmt/format.h>

namespace dz::stores {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Only async-signal-safe calls between fork and exec.
pid_t spawn(const std::vector<std::string>& argv, int output) {
  std::vector<char*> arguments;
  for (const std::string& one : argv) arguments.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid != 0) return pid;
  setpgid(0, 0);  // Ctrl-C is for the parent; it stops its children in order
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(127);
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

std::string describe_exit(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return "could not be started";
  if (WIFEXITED(status)) return fmt::format("ended with exit code {}", WEXITSTATUS(status));
  return fmt::format("was ended by signal {}", WTERMSIG(status));
}

}  // namespace

Result<Child> Child::start(std::string name, const std::vector<std::string>& argv, const std::string& log_path) {
  const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log < 0) return refused(fmt::format("{}: {}", log_path, std::strerror(errno)));
  const pid_t pid = spawn(argv, log);
  close(log);
  if (pid < 0) return refused(fmt::format("starting {}: {}", argv[0], std::strerror(errno)));
  return Child(std::move(name), log_path, pid);
}

Child::Child(Child&& other) noexcept
    : name_(std::move(other.name_)),
      log_path_(std::move(other.log_path_)),
      exit_text_(std::move(other.exit_text_)),
      pid_(std::exchange(other.pid_, -1)) {}

Child::~Child() { stop(); }

bool Child::running() {
  int status = 0;
  if (pid_ > 0 && waitpid(pid_, &status, WNOHANG) == pid_) {
    exit_text_ = describe_exit(status);
    pid_ = -1;
  }
  return pid_ > 0;
}

void Child::stop(Duration patience) {
  if (!running()) return;
  ::kill(pid_, SIGTERM);
  const auto until = SteadyClock::now() + patience;
  while (running()) {
    if (SteadyClock::now() > until) ::kill(pid_, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

void Child::kill() {
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  exit_text_ = describe_exit(status);
  pid_ = -1;
}

Result<CommandOutput> run_command(const std::vector<std::string>& argv, Duration limit) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return refused(fmt::format("pipe: {}", std::strerror(errno)));
  const auto [reading, writing] = ends;
  const pid_t pid = spawn(argv, writing);
  close(writing);
  CommandOutput output;
  const auto until = SteadyClock::now() + limit;
  bool in_time = pid > 0;
  char buffer[4096];
  while (in_time) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - SteadyClock::now()).count();
    pollfd readable{.fd = reading, .events = POLLIN, .revents = 0};
    in_time = left > 0 && poll(&readable, 1, static_cast<int>(left)) > 0;
    const ssize_t got = in_time ? read(reading, buffer, sizeof buffer) : 0;
    if (got <= 0) break;
    output.text.append(buffer, static_cast<std::size_t>(got));
  }
  close(reading);
  if (pid < 0) return refused(fmt::format("starting {}: {}", argv[0], std::strerror(errno)));
  if (!in_time) kill(pid, SIGKILL);
  int status = 0;
  waitpid(pid, &status, 0);
  if (!in_time) return refused(fmt::format("{} did not end in time; it said: {}", argv[0], output.text));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return refused(fmt::format("{} could not be started", argv[0]));
  output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

std::string last_lines(const std::string& path, std::size_t lines) {
  std::ifstream file(path);
  std::deque<std::string> kept;
  for (std::string line; std::getline(file, line);) {
    kept.push_back(line);
    if (kept.size() > lines) kept.pop_front();
  }
  std::string out;
  for (const std::string& line : kept) out += line + "\n";
  return out;
}

}  // namespace dz::stores
