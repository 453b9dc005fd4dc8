#!/usr/bin/env python3
"""tools/check_style.py finds what it says it finds: each rule on a small tree, clean and with one violation planted."""
import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tools"))
import check_style  # noqa: E402

CLEAN = {
    "ARCHITECTURE.md": "# A\n\n## Layers\n| folder | what |\n|---|---|\n| `base` | b |\n| `program` | p |\n| `net` | n |\n",
    "CMakeLists.txt": "foreach(layer base program net)\nendforeach()\n",
    "README.md": "# R\nSee [layers](ARCHITECTURE.md#layers) and `[not](a-link)`.\n```\n# no title\n```\n",
    "src/base/CMakeLists.txt": "dz_library(base SOURCES a.cpp)\ndz_test(base SOURCES a_test.cpp LINKS dz_base)\n",
    "src/base/a.cpp": '#include "base/a.h"\n// throw, system_clock::now and getenv in a comment\n'
                      'namespace dz {\nconst char* kText = "throw std::views";\n}\n',
    "src/base/a.h": "#pragma once\n",
    "src/base/a_test.cpp": '#include <fstream>\n#include "base/a.h"\nnamespace dz {\nauto t = std::chrono::steady_clock::now();\n}\n',
    "src/program/CMakeLists.txt": "dz_library(program SOURCES\n  p.cpp  # why\n)\n",
    "src/program/p.cpp": '#include "base/a.h"\n#include "program/p.h"\n',
    "src/program/p.h": "#pragma once\n",
    "src/net/CMakeLists.txt": "dz_library(net SOURCES n.cpp)\n",
    "src/net/n.cpp": '#include <boost/asio/ip/tcp.hpp>\n#include "program/p.h"\nnamespace dz::net {\n'
                     "Task<int> f(Socket& s) {\n  Request r{.method = m};\n  auto [ec, n] = co_await read(s, std::move(r));\n"
                     "  if (co_await g(co_await h())) {\n    int x = b ? 1 : 2;\n  }\n  while (co_await next()) { co_await g(); }\n"
                     "  auto run = [&](int v) -> Task<int> { co_return co_await h(v); };\n  co_return co_await run(1);\n}\n}\n",
}

# What the rules of the names let pass, file by file.
ROOMS = {
    "src/base/a.h": "namespace dz {\nclass Result;\nnamespace detail {\nstruct Kind {};\n}\n}\n",
    "src/program/p.h": "namespace dz::net { class Loop; enum class Word : int; }\nnamespace std {\ntemplate <> struct hash<dz::Result> {};\n}\n"
                       "namespace dz {\nnamespace program {\nstruct P { struct Inner {}; };\n}\n}  // namespace dz\n"
                       "template <>\nstruct fmt::formatter<dz::program::P> : fmt::formatter<int> {};\n",
    "src/program/live/p.cpp": "#define OPEN namespace dz {\nnamespace dz::program::live {\nnamespace {\nstruct P {};\n}\n"
                              "int f() {\n  using namespace words;\n  return g({1});\n}\n}\n",
    "src/program/p_test.cpp": "using namespace dz::net;\nnamespace dz::program {\nTEST(P, Works) { struct P {}; }\n}\nTEST_MACRO(f(1));\n",
    "src/net/n.cpp": "namespace dz::net {\nnamespace asio = boost::asio;\nnamespace program {\nstruct P {};\n}\n}\n",
    "src/apps/net/main.cpp": '#include "net/n.h"\nnamespace dz::net_main {\nint run();\n}\nnamespace {\nvoid hello() {}\n}\n'
                             'extern "C" char** environ;\nint main() { return dz::net_main::run(); }\n',
    "src/apps/cli/words.h": "namespace dz::cli {\ninline int f(int a) { return a; }\ninline int f(long a) { return f(int(a)); }\n}\n",
}

