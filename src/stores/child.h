// Programs started as children: daemons whose output goes to a file, and commands whose output is read.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace dz::stores {

// A daemon. It gets SIGTERM when the thread that started it ends, however it ends. The destructor stops it.
class Child {
 public:
  // argv[0] is the program's path. stdout and stderr are appended to the log.
  static Result<Child> start(std::string name, const std::vector<std::string>& argv, const std::string& log_path);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();

  const std::string& name() const { return name_; }
  pid_t pid() const { return pid_; }  // -1 once it has ended
  const std::string& log_path() const { return log_path_; }
  bool running();  // false once it has ended; exit_text() says how
  const std::string& exit_text() const { return exit_text_; }
  // SIGTERM; SIGKILL when it has not ended within `patience`.
  void stop(Duration patience = std::chrono::seconds{10});
  // SIGKILL, as a crash; returns when it has ended.
  void kill();

 private:
  Child(std::string name, std::string log_path, pid_t pid)
      : name_(std::move(name)), log_path_(std::move(log_path)), pid_(pid) {}

  std::string name_, log_path_, exit_text_;
  pid_t pid_ = -1;  // -1: ended
};

struct CommandOutput {
  int exit_code = -1;
  std::string text;  // stdout and stderr as they came
};
// Runs to the end. An error: it could not be started, or did not end in time (it is then killed).
Result<CommandOutput> run_command(const std::vector<std::string>& argv, Duration limit = std::chrono::seconds{60});

// The last lines of a file, for a failure's report; empty when there is none.
std::string last_lines(const std::string& path, std::size_t lines);

}  // namespace dz::stores
