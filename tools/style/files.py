"""Rules of the files: every source is built, no test sleeps, no source is too long."""
import re
from pathlib import Path

from style.tree import code_only, line_of

SOURCE_LINES = 500


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
