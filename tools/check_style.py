#!/usr/bin/env python3
"""The house rules that a machine can check. Run by ./dev check and, one test a rule, by ctest (label "style").

  tools/check_style.py [--root DIR] [RULE ...]     all rules when none is named; --list names them

Each rule is a function from a Tree to findings, "path:line: what is wrong; what to do". Exit code 0 clean, 1 findings,
2 wrong usage. tests/style/check_style_test.py plants a violation of every rule and expects it to be found.
"""
import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

# base .. program: no clock, no I/O, no logging, no throw. The order itself stands in ARCHITECTURE.md.
LAST_PURE_LAYER = "program"

IMPURE_INCLUDES = re.compile(
    r"iostream|fstream|cstdio|thread|mutex|condition_variable|future|filesystem|random|spdlog/.*|sqlite3\.h|curl/.*|"
    r"prometheus/.*|unistd\.h|sys/.*|netinet/.*|arpa/.*|netdb\.h|poll\.h")
IMPURE_CALLS = [
    (r"\b(system|steady|high_resolution)_clock::now\b", "reads a clock; take the time as an argument"),
    (r"\bclock_gettime\b|\bgettimeofday\b|\btime\s*\(\s*(NULL|nullptr|0)\s*\)", "reads a clock; take the time as an argument"),
    (r"\bstd::this_thread\b", "waits on a thread; a pure layer returns the next time to look"),
    (r"\bgetenv\b", "reads the environment; take a setting as an argument"),
    (r"\b(std::)?s?rand\s*\(|\brandom_device\b|\brandombytes_buf\b", "draws a random number; take it as an argument"),
    (r"\bspdlog::", "logs; return what happened and let the daemon log it"),
]
# Rules for every file of src/. clang-tidy 14 cannot parse the last three and then silently checks nothing.
BANNED_EVERYWHERE = [
    (r"\bthrow\b", "throws; return a Result (base/result.h)"),
    (r"\bstd::(ranges::)?views\b", "uses std::views; write a loop or a ranges algorithm"),
    (r"#\s*include\s*<source_location>", "includes <source_location>; DZ_CHECK knows its place"),
    (r"#\s*include\s*<expected>", "includes <expected>; use tl::expected through base/result.h"),
]
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|not implemente[d])\b")
# Written so that this file does not match its own patterns.
MACHINE_PATHS = re.compile(r"(?<![\w.-])/(wor[k]|root)/")
REGISTRY_HOSTS = re.compile(r"deb[.]debian[.]org|registry[.]npmjs[.]org|crates[.]io|pypi[.]org|proxy[.]golang[.]org")
README_LINES = 120
SOURCE_LINES = 500


