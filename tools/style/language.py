"""Rules of the language: what g++ 12 and clang-tidy 14 cannot do, and what we do not do."""
import re

from style.tree import code_only, is_free, line_of

# Rules for every file of src/. clang-tidy 14 cannot parse the last three and then silently checks nothing.
BANNED_EVERYWHERE = [
    (r"\bthrow\b", "throws; return a Result (base/result.h)"),
    (r"\bstd::(ranges::)?views\b", "uses std::views; write a loop or a ranges algorithm"),
    (r"#\s*include\s*<source_location>", "includes <source_location>; DZ_CHECK knows its place"),
    (r"#\s*include\s*<expected>", "includes <expected>; use tl::expected through base/result.h"),
]


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
