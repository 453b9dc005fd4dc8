"""Rules of the layers: what a folder of src/ may include, and what the pure ones may do."""
import re

from style.tree import code_only, is_free, line_of

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


# Rigs: in no product. Tests of any layer may use the testbed; the demo starts real stores.
RIGS = ("testbed", "stores", "sim")
OF_TESTS = re.compile(r"_test\.cpp$|_fixture\.(h|cpp)$|/test_\w+\.(h|cpp)$")


# The order inside a folder, lowest first; rooms that share a place do not know each other. What stands beside the rooms is above them.
ROOMS = {"program": ("runtime", "rules", ("guarded", "live")), "apps/cli": ("ui", "network", "verbs")}


def layer_order(tree):
    """The folders of the layer table in ARCHITECTURE.md, lowest first: rows that begin with | `folder` |."""
    if "ARCHITECTURE.md" not in tree.files:
        return []
    match = re.search(r"^## Layers\n(.*?)(?=^## |\Z)", tree.text("ARCHITECTURE.md"), re.S | re.M)
    return re.findall(r"^\| `(\w+)/?` \|", match.group(1), re.M) if match else []


def misplaced_rooms(tree):
    """Includes against the order of ROOMS. Tests are free: they drive the whole of a folder."""
    for folder, rooms in ROOMS.items():
        ranks = {room: rank for rank, same in enumerate(rooms) for room in ((same,) if isinstance(same, str) else same)}
        for name in tree.under(f"src/{folder}/", ".h", ".cpp"):
            room = name[len(f"src/{folder}/"):].split("/")[0]
            if room not in ranks or OF_TESTS.search(name):
                continue
            code = code_only(tree.text(name))
            for match in re.finditer(rf'^[ \t]*#\s*include\s*"{folder}/([^"]+)"', code, re.M):
                other = match.group(1).split("/")[0]
                if other != room and ranks.get(other, len(rooms)) >= ranks[room]:
                    yield (f"{name}:{line_of(code, match.start(1))}: {folder}/{room} includes {folder}/{match.group(1)}; "
                           "what both need belongs into a room below both")


def check_layers(tree):
    """A folder of src/ includes only itself and folders above it in ARCHITECTURE.md; CMake builds in that order. Rooms inside a folder have an order too. Rigs are for tests."""
    order = layer_order(tree)
    if not order:
        yield "ARCHITECTURE.md:1: no layer table found; it needs a section '## Layers' with rows '| `folder` | ... |'"
        return
    yield from misplaced_rooms(tree)
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
            elif other == "testbed" and OF_TESTS.search(name):
                continue
            elif other in RIGS and layer not in RIGS and not OF_TESTS.search(name) and (layer, other) != ("apps", "stores"):
                yield f"{where}: {layer} includes {other}, which is in no product; only tests, bench, simulation and demo use it"
            elif rank[other] > rank[layer]:
                yield f"{where}: {layer} includes {other}, which stands above it; move the shared part down or pass it in"


PRIVATE = re.compile(r"// Private to (\w+)/")


def check_private(tree):
    """A header that begins with "// Private to FOLDER/" is included from that folder of src/ alone, its tests among them."""
    private = {h[4:]: match.group(1) for h in tree.under("src/", ".h") if (match := PRIVATE.match(tree.text(h)))}
    for name in [f for f in tree.files if f.endswith((".h", ".cpp"))]:
        code = code_only(tree.text(name))
        for match in re.finditer(r'^[ \t]*#\s*include\s*"([^"]+)"', code, re.M):
            folder = private.get(match.group(1))
            if folder and not name.startswith(f"src/{folder}/"):
                yield (f"{name}:{line_of(code, match.start(1))}: includes {match.group(1)}, which is private to src/{folder}; "
                       "ask its public header for a query")


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
