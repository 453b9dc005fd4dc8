"""Rules of the names: every folder has a namespace of its own, and a name in it means one thing."""
import re

from style.scopes import ANONYMOUS, declared_type, scopes_of, without_template
from style.tree import code_only, line_of

SHARED = ("base", "domain")  # what every folder speaks of stands in dz itself
# Namespaces of others that are opened to specialise or extend what is theirs.
FOREIGN = ("std", "fmt", "rc", "testing", "boost")


def folders(tree):
    return {name.split("/")[1] for name in tree.sources() if name.count("/") > 1}


def folder_of(name):
    """FOLDER of src/FOLDER/..., and apps/X of src/apps/X/...: each program is a folder of its own."""
    parts = name.split("/")[1:-1]
    return "/".join(parts[:2] if parts[:1] == ["apps"] else parts[:1])


def is_test(name):
    return name.endswith("_test.cpp")


def room(name, rooms):
    """The namespace of a source file: dz::FOLDER; for a program dz::X, or dz::X_main where src/X is a folder too."""
    folder = folder_of(name)
    if folder in SHARED:
        return ("dz",)
    program = folder.removeprefix("apps/")
    return ("dz", program + "_main" if program != folder and program in rooms else program)


def is_inside(names, own, rooms):
    return names[:len(own)] == own and (own != ("dz",) or len(names) == 1 or names[1] not in rooms)


def only_declares_a_type(item):
    return not item.has_body and declared_type(item) is not None


def may_be_global(item):
    """What may stand outside every namespace: main(), macros, and what is defined under its qualified name."""
    text = without_template(item.text)
    name = declared_type(item)
    if name and item.has_body:
        return "::" in name
    return (only_declares_a_type(item)
            or re.match(r"template\s*(<\s*>|\w)", item.text)  # a specialisation or an instantiation
            or re.match(r"[A-Z][A-Z0-9_]*\s*\(|(using|namespace|static_assert|extern)\b", text)
            or re.search(r"\bmain\s*\(|\w\s*::\s*~?\w+\s*\(", text))


def strangers(scope, own, rooms, has_main):
    """The outermost scopes that hold more than declarations of types and are not the file's own."""
    if is_inside(scope.names, own, rooms) or scope.names[:1] and scope.names[0] in FOREIGN:
        return
    if scope.names == (ANONYMOUS,) and has_main:
        return
    free = may_be_global if scope.names == () else only_declares_a_type
    wrong = [item for item in scope.items if not free(item)]
    if wrong:
        yield scope, wrong[0]
        if scope.names:
            return
    for inner in scope.scopes:
        yield from strangers(inner, own, rooms, has_main)


def spelled(names):
    return "::".join(n for n in names if n) or "(unnamed)"


def check_namespaces(tree):
    """src/FOLDER stands in dz::FOLDER, base and domain in dz, src/apps/X in dz::X (dz::X_main beside src/X); no using namespace dz."""
    rooms = folders(tree)
    for name in tree.sources():
        code, own = code_only(tree.text(name)), room(name, rooms)
        has_main = re.search(r"\bint main\s*\(", code) is not None
        for scope, item in strangers(scopes_of(tree.text(name)), own, rooms, has_main):
            if scope.names:
                what = f"opens namespace {spelled(scope.names)}"
                yield f"{name}:{line_of(code, scope.offset)}: {what}; what stands here belongs in {spelled(own)}"
            else:
                yield f"{name}:{line_of(code, item.offset)}: stands outside every namespace; it belongs in {spelled(own)}"
        if is_test(name):
            continue
        for match in re.finditer(r"\busing\s+namespace\s+(?:::\s*)?(\w+)[\w:\s]*;", code):
            if match.group(1) in {"dz", *rooms} or name.endswith(".h") and match.group(1) != "std":
                what = " ".join(match.group().rstrip(";").split())
                yield f"{name}:{line_of(code, match.start())}: '{what}' brings in names unseen; name what is used (using dz::x::Name)"


def can_meet(one, other):
    """Whether two files may end up in one binary: any library may, and the tests of one folder are linked together."""
    return not (is_test(one) and is_test(other)) or folder_of(one) == folder_of(other)


def inline_function(item):
    """The name and the types of the parameters of an inline function that an item defines, spaces dropped."""
    match = re.match(r"(?=.*?\b(?:inline|constexpr)\b)[^()=]*?(operator\s*\(\s*\)|operator\s*[^\s\w(]+|\w+)\s*\((.*)\)[^()]*$",
                     item.text, re.S)
    if not match or not item.has_body or re.match(r"template\b|static\b", item.text):
        return None
    parameters = re.sub(r"\s*=[^,]*", "", match.group(2)).split(",")
    types = [re.sub(r"(?<=[\s&*>])\w+$", "", p.strip()) if " " in p.strip() else p.strip() for p in parameters]
    return re.sub(r"\s+", "", match.group(1) + "(" + ",".join(types) + ")")


def definitions(tree, name):
    """What a file defines for every other to see: (qualified name, what it is, line)."""
    text = tree.text(name)
    for scope in scopes_of(text).all():
        if ANONYMOUS in scope.names:
            continue
        for item in [i for i in scope.items if i.has_body]:
            type_name = declared_type(item)
            what, found = ("type", type_name) if type_name else ("inline function", inline_function(item))
            if found:
                yield "::".join((*scope.names, found)), what, line_of(text, item.offset)


def check_one_definition(tree):
    """A type or an inline function of one name is defined once in a namespace; the linker would take either of two."""
    seen = {}  # qualified name: the places where it is defined, file and line
    for name in tree.sources():
        for full, what, line in definitions(tree, name):
            for other, at in seen.get(full, []):
                if other != name and can_meet(other, name):
                    yield f"{name}:{line}: {what} {full} is defined in {other}:{at} too; rename one, or give each its own namespace"
                    break
            seen.setdefault(full, []).append((name, line))
