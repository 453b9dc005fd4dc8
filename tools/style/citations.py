"""Rule of what documents cite: a path, a file or a name in backticks is one that the project has."""
import os
import re
from fnmatch import fnmatchcase
from itertools import product
from pathlib import PurePosixPath

from style.documents import FENCED
from style.tree import blanked, line_of, without_comments

PAGES = ("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md")
PAST = "docs/adr/"  # decisions speak of what was there when they were taken
CODE = re.compile(r"(src|tests|bench|tools|data|packaging|cmake)/|(dev|CMakeLists\.txt|CMakePresets\.json)$")
RULES = ("tools/style/", "tests/style/")  # these rules and their tests, whose own words must not count
FILE = r"[\w.*{},-]+\.(?:cc|cmake|cpp|csv|go|h|json|lock|md|mjs|proto|py|rs|service|sh|sql|toml|ts|txt|verdict|ya?ml)"

TEST = re.compile(r"[A-Z]\w*\.[A-Z]\w*[a-z]\w*")
MEMBER = re.compile(r"((?:\w+::)*)(\w+)::(~?\w+)")
CAMEL = re.compile(r"[a-z][a-z0-9]*[A-Z]\w*|[A-Z]\w*[a-z0-9][A-Z]\w*|[A-Z]\w*[A-Z][a-z]\w*")
SNAKE = re.compile(r"[A-Za-z*][A-Za-z0-9*]*(?:_[A-Za-z0-9*]+)+_?")
WORD = re.compile(r"\w+(?!\w|\.(?:h|cpp)\b)")  # of code; the name of a source file is none
OTHERS = {
    "PascalCase", "kPascalCase", "snake_case",  # ways to spell a name
    "DateTime64",  # ClickHouse's: a column may have this type, and the code need not ask
}


class Project:
    """What there is to cite."""

    def __init__(self, tree):
        self.folders = {str(parent) for name in tree.files for parent in PurePosixPath(name).parents}
        self.paths = self.folders.union(tree.files)
        self.names = {PurePosixPath(name).name for name in tree.files}
        self.code = [without_comments(name, tree.text(name)) for name in tree.files
                     if CODE.match(name) and not name.startswith(RULES)]
        self.words = {word for text in self.code for word in WORD.findall(text)}
        # "doublezero_monitor_": the code puts it before names that it spells without.
        self.prefixes = tuple({prefix for text in self.code for prefix in re.findall(r'"(\w+_)"', text)})

    def has_path(self, cited, page):
        """Whether a file or folder is there: from the root, from src/ or from the page's folder."""
        starts = ("", "src/", str(PurePosixPath(page).parent) + "/")
        return all(any(self._matches(start + path) for start in starts) for path in alternatives(cited.rstrip("/")))

    def _matches(self, path):
        path = os.path.normpath(path)
        return path in self.paths or "*" in path and any(fnmatchcase(known, path) for known in self.paths)

    def has_file(self, cited):
        """Whether a file of this name is in the tree, or the code itself speaks of one."""
        return all(any(fnmatchcase(name, path) for name in self.names) or self._says(rf"(?<![\w.-]){re.escape(path)}\b")
                   for path in alternatives(cited))

    def has_word(self, cited):
        spelled = [cited] + [cited[len(prefix):] for prefix in self.prefixes if cited.startswith(prefix)]
        return not OTHERS.union(self.words).isdisjoint(spelled) or (
            "*" in cited and any(fnmatchcase(word, cited) for word in self.words))

    def has_member(self, owner, member):
        both = [re.compile(rf"\b{owner}\b"), re.compile(rf"(?<!\w){member}\b")]
        return any(all(word.search(text) for word in both) for text in self.code)

    def has_test(self, suite, test):
        return self._says(rf"\b\w*TEST\w*\(\s*{suite},\s*{test}\b|\b{suite}\.{test}\b", word=test)

    def _says(self, pattern, word=""):
        """Whether the code has the pattern; word: what is in each text that has it, looked for first since that is fast."""
        return any(word in text and re.search(pattern, text) for text in self.code)


def alternatives(path):
    """a/{b,c}.h as a/b.h and a/c.h."""
    parts = re.split(r"\{([^{}]*)\}", path)
    return ["".join(choice) for choice in product(*[part.split(",") if i % 2 else [part] for i, part in enumerate(parts)])]


def is_source_path(span, project):
    """A path of the tree, not of a URL, a machine or a device: it ends like a file, or begins in a folder of ours."""
    if not re.fullmatch(r"[\w.*{},-]+(/[\w.*{},-]+)*/?", span) or "/" not in span:
        return False
    first = span.split("/")[0]
    if first == ".":  # where the reader stands
        return False
    return first in project.folders or "src/" + first in project.folders or re.fullmatch(r"(?:[\w.-]+/)+" + FILE, span) is not None


def wrong_with(span, page, prefixes, project):
    """What of a code span is not in the project, or None. A page may give prefixes of the names that follow."""
    name = re.sub(r"(\(.*\)|<[\w:, ]*>|\{.*\})$", "", span)  # step(), Result<T>, requests_total{result}
    member = MEMBER.fullmatch(name)
    path = span.split()[0]  # of a command line
    if is_source_path(path, project):
        return None if project.has_path(path, page) else "is no file or folder of the tree"
    if re.fullmatch(FILE, span):
        return None if project.has_file(span) else "is no file of the tree, and the code knows none of this name"
    if TEST.fullmatch(span):
        return None if project.has_test(*span.split(".")) else "is no test"
    if member:
        return None if project.has_member(member.group(2), member.group(3)) else "is not in the code"
    if CAMEL.fullmatch(name) or SNAKE.fullmatch(name):
        return None if any(project.has_word(prefix + name) for prefix in prefixes) else "is no word of the code"
    return None


def code_spans(text):
    """The inline code of a page, on one line each, and where it stands; blocks of code aside."""
    spans = re.finditer(r"(?<!`)`((?:[^`\n]|\n(?![ \t]*\n))+)`(?!`)", FENCED.sub(blanked, text))
    return [(" ".join(m.group(1).split()), m.start()) for m in spans if m.group(1).strip()]


def check_cited(tree):
    """Paths, files, tests and names in backticks of ARCHITECTURE, CONTRIBUTING, README and docs/ exist; src/ cites no design page."""
    project = Project(tree)
    for page in [f for f in tree.files if f in PAGES or f.startswith("docs/") and f.endswith(".md") and not f.startswith(PAST)]:
        spans = code_spans(tree.text(page))
        prefixes = [""] + [span.rstrip(".") for span, _ in spans if re.fullmatch(r"\w+_(\.\.\.)?", span)]
        for span, offset in spans:
            wrong = wrong_with(span, page, prefixes, project)
            if wrong:
                yield f"{page}:{line_of(tree.text(page), offset)}: `{span}` {wrong}; say what is there"
    for name in tree.sources():
        for match in re.finditer(r"\(design,? (?:section |page )?\d[^)\n]*\)", tree.text(name)):
            yield f"{name}:{line_of(tree.text(name), match.start())}: '{match.group()}' cites a page that is not in the project; say it here"
