// What a page says, held against the world. Every sentence is read as people read it, and each fact in it (a count of
// minutes, a time, a side and its device, a port, a state) is compared with what the truth (truth.h) says was
// delivered: by rules written down here once more and on purpose, with nothing of the code that judges or speaks.
//
// For walks on pushed evidence whose monitor ran all the time and where no silence is excused: a minute is good or bad.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/world.h"

namespace dz::sim {

class SpokenFacts {
 public:
  explicit SpokenFacts(World& world) : world_(world) {}

  // Every page of the first monitor, right after its pass.
  void check();
  const std::vector<std::string>& untrue() const { return untrue_; }
  // How often each kind of sentence was read.
  const std::map<std::string, int>& read() const { return read_; }

 private:
  struct Page;
  static void add_port(const PortTruth& truth, const std::string& prefix, Page& page);
  void check_link(std::size_t which);
  void check_device(std::size_t which);
  void check_heading(Page& page, Health health, Status status, DesiredStatus desired);
  void check_line(Page& page, const std::string& id, const std::string& text);
  void check_state(Page& page);
  void check_counts(Page& page, const std::string& id, const std::string& text);
  void check_present(Page& page, const std::string& id, const std::string& text);
  void check_where(Page& page, const std::string& text);
  void untrue(const Page& page, const std::string& what, const std::string& text);

  World& world_;
  std::vector<std::string> untrue_;
  std::map<std::string, int> read_;
};

}  // namespace dz::sim
