"""The files of the project and what every family of rules needs to read them."""
import re
import subprocess
from pathlib import Path


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


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def blanked(match):
    """Spaces for what a pattern matched, line breaks kept."""
    return re.sub(r"[^\n]", " ", match.group())


CPP_NOISE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'', re.S)


def code_only(text):
    """The text with comments and literals blanked out, line breaks kept; #include lines keep their names."""
    def blank(match):
        start = text.rfind("\n", 0, match.start()) + 1
        if match.group().startswith('"') and re.match(r"\s*#\s*include\b", text[start:match.start()]):
            return match.group()
        return blanked(match)
    return CPP_NOISE.sub(blank, text)


def without_comments(name, text):
    """The text without its comments, literals kept; of C++ without #include lines too, of other files lines of comment alone."""
    if name.endswith((".h", ".cpp")):
        text = CPP_NOISE.sub(lambda m: " " if m.group().startswith(("//", "/*")) else m.group(), text)
        return re.sub(r"^[ \t]*#\s*include\b[^\n]*", "", text, flags=re.M)
    return re.sub(r"^[ \t]*(#|//)[^\n]*", "", text, flags=re.M)


def is_free(name):
    """Free of the purity rules: tests (golden files, timing), programs, and the assertion that prints and aborts."""
    return re.search(r"_test\.(cpp|h)$|_main\.cpp$|^src/base/check\.cpp$", name) is not None
