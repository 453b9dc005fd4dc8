// How verbs declare themselves: typed options whose refusals are usage errors, and for each verb one function to
// run. Only options.cpp and command_line.cpp know which library reads the command line.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "apps/cli/ui/values.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/words.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace dz::cli {

struct Context;

// What the command line chose to run.
using Verb = std::function<Result<void>(Context&)>;

// One option just declared.
class Declared {
 public:
  explicit Declared(CLI::Option* option) : option_(option) {}
  Declared& required();

 private:
  CLI::Option* option_;
};

// The options of one verb. Names are "--code", "--pubkey,--code", "-w,--wait", or "device" for a positional one.
class Options {
 public:
  explicit Options(CLI::App& parser) : parser_(parser) {}

  Declared flag(const std::string& names, bool& target, const std::string& help);
  Declared text(const std::string& names, std::string& target, const std::string& help);
  Declared text(const std::string& names, std::optional<std::string>& target, const std::string& help);

  // Goes through parse(text) -> Result<T>; the message of a refusal is the usage error.
  template <typename Target, typename Parse>
  Declared parsed(const std::string& names, Target& target, const std::string& help, Parse parse) {
    return value(names, help, [&target, parse](std::string_view text) -> Result<void> {
      auto value = parse(text);
      if (!value) return tl::unexpected(value.error());
      target = std::move(*value);
      return {};
    });
  }
  // An enum word in kebab-case; the help lists the words.
  template <typename Word>
  Declared word(const std::string& names, std::optional<Word>& target, const std::string& help) {
    return parsed(names, target, help + ": " + words_of<Word>(), parse_word<Word>);
  }
  template <typename Number>
  Declared number(const std::string& names, std::optional<Number>& target, const std::string& help) {
    return parsed(names, target, help, [](std::string_view text) -> Result<Number> {
      DZ_TRY_ASSIGN(const auto value, parse_whole_number(text, std::numeric_limits<Number>::max()));
      return static_cast<Number>(value);
    });
  }

 private:
  using Setter = std::function<Result<void>(std::string_view text)>;
  Declared value(const std::string& names, const std::string& help, Setter set);

  CLI::App& parser_;
};

// One verb just declared.
class DeclaredVerb {
 public:
  explicit DeclaredVerb(CLI::App* parser) : parser_(parser) {}
  void hide();  // from help and completion; it runs all the same

 private:
  CLI::App* parser_;
};

// A noun, or the top: verbs and nouns are added below it.
class Commands {
 public:
  Commands(CLI::App& parser, Verb& chosen) : parser_(parser), chosen_(chosen) {}

  Commands noun(const std::string& name, const std::string& help);
  Commands& hide();  // from help and completion
  DeclaredVerb verb(const std::string& name, const std::string& help, const std::function<void(Options&)>& declare,
                    Verb run);

  // declare puts the options of Args on the verb; run is called with them filled in.
  template <typename Args>
  DeclaredVerb verb(const std::string& name, const std::string& help, void (*declare)(Options&, Args&),
                    Result<void> (*run)(Context&, const Args&)) {
    auto args = std::make_shared<Args>();
    return verb(
        name, help, [args, declare](Options& options) { declare(options, *args); },
        [args, run](Context& context) { return run(context, *args); });
  }

 private:
  CLI::App& parser_;
  Verb& chosen_;
};

// How a read is shown: as a table or as JSON, with the same options everywhere.
struct OutputArgs {
  bool json = false;
  bool json_compact = false;
};
void declare_output(Options& options, OutputArgs& args);

// Whether a write waits for the status it asked for.
struct WaitArgs {
  bool wait = false;
  std::optional<Duration> timeout;
};
inline constexpr Duration kDefaultWait = std::chrono::seconds{60};
void declare_wait(Options& options, WaitArgs& args);

}  // namespace dz::cli