# A project whose pages cite what is there, each of its kinds once.
CITED = {
    "README.md": "# R\n`src/base`, `base/a.h`, `a_test.cpp`, `src/base/{a,a_test}.cpp`, `src/*/p.cpp`, `tools/run.py --list`, `docs/`, `plan.toml`\n"
                 "`Evidence`, `Evidence::tally`, `read_row()`, `max_age`, `plan_*`, `kMaxAge`, `Store.ForgetsNothing`,\n"
                 "`dz_rows_total{result}`, `Result<T>`, `WriteMode`\n"
                 "`/api/v1/gone_rows`, `/etc/gone/gone.toml`, `Switch1/1/1.1004`, `ledger.poll`, `link get --code CODE`, `./gone/a.toml --x`, `a <gone_one> b`, `build/x`,\n"
                 "`two_\nlines`, ``gone_one``\n```\n`gone_one` and `src/gone.h`\n```\n",
    "docs/metrics.md": "# M\n`/metrics` has `dz_...`: `rows_total`. See `metrics.md`, `x/y.md` and `../src/base`.\n",
    "docs/x/y.md": "# Y\n",
    "docs/adr/0001-then.md": "# T\n`src/gone.h` and `gone_one` were there.\n",
    "CHANGELOG.md": "# C\n`gone_one` went.\n",
    "tools/run.py": "# a comment with gone_one\nplan = 'plan.toml'\n",
    "src/base/a.cpp": '#include "base/gone_one.h"\n// gone_one, gone_one.cpp and GoneStore are words of a comment\nnamespace dz {\n'
                      'class Evidence { int tally(); };\nint read_row(int max_age = kMaxAge);\nauto plan_all = Result<int>(WriteMode::Observe);\n'
                      'TEST(Store, ForgetsNothing) { metrics("dz_").counter("rows_total", "src/gone_one.cpp"); }\n}\n',
}


