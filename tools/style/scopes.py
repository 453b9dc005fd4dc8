"""The namespaces of a C++ file and what stands in them, read without a compiler: braces, parentheses and semicolons are enough."""
import re
from dataclasses import dataclass, field

from style.tree import blanked, code_only

NAMESPACE = re.compile(r"(?:inline\s+)?namespace\b\s*(?:\[\[.*?\]\]\s*)?(\w+(?:\s*::\s*\w+)*)?", re.S)
TYPE = re.compile(
    r"(?P<keyword>class|struct|union|enum(?:\s+(?:class|struct))?)\s+(?:(?:\[\[.*?\]\]|alignas\s*\([^()]*\))\s*)*"
    r"(?P<name>\w+(?:\s*::\s*\w+)*)\s*(?P<arguments><.*?>)?\s*(?:final\s*)?(?::(?!:).*)?", re.S)
ANONYMOUS = ""


@dataclass
class Item:
    """A declaration or definition that stands directly in a namespace."""
    text: str  # up to its body or its semicolon
    offset: int
    has_body: bool


@dataclass
class Scope:
    """A namespace each time it is opened; the file itself is the outermost one, with no names."""
    names: tuple  # dz, evidence; ANONYMOUS for an unnamed one
    offset: int
    items: list = field(default_factory=list)
    scopes: list = field(default_factory=list)

    def all(self):
        yield self
        for scope in self.scopes:
            yield from scope.all()


def without_directives(code):
    """Code with the preprocessor's lines blanked, continued ones too."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blanked, code, flags=re.M)


def scopes_of(text):
    """The outermost scope of a file's text."""
    code = without_directives(code_only(text))
    top = Scope((), 0)
    stack = [top]  # a Scope, or None for a body, a braced value or a parenthesis
    start = 0  # of the item being read; moves only while the innermost of the stack is a scope
    for match in re.finditer(r"[(){};]", code):
        c, here = match.group(), stack[-1]
        head = code[start:match.start()]
        text, offset = head.strip(), start + len(head) - len(head.lstrip())
        if c == "(" or c == "{" and here is None:
            stack.append(None)
        elif c == "{":
            stack.append(opened(here, text, offset))
        elif c in ")}" and len(stack) > 1:
            stack.pop()
        elif c == ";" and here and text:
            here.items.append(Item(text, offset, False))
        if c == "{" and stack[-1] or c == "}" and stack[-1] or c == ";" and here:
            start = match.end()
    return top


def opened(here, text, offset):
    """What a brace in a namespace opens: a namespace, which is kept, or a body, which is None."""
    if re.fullmatch(r"extern\s*", text):  # extern "C"
        return here
    namespace = NAMESPACE.fullmatch(text)
    if not namespace:
        here.items.append(Item(text, offset, True))
        return None
    names = re.split(r"\s*::\s*", namespace.group(1)) if namespace.group(1) else [ANONYMOUS]
    scope = Scope((*here.names, *names), offset)
    here.scopes.append(scope)
    return scope


def without_template(text):
    """A declaration without its leading attributes and template <...>."""
    while True:
        text = re.sub(r"^\s*\[\[.*?\]\]\s*", "", text, flags=re.S).lstrip()
        match = re.match(r"template\s*<", text)
        if not match:
            return text
        end, depth = match.end(), 1
        while end < len(text) and depth:
            depth += {"<": 1, ">": -1}.get(text[end], 0)
            end += 1
        text = text[end:]


def declared_type(item):
    """The name of the class, struct, union or enum that an item declares or defines, with the arguments of a specialisation."""
    match = TYPE.fullmatch(without_template(item.text))
    if not match or match.group("name") == "final":
        return None
    return re.sub(r"\s+", "", match.group("name") + (match.group("arguments") or ""))
