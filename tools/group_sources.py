#!/usr/bin/env python3
"""Which source files of a target are compiled together, in one go of the compiler. Called by cmake/Groups.cmake.

  tools/group_sources.py SIZE FOLDER < targets

A line of the input is a target and its source files, words apart by spaces. Groups of at most SIZE files are written to
FOLDER, each a file that includes its sources, and CMake's commands that give the targets their sources to the output.

Files share a group only if none of them mentions a name that another keeps to itself: compiled together they mean what
they mean apart. Files that name DZ_SOURCE_DIR or DZ_BUILD_DIR, which differ from checkout to checkout, stay alone.
"""
import re
import sys
from functools import cache
from pathlib import Path

from style.scopes import ANONYMOUS, declared_type, scopes_of, without_template
from style.tree import code_only

PROJECT = Path(__file__).resolve().parent.parent
BORROWED = re.compile(r"(?:using|namespace)\s+(?:[\w:]+::(\w+)|(\w+)\s*=.*)", re.S)
NAMES_NOTHING = re.compile(r"using (namespace|enum)|static_assert|(TEST|RC_GTEST|INSTANTIATE|MATCHER|BENCHMARK)\w*\s*\(")
DEFINED = re.compile(r"^ *# *define (\w+)|^MATCHER\w*\((\w+)", re.M)
# What can be such a name: no member, nothing qualified. A function's only where it is called.
WORD = re.compile(r"(?<![\w.])(?<!->)(?<!::)[a-zA-Z]\w*")
CALLED = re.compile(WORD.pattern + r"(?=\s*[(<{])|\bk?[A-Z]\w*")


BRACKETED = re.compile(r"\([^()]*\)|\[[^][]*\]|\{[^{}]*\}|<[^<>]*>")


def declared(item):
    """The names of a function or of values, one or several in a row: what stands before its parameters or each value."""
    text = without_template(item.text)
    if re.match(r"[^=({]*\(", text):
        parts = [text.split("(")[0]]
    else:
        while (shorter := BRACKETED.sub("", text)) != text:
            text = shorter
        parts = text.split(",")
    names = (re.search(r"(\w+)\s*$", re.split(r"[=({\[;]", part)[0]) for part in parts)
    return {name.group(1) for name in names if name}


class Source:
    def __init__(self, path):
        text = path.read_text(encoding="utf-8")
        code = code_only(text)
        self.functions = set()  # and values
        self.others = {a or b: path for a, b in DEFINED.findall(code)}
        for scope in scopes_of(text).all():
            for item in scope.items:
                self.add(item, path, ANONYMOUS in scope.names or item.text.startswith("static "))
        self.words, self.called = set(WORD.findall(code)), set(CALLED.findall(code)) | self.functions
        self.alone = "DZ_SOURCE_DIR" in text or "DZ_BUILD_DIR" in text

    def add(self, item, path, is_own):
        borrowed, named_type = BORROWED.fullmatch(item.text), declared_type(item)
        if NAMES_NOTHING.match(item.text) or named_type and "::" in named_type:
            return
        if borrowed:
            self.others[borrowed.group(1) or borrowed.group(2)] = item.text  # for the same thing it may stand in two files
        elif named_type:
            self.others[re.match(r"\w+", named_type).group()] = path
        elif is_own:
            self.functions |= declared(item)

    def shows_itself_to(self, other):
        """Whether the other file would see something of this one."""
        return (bool(self.functions & other.called) or
                any(name in other.words and other.others.get(name) != it for name, it in self.others.items()))

    def fits(self, other):
        return not (self.alone or other.alone or self.shows_itself_to(other) or other.shows_itself_to(self))


read = cache(Source)


def group(paths, size):
    """The paths in groups, in order: a file goes into the first group that has room and that it fits."""
    groups = []
    for path in paths:
        fitting = (g for g in groups if len(g) < size and all(read(path).fits(read(other)) for other in g))
        home = next(fitting, None)
        if home is None:
            groups.append([path])
        else:
            home.append(path)
    return groups


def seen_from_includes(path):
    """As an #include names it: below src/, or below the project's folder."""
    base = PROJECT / "src" if path.is_relative_to(PROJECT / "src") else PROJECT
    return path.relative_to(base).as_posix()


def write_if_new(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def main():
    size, folder = int(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for line in sys.stdin:
        target, *files = line.split()
        for number, members in enumerate(group([Path(f) for f in files], size)):
            source = members[0]
            if len(members) > 1:
                source = folder / f"{target}_{number}.cpp"
                write_if_new(source, "".join(f'#include "{seen_from_includes(m)}"\n' for m in members))
            print(f'target_sources({target} PRIVATE "{source}")')


if __name__ == "__main__":
    main()