class Tree:
    """The files of the project: those git tracks or would track; where git cannot say, all but what a build leaves."""

    def __init__(self, root):
        self.root = Path(root).resolve()
        self._texts = {}
        names = self.listed_by_git() or [str(p.relative_to(self.root)) for p in self.root.rglob("*")]
        built = re.compile(r"(^|/)(build|build-[^/]*|node_modules|__pycache__|\.git)/")
        self.files = sorted(n for n in names if not built.search(n) and (self.root / n).is_file())

    def listed_by_git(self):
        command = ["git", "-C", str(self.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:  # no git here: the project came as an archive
            return []
        return done.stdout.rstrip("\0").split("\0") if done.returncode == 0 and done.stdout else []

    def text(self, name):
        if name not in self._texts:
            self._texts[name] = (self.root / name).read_text(encoding="utf-8", errors="replace")
        return self._texts[name]

    def under(self, folder, *endings):
        return [f for f in self.files if f.startswith(folder) and f.endswith(endings)]

    def sources(self):
        return self.under("src/", ".h", ".cpp")


def is_free(name):
    """Free of the purity rules: tests (golden files, timing), programs, and the assertion that prints and aborts."""
    return re.search(r"_test\.(cpp|h)$|_main\.cpp$|^src/base/check\.cpp$", name) is not None


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


CPP_NOISE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'', re.S)


def code_only(text):
    """The text with comments and literals blanked out, line breaks kept; #include lines keep their names."""
    def blank(match):
        start = text.rfind("\n", 0, match.start()) + 1
        if match.group().startswith('"') and re.match(r"\s*#\s*include\b", text[start:match.start()]):
            return match.group()
        return re.sub(r"[^\n]", " ", match.group())
    return CPP_NOISE.sub(blank, text)


def layer_order(tree):
    """The folders of the layer table in ARCHITECTURE.md, lowest first: rows that begin with | `folder` |."""
    if "ARCHITECTURE.md" not in tree.files:
        return []
    match = re.search(r"^## Layers\n(.*?)(?=^## |\Z)", tree.text("ARCHITECTURE.md"), re.S | re.M)
    return re.findall(r"^\| `(\w+)/?` \|", match.group(1), re.M) if match else []


def check_layers(tree):
    """A folder of src/ includes only itself and folders above it in ARCHITECTURE.md; CMake builds in that order."""
    order = layer_order(tree)
    if not order:
        yield "ARCHITECTURE.md:1: no layer table found; it needs a section '## Layers' with rows '| `folder` | ... |'"
        return
    rank = {layer: i for i, layer in enumerate(order)}
    cmake = re.search(r"foreach\(layer ([\w\s]+)\)", tree.text("CMakeLists.txt"))
    if not cmake or cmake.group(1).split() != order:
        yield "CMakeLists.txt:1: foreach(layer ...) differs from the table in ARCHITECTURE.md; expected: " + " ".join(order)
    for name in tree.sources():
        layer = name.split("/")[1]
        if layer not in rank:
            yield f"{name}:1: folder src/{layer} is not in the layer table; add it to ARCHITECTURE.md and CMakeLists.txt"
            continue
        for match in re.finditer(r'^[ \t]*#\s*include\s*"(\w+)/[^"]*"', code_only(tree.text(name)), re.M):
            other = match.group(1)
            where = f"{name}:{line_of(tree.text(name), match.start(1))}"
            if other not in rank:
                yield f"{where}: includes \"{other}/...\", which is no folder of src/"
            elif rank[other] > rank[layer]:
                yield f"{where}: {layer} includes {other}, which stands above it; move the shared part down or pass it in"


ASIO = re.compile(r"#\s*include\s*<boost/(asio|beast)")


def headers_with_asio(tree):
    """The headers of src/net that include Asio or Beast, or another such header: private to src/net."""
    found = set()
    while True:
        more = {h for h in tree.under("src/net/", ".h") if h not in found and
                (ASIO.search(tree.text(h)) or any(f'#include "{f[4:]}"' in tree.text(h) for f in found))}
        if not more:
            return found
        found |= more


def check_purity(tree):
    """From base to program: no clock, no I/O, no logging, no environment, no randomness. Asio and Beast: src/net alone."""
    order = layer_order(tree)
    pure = set(order[:order.index(LAST_PURE_LAYER) + 1]) if LAST_PURE_LAYER in order else set()
    private = headers_with_asio(tree)
    for name in tree.sources():
        code = code_only(tree.text(name))
        if not name.startswith("src/net/"):
            for match in ASIO.finditer(code):
                yield f"{name}:{line_of(code, match.start())}: includes boost/{match.group(1)}; only src/net may"
            for match in re.finditer(r'#\s*include\s*"(net/\w+\.h)"', code):
                if "src/" + match.group(1) in private:
                    yield f"{name}:{line_of(code, match.start())}: includes {match.group(1)}, which brings Asio along; it is private to src/net"
        if name.split("/")[1] not in pure or is_free(name):
            continue
        for match in re.finditer(r"#\s*include\s*<([^>]+)>", code):
            if IMPURE_INCLUDES.fullmatch(match.group(1)):
                yield f"{name}:{line_of(code, match.start())}: a pure layer includes <{match.group(1)}>; do this in net/ or a daemon"
        for pattern, why in IMPURE_CALLS:
            for match in re.finditer(pattern, code):
                yield f"{name}:{line_of(code, match.start())}: {why}"


def check_banned(tree):
    """No throw, and nothing that clang-tidy 14 cannot parse, anywhere in src/."""
    for name in tree.sources():
        code = code_only(tree.text(name))
        for pattern, why in BANNED_EVERYWHERE:
            for match in re.finditer(pattern, code):
                if not is_free(name):
                    yield f"{name}:{line_of(code, match.start())}: {why}"


OPENS_BLOCK = re.compile(r"(\)|\belse|\bdo|\btry|\bconst|\bnoexcept|\bmutable|->[^;{}()=]*|^|[;{}:])\s*$")


def opens_block(code, brace):
    return OPENS_BLOCK.search(code[max(0, brace - 200):brace]) is not None


def co_await_statement(code, at):
    """The full statement around the co_await at an offset: from the last ; or block brace to the next."""
    start, depth = at, 0  # depth: brackets closed on the way and not yet opened
    while start > 0:
        c = code[start - 1]
        if c in ")]":
            depth += 1
        elif c in "([":
            depth = max(0, depth - 1)
        elif depth == 0 and (c == ";" or c == "{" and opens_block(code, start - 1) or
                             c == "}" and not re.match(r"\s*[,)]", code[start:])):
            break
        start -= 1
    end, depth = at, 0
    while end < len(code):
        c = code[end]
        if c in "([":
            depth += 1
        elif c in ")]":
            depth = max(0, depth - 1)
        elif depth == 0 and (c == ";" or c == "{" and opens_block(code, end)):
            break
        end += 1
    return code[start:end]


def check_co_await(tree):
    """g++ 12 miscompiles co_await next to a temporary aggregate, a lambda or ?: in one statement (double free)."""
    for name in tree.sources() + tree.under("tests/", ".h", ".cpp") + tree.under("bench/", ".h", ".cpp"):
        code = code_only(tree.text(name))
        for match in re.finditer(r"\bco_await\b", code):
            where = f"{name}:{line_of(code, match.start())}"
            if not name.startswith("src/net/"):
                yield f"{where}: co_await outside src/net; coroutines stay in net"
            statement = co_await_statement(code, match.start())
            if re.search(r"[{}]", statement):
                yield f"{where}: a braced initialiser or a lambda in one statement with co_await; name it first"
            elif re.search(r"(?<!\?)\?(?!\?)", statement):
                yield f"{where}: ?: in one statement with co_await; write if/else"


def cmake_calls(text, function=r"\w+"):
    return re.findall(r"^\s*" + function + r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)", re.sub(r"#[^\n]*", "", text), re.M)


def check_orphans(tree):
    """Every .cpp is named in a CMake file beside or above it, and every *_test.cpp in a dz_test call."""
    lists = {}  # folder: the text of its CMake files
    for name in tree.files:
        if name.endswith(("CMakeLists.txt", ".cmake")):
            folder = str(Path(name).parent)
            lists[folder] = lists.get(folder, "") + tree.text(name)
    for name in tree.under(("src/", "tests/", "bench/"), ".cpp"):
        wanted = r"dz_test" if name.endswith("_test.cpp") else r"\w+"
        if not any(str(Path(name).relative_to(folder)) in call.split()
                   for folder in Path(name).parents for call in cmake_calls(lists.get(str(folder), ""), wanted)):
            call = "a dz_test call" if name.endswith("_test.cpp") else "any CMake file"
            yield f"{name}:1: orphan source, not named in {call} beside or above it; add it or delete it"
    for name in tree.under("tests/", "_test.py"):
        if Path(name).name not in lists.get(str(Path(name).parent), ""):
            yield f"{name}:1: orphan test, not named in the CMakeLists.txt beside it; add it or delete it"


def check_tests(tree):
    """No test sleeps: tests run on virtual time or wait for the event itself."""
    for name in tree.under(("src/", "tests/"), "_test.cpp"):
        code = code_only(tree.text(name))
        for match in re.finditer(r"\bsleep_(for|until)\b|\bu?sleep\s*\(", code):
            yield f"{name}:{line_of(code, match.start())}: a test sleeps; wait for the event or pass the time in"


def check_sizes(tree):
    """A source file of more than 500 lines, tests aside, says why in a comment 'Long because ...'."""
    for name in [f for f in tree.sources() if not f.endswith("_test.cpp")]:
        lines = tree.text(name).count("\n")
        if lines > SOURCE_LINES and "// Long because" not in tree.text(name):
            yield f"{name}:{lines}: {lines} lines, at most {SOURCE_LINES}; split it, or say '// Long because ...'"


def markdown_prose(text):
    """Markdown with fenced and inline code blanked."""
    blank = lambda m: re.sub(r"[^\n]", " ", m.group())
    return re.sub(r"`[^`\n]*`", blank, re.sub(r"^ *```.*?^ *```", blank, text, flags=re.S | re.M))


def anchors(text):
    """GitHub's anchors of the headings of a page."""
    titles = re.findall(r"^#{1,6} +(.*?)\s*$", re.sub(r"^ *```.*?^ *```", "", text, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", t).lower()).replace(" ", "-") for t in titles}


def check_docs(tree):
    """One title a page, no dead relative link, README at most 120 lines."""
    if "README.md" in tree.files and tree.text("README.md").count("\n") > README_LINES:
        yield f"README.md:{README_LINES + 1}: more than {README_LINES} lines; move details to docs/"
    for name in [f for f in tree.files if f.endswith(".md")]:
        prose = markdown_prose(tree.text(name))
        titles = [line_of(prose, m.start()) for m in re.finditer(r"^# ", prose, re.M)]
        if len(titles) != 1:
            yield f"{name}:{titles[1] if titles else 1}: {len(titles)} titles ('# ...'); a page has exactly one"
        for match in re.finditer(r"\[[^]]*\]\(([^)\s]+)[^)]*\)", prose):
            target, _, anchor = match.group(1).partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            path = os.path.normpath(os.path.join(os.path.dirname(name), target)) if target else name
            where = f"{name}:{line_of(prose, match.start())}"
            if not (tree.root / path).exists():
                yield f"{where}: link to {match.group(1)}, which does not exist"
            elif anchor and path.endswith(".md") and anchor not in anchors(tree.text(path)):
                yield f"{where}: link to {match.group(1)}, but {path} has no such heading"


def check_neutral(tree):
    """The project names no path of one machine, no registry host, and holds no mark of unfinished work."""
    for name in tree.files:
        if name.endswith("package-lock.json"):
            continue
        text = tree.text(name)
        for pattern, what in [(UNFINISHED, "a mark of unfinished work; finish it"),
                              (MACHINE_PATHS, "a path of one machine; use a relative or configured one"),
                              (REGISTRY_HOSTS, "the host name of a package registry; leave it to the machine's settings")]:
            for match in pattern.finditer(text):
                yield f"{name}:{line_of(text, match.start())}: '{match.group()}' is {what}"


RULES = {
    "layers": check_layers, "purity": check_purity, "banned": check_banned, "co_await": check_co_await,
    "orphans": check_orphans, "tests": check_tests, "sizes": check_sizes, "docs": check_docs, "neutral": check_neutral,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=Path(__file__).resolve().parent.parent, help="the project's folder")
    parser.add_argument("--list", action="store_true", help="print the rules and what they say")
    parser.add_argument("rules", nargs="*", metavar="RULE", help="rules to check; default: all")
    args = parser.parse_args()
    if args.list:
        print("\n".join(f"{name:9} {rule.__doc__}" for name, rule in RULES.items()))
        return 0
    unknown = [r for r in args.rules if r not in RULES]
    if unknown:
        parser.error(f"no rule {', '.join(unknown)}; the rules are: {', '.join(RULES)}")
    tree = Tree(args.root)
    count = 0
    for name in args.rules or RULES:
        for finding in RULES[name](tree):
            count += 1
            print(f"{finding} [{name}]")
    print(f"style: {count} finding{'' if count == 1 else 's'} in {len(tree.files)} files")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