class StyleTest(unittest.TestCase):
    def findings(self, rule, **changed):
        """Findings of a rule on the clean tree with some files changed (keys with __ for /) or added."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**CLEAN, **changed.get("files", {})}.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return list(check_style.RULES[rule](check_style.Tree(folder)))

    def expect(self, rule, where, name, text):
        found = self.findings(rule, files={name: text})
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(where + ":"), found[0])

    def test_a_clean_tree_has_no_findings(self):
        for rule in check_style.RULES:
            with self.subTest(rule):
                self.assertEqual(self.findings(rule), [])

    def test_layers(self):
        self.expect("layers", "src/base/a.cpp:2", "src/base/a.cpp", '\n#include "program/p.h"\n')
        self.expect("layers", "src/base/a.cpp:1", "src/base/a.cpp", '#include "nowhere/p.h"\n')
        self.expect("layers", "src/other/o.cpp:1", "src/other/o.cpp", "int o;\n")
        self.expect("layers", "CMakeLists.txt:1", "CMakeLists.txt", "foreach(layer program base net)\n")
        self.expect("layers", "ARCHITECTURE.md:1", "ARCHITECTURE.md", "# A\nno table\n")

    def test_rigs_are_for_tests(self):
        layers = ("base", "program", "net", "testbed", "apps")
        rooms = {"ARCHITECTURE.md": "# A\n\n## Layers\n" + "".join(f"| `{layer}` | x |\n" for layer in layers),
                 "CMakeLists.txt": f"foreach(layer {' '.join(layers)})\n",
                 "src/testbed/t.h": "", "src/net/a_test.cpp": '#include "testbed/t.h"\n',
                 "src/net/net_fixture.h": '#include "testbed/t.h"\n', "src/apps/cli/test_shell.h": '#include "testbed/t.h"\n'}
        self.assertEqual(self.findings("layers", files=rooms), [])
        for name in ("src/net/a.cpp", "src/apps/cli/ui/shell.h"):
            found = self.findings("layers", files={**rooms, name: '#include "testbed/t.h"\n'})
            self.assertEqual([f.split(":")[0] for f in found], [name])

    def test_private(self):
        files = {"src/base/state.h": "// Private to base/: what it holds.\n#pragma once\n",
                 "src/base/a.cpp": '#include "base/state.h"\n'}
        self.assertEqual(self.findings("private", files=files), [])
        for name in ("src/program/p.cpp", "bench/p.cpp"):
            found = self.findings("private", files={**files, name: '\n#include "base/state.h"\n'})
            self.assertIn(f"{name}:2", " ".join(found))

    def test_rooms_inside_a_folder(self):
        rooms = {"src/program/live/l.cpp": '#include "program/live/l.h"\n#include "program/rules/r.h"\n',
                 "src/program/rules/r.h": '#include "program/runtime/accounts.h"\n',
                 "src/program/p_test.cpp": '#include "program/live/l.h"\n#include "program/guarded/g.h"\n'}
        self.assertEqual(self.findings("layers", files=rooms), [])
        for name, other in (("live/l.cpp", "guarded/g.h"), ("guarded/g.cpp", "live/l.h"), ("rules/r.cpp", "live/l.h"),
                            ("runtime/a.h", "rules/r.h")):
            found = self.findings("layers", files={**rooms, f"src/program/{name}": f'\n#include "program/{other}"\n'})
            self.assertEqual([f.split(": ")[0] for f in found], [f"src/program/{name}:2"])

    def test_layers_inside_a_folder(self):
        cli = {"ARCHITECTURE.md": "# A\n\n## Layers\n| `apps` | x |\n", "CMakeLists.txt": "foreach(layer apps)\n",
               **{name: "" for name in CLEAN if name.startswith("src/")},
               "src/apps/cli/ui/u.cpp": '#include "apps/cli/ui/u.h"\n', "src/apps/cli/verbs/v.cpp": '#include "apps/cli/ui/u.h"\n',
               "src/apps/cli/line.cpp": '#include "apps/cli/verbs/v.h"\n#include "apps/cli/ui/u.h"\n',
               "src/apps/cli/verbs/v_test.cpp": '#include "apps/cli/line.h"\n'}
        clean = self.findings("layers", files=cli)
        for name, text in [("src/apps/cli/ui/u.cpp", '#include "apps/cli/verbs/v.h"\n'),
                           ("src/apps/cli/ui/u.h", '#include "apps/cli/line.h"\n'),
                           ("src/apps/cli/verbs/v.cpp", '#include "apps/cli/line.h"\n')]:
            with self.subTest(name):
                found = [f for f in self.findings("layers", files={**cli, name: text}) if f not in clean]
                self.assertEqual([f.split(": ")[0] for f in found], [name + ":1"])

    def test_purity(self):
        for text in ("#include <fstream>", "#include <thread>", "#include <spdlog/spdlog.h>", "#include <sys/socket.h>",
                     "auto t = std::chrono::system_clock::now();", "auto t = time(nullptr);", "int r = rand();",
                     "std::this_thread::yield();", 'auto e = std::getenv("E");', "#include <boost/asio/io_context.hpp>"):
            with self.subTest(text):
                self.expect("purity", "src/program/p.cpp:2", "src/program/p.cpp", "// a comment\n" + text + "\n")
        self.assertEqual(self.findings("purity", files={"src/net/n.h": "#include <thread>\n"}), [])

    def test_purity_of_headers(self):
        files = {"src/net/m.h": "#include <boost/beast/http.hpp>\n", "src/net/n.h": '#include "net/m.h"\n'}
        self.assertEqual(self.findings("purity", files=files), [])
        found = self.findings("purity", files={**files, "src/program/p.cpp": '#include "net/n.h"\n'})
        self.assertEqual([f.split(": ")[0] for f in found], ["src/program/p.cpp:1"])

    def test_banned(self):
        for text in ("throw 1;", "auto v = x | std::views::take(2);", "#include <source_location>", "#include <expected>"):
            with self.subTest(text):
                self.expect("banned", "src/net/n.cpp:1", "src/net/n.cpp", text + "\n")

    def test_co_await(self):
        for text in ("auto r = co_await call(Request{.method = m});", "R r{.x = co_await f()};", "auto s = b ? co_await f() : d;",
                     "co_await f(b ? x : y);", "co_await spawn([p] { return p; });", "co_await f(std::vector<int>{a, b});",
                     "auto r = combine(Request{1}, co_await f());", "return R{co_await f()};", "co_await f({a, b});"):
            with self.subTest(text):
                self.expect("co_await", "src/net/n.cpp:3", "src/net/n.cpp", "T f() {\n  g();\n  " + text + "\n  h();\n}\n")
        self.expect("co_await", "src/program/p.cpp:2", "src/program/p.cpp", "T f() {\n  co_await g();\n}\n")

    def test_namespaces(self):
        self.assertEqual(self.findings("namespaces", files=ROOMS), [])
        for where, text in [
                ("src/program/p.h:1", "namespace dz {\nstruct P {};\n}\n"),
                ("src/program/p.h:2", "\nnamespace dz::net {\nclass Loop;\nint f();\n}\n"),
                ("src/program/p.h:1", "namespace dz::net { class Loop {}; }\n"),
                ("src/program/p.h:2", "namespace dz {\nnamespace net {\nstruct P {};\n}\n}\n"),
                ("src/program/p.h:1", "namespace dz::programs {\nint f();\n}\n"),
                ("src/program/p.h:1", "namespace program {\nint f();\n}\n"),
                ("src/program/p.h:1", "struct P {};\nint f() { return 1; }\n"),
                ("src/program/p.h:1", "template <typename T>\nint f(T) { return 1; }\n"),
                ("src/program/p.cpp:2", "namespace dz {\nnamespace {\nint f() { return 1; }\n}\n}\n"),
                ("src/program/p.cpp:1", "namespace {\nint f() { return 1; }\n}\n"),
                ("src/program/p_test.cpp:1", "namespace dz {\nTEST(P, Works) {}\n}\n"),
                ("src/program/live/p.h:1", "namespace dz::live {\nint f();\n}\n"),
                ("src/base/a.h:1", "namespace dz::base {\nint f();\n}\n"),
                ("src/base/a.h:1", "namespace dz::net {\nint f();\n}\n"),
                ("src/apps/net/node.h:1", "namespace dz::net {\nint f();\n}\n"),
                ("src/apps/cli/verb.h:1", "namespace dz::cli_main {\nint f();\n}\n")]:
            with self.subTest(text):
                self.expect("namespaces", where, where.split(":")[0], text)

    def test_namespaces_come_by_name(self):
        for name, text in [("src/program/p.h", "using namespace dz::net;"), ("src/program/p.h", "using namespace words;"),
                           ("src/program/p.cpp", "using namespace dz;"), ("src/program/p.cpp", "using namespace ::dz::net;"),
                           ("src/program/p.cpp", "int f() { using namespace net; return 1; }")]:
            with self.subTest(text):
                self.expect("namespaces", name + ":2", name, "namespace dz::program {\n" + text + "\n}\n")
        for name in ("src/program/p_test.cpp", "tests/e2e/p.cpp", "bench/p_bench.cpp"):
            self.assertEqual(self.findings("namespaces", files={name: "using namespace dz::net;\n"}), [])

    def test_one_definition(self):
        self.assertEqual(self.findings("one_definition", files=ROOMS), [])
        header = "namespace dz::net {\nclass Port;\nstruct Port final : Base<int> {\n  int a = 1;\n};\n}\n"
        for text in ("class Port {};", "enum class Port : int { A };", "union Port {};", "template <typename T>\nclass [[nodiscard]] Port {};"):
            with self.subTest(text):
                found = self.findings("one_definition", files={
                    "src/net/m.h": header, "src/program/p.h": "namespace dz {\nnamespace net {\n" + text + "\n}\n}\n"})
                self.assertEqual(len(found), 1, found)
                self.assertTrue(found[0].startswith("src/program/p.h:3: type dz::net::Port is defined in src/net/m.h:3 too"), found[0])
        for text in ("class Port;", "struct Outer { class Port {}; };", "namespace {\nclass Port {};\n}", "void f() { struct Port {}; }",
                     "enum class Ports { Port };", "Port port{1};", "template <>\nstruct Port<int> {};"):
            with self.subTest(text):
                self.assertEqual(self.findings("one_definition", files={
                    "src/net/m.h": header, "src/net/m.cpp": "namespace dz::net {\n" + text + "\n}\n"}), [])

    def test_one_definition_in_the_tests_of_a_folder(self):
        text = "namespace dz {\nclass Rig {};\n}\n"
        found = self.findings("one_definition", files={"src/net/a_test.cpp": text, "src/net/x/b_test.cpp": text})
        self.assertEqual([f.split(": ")[0] for f in found], ["src/net/x/b_test.cpp:2"])
        self.assertEqual(self.findings("one_definition", files={"src/net/a_test.cpp": text, "src/base/b_test.cpp": text}), [])
        self.assertEqual(len(self.findings("one_definition", files={"src/net/a_test.cpp": text, "src/base/b.h": text})), 1)

    def test_one_definition_of_inline_functions(self):
        header = "namespace dz {\ninline int most(const Port& a, int b = 1) { return b; }\n}\n"
        for text, count in [("inline int most(const Port& x, int y) { return 2; }", 1), ("constexpr int most(const Port&, int) { return 2; }", 1),
                            ("inline int most(const Port& x) { return 2; }", 0), ("inline int most(const Port& x, int y);", 0),
                            ("static inline int most(const Port& x, int y) { return 2; }", 0)]:
            with self.subTest(text):
                found = self.findings("one_definition", files={"src/base/m.h": header, "src/net/m.h": "namespace dz {\n" + text + "\n}\n"})
                self.assertEqual([f.split(": ")[0] for f in found], ["src/net/m.h:2"] * count)

    def test_cited(self):
        self.assertEqual(self.findings("cited", files=CITED), [])
        for span in ("src/base/gone.h", "base/gone.cpp", "src/gone", "gone/a.h", "src/base/{a,gone}.h", "src/*/gone.cpp", "docs/gone/",
                     "tools/gone.py --list", "gone_test.cpp", "gone.toml", "GoneStore", "GoneStore::tally", "Evidence::gone", "gone_one",
                     "gone_one()", "gone_*", "kGone", "goneRow", "Gone.ForgetsNothing", "Store.ForgetsAll", "GoneResult<T>", "GONE_ONE",
                     "dz_gone_total", "rows_gone{result}"):
            for page in ("CONTRIBUTING.md", "docs/x/y.md"):
                with self.subTest(span=span, page=page):
                    found = self.findings("cited", files={**CITED, page: f"# P\nSee\n`base/a.h` and `{span}`.\n"})
                    self.assertEqual([f.split(" is ")[0] for f in found], [f"{page}:3: `{span}`"])

    def test_headers_cite_no_design_page(self):
        for text in ("(design 2)", "(design section 4.1)"):
            with self.subTest(text):
                self.expect("cited", "src/base/a.h:2", "src/base/a.h", f"\n// Ordered {text}.\n")
        self.assertEqual(self.findings("cited", files={"src/base/a.h": "// The design (two layers) of 2 parts.\n"}), [])

    def test_orphans(self):
        self.expect("orphans", "src/base/b.cpp:1", "src/base/b.cpp", "int b;\n")
        self.expect("orphans", "src/base/a_test.cpp:1", "src/base/CMakeLists.txt", "dz_library(base SOURCES a.cpp a_test.cpp)\n")
        self.expect("orphans", "tests/e2e/x_test.py:1", "tests/e2e/x_test.py", "pass\n")
        self.expect("orphans", "src/base/a.cpp:1", "src/base/CMakeLists.txt", "# a.cpp\ndz_test(b SOURCES a_test.cpp)\n")

    def test_tests(self):
        self.expect("tests", "src/base/a_test.cpp:1", "src/base/a_test.cpp", "std::this_thread::sleep_for(1s);\n")

    def test_sizes(self):
        self.expect("sizes", "src/base/a.h:501", "src/base/a.h", "\n" * 501)
        self.assertEqual(self.findings("sizes", files={"src/base/a.h": "// Long because it is a table.\n" + "\n" * 501}), [])

    def test_docs(self):
        self.expect("docs", "docs/x.md:1", "docs/x.md", "no title\n")
        self.expect("docs", "docs/x.md:2", "docs/x.md", "# One\n# Two\n")
        self.expect("docs", "docs/x.md:2", "docs/x.md", "# One\n[gone](../gone.md)\n")
        self.expect("docs", "docs/x.md:2", "docs/x.md", "# One\n[gone](../ARCHITECTURE.md#gone)\n")
        self.expect("docs", "README.md:121", "README.md", "# R\n" + "line\n" * 120)

    def test_held(self):
        table = "# D\n| who | at worst | held by |\n|---|---|---|\n| a | b | `Store.ForgetsNothing` |\n"
        self.assertEqual(self.findings("held", files={"docs/x.md": table + "\n| other | table |\n|---|---|\n| a | b |\n"}), [])
        for row in ("| a | b | |", "| a | b | a test |", "| a | `Store.ForgetsNothing` | nothing |"):
            with self.subTest(row):
                self.expect("held", "docs/x.md:5", "docs/x.md", table + row + "\n")

    def test_neutral(self):
        for text in ("TO" + "DO: later", "/ro" + "ot/build", "https://registry." + "npmjs.org/x"):
            with self.subTest(text):
                self.expect("neutral", "docs/x.txt:1", "docs/x.txt", text + "\n")


if __name__ == "__main__":
    unittest.main()
