// How verbs declare themselves: typed options whose refusals are usage errors, and for each verb one function to
// run. Only options.cpp and command_line.cpp know which library reads the command line.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/ui/values.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/profile.h"
#include "domain/words.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace dz::cli {

struct Context;

// What the command leaves with.
inline constexpr int kExitOk = 0, kExitFailed = 1, kExitUsage = 2;

// What the command line chose to run.
using Verb = std::function<Result<void>(Context&)>;

// How a result is shown: for people, or as JSON; the same two flags with every verb.
struct OutputArgs {
  bool json = false;
  bool json_compact = false;
};

// "activated, soft-drained" as two words.
std::vector<std::string> split_words(std::string_view list);

// What a shell offers where a value is to be typed.
struct Candidates {
  std::vector<std::string> words = {};
  std::string codes_of = {};  // of these records: "device"
  bool files = false;
};

// A word for which some other ledger, or none, has a place: the complaint, with the words of this profile; null: with
// those of every profile.
using WrongWord = std::function<std::string(const Profile* profile)>;

// What a command line turned out to say, and what may stand on it. Verbs declare into it; it outlives the parser.
struct Parsed {
  Verb verb;
  OutputArgs output;
  WrongWord wrong_word;  // empty: every word is one that some ledger has
  std::map<const CLI::Option*, Candidates> candidates;
};

// One option just declared.
class Declared {
 public:
  Declared(CLI::Option* option, Parsed& parsed) : option_(option), parsed_(parsed) {}
  Declared& required();
  Declared& codes_of(const std::string& noun);  // the value names one of these records
  Declared& words(std::vector<std::string> words);
  Declared& file();

 private:
  CLI::Option* option_;
  Parsed& parsed_;
};

// The options of one verb. Names are "--code", "--pubkey,--code", "-w,--wait", or "device" for a positional one.
class Options {
 public:
  Options(CLI::App& parser, Parsed& parsed) : parser_(parser), parsed_(parsed) {}

  // Of which nouns the verb is: "link".
  std::string noun() const;

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
  // May be given several times; each is taken by itself.
  Declared each(const std::string& names, std::function<Result<void>(std::string_view text)> take,
                const std::string& help);
  // An enum word in kebab-case; the help lists the words.
  template <typename Word>
  Declared word(const std::string& names, std::optional<Word>& target, const std::string& help) {
    return parsed(names, target, help + ": " + words_of<Word>(), parse_word<Word>).words(split_words(words_of<Word>()));
  }
  // A word that not every ledger has. A refusal waits until it is known which ledger is meant: wrong(found) makes it.
  template <typename Word, typename Parse>
  Declared ledger_word(const std::string& names, std::optional<Word>& target, const std::string& help, Parse parse,
                       std::function<WrongWord(std::string found)> wrong) {
    return value(names, help, [this_parsed = &parsed_, &target, parse, wrong](std::string_view text) -> Result<void> {
      auto value = parse(text);
      if (value) {
        target = std::move(*value);
        return {};
      }
      this_parsed->wrong_word = wrong(std::string(text));
      return tl::unexpected(value.error());
    });
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
  Parsed& parsed_;
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
  Commands(CLI::App& parser, Parsed& parsed) : parser_(parser), parsed_(parsed) {}

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
  Parsed& parsed_;
};

// Verbs whose arguments hold how their result is shown; every other verb has the same two flags by itself.
void declare_output(Options& options, OutputArgs& args);

// Whether a write waits for the status it asked for.
struct WaitArgs {
  bool wait = false;
  std::optional<Duration> timeout;
};
inline constexpr Duration kDefaultWait = std::chrono::seconds{60};
void declare_wait(Options& options, WaitArgs& args);

}  // namespace dz::cli
