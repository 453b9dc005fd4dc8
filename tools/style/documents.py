"""Rules of the documents, and of the words that no file of the project may hold."""
import os
import re

from style.tree import blanked, line_of

UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|not implemente[d])\b")
# Written so that this file does not match its own patterns.
MACHINE_PATHS = re.compile(r"(?<![\w.-])/(wor[k]|root)/")
REGISTRY_HOSTS = re.compile(r"deb[.]debian[.]org|registry[.]npmjs[.]org|crates[.]io|pypi[.]org|proxy[.]golang[.]org")
HELD = re.compile(r"`[A-Z]\w*\.[A-Z]\w*`")
README_LINES = 120
FENCED = re.compile(r"^ *```.*?^ *```", re.S | re.M)  # a block of code of a page


def markdown_prose(text):
    """Markdown with fenced and inline code blanked."""
    return re.sub(r"`[^`\n]*`", blanked, FENCED.sub(blanked, text))


def anchors(text):
    """GitHub's anchors of the headings of a page."""
    titles = re.findall(r"^#{1,6} +(.*?)\s*$", FENCED.sub("", text), re.M)
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


def check_held(tree):
    """Each row of a table whose last column is "held by" names a test there (that it exists is checked by `cited`)."""
    for name in [f for f in tree.files if f.endswith(".md")]:
        held = False
        for number, line in enumerate(tree.text(name).splitlines(), 1):
            cells = [cell.strip() for cell in line.split("|")[1:-1]] if line.startswith("|") else []
            if not cells or cells[-1] == "held by":
                held = bool(cells)
            elif held and not HELD.search(cells[-1]) and set(cells[-1]) != {"-"}:
                yield f"{name}:{number}: a sentence that no test holds; name one as `Suite.Test`, or say it outside the table"


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
