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
    "src/base/a.cpp": '#include "base/a.h"\n// throw, system_clock::now and getenv in a comment\nconst char* kText = "throw std::views";\n',
    "src/base/a.h": "#pragma once\n",
    "src/base/a_test.cpp": '#include <fstream>\n#include "base/a.h"\nauto t = std::chrono::steady_clock::now();\n',
    "src/program/CMakeLists.txt": "dz_library(program SOURCES\n  p.cpp  # why\n)\n",
    "src/program/p.cpp": '#include "base/a.h"\n#include "program/p.h"\n',
    "src/program/p.h": "#pragma once\n",
    "src/net/CMakeLists.txt": "dz_library(net SOURCES n.cpp)\n",
    "src/net/n.cpp": '#include <boost/asio/ip/tcp.hpp>\n#include "program/p.h"\n'
                     "Task<int> f(Socket& s) {\n  Request r{.method = m};\n  auto [ec, n] = co_await read(s, std::move(r));\n"
                     "  if (co_await g(co_await h())) {\n    int x = b ? 1 : 2;\n  }\n  while (co_await next()) { co_await g(); }\n"
                     "  auto run = [&](int v) -> Task<int> { co_return co_await h(v); };\n  co_return co_await run(1);\n}\n",
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

    def test_neutral(self):
        for text in ("TO" + "DO: later", "/ro" + "ot/build", "https://registry." + "npmjs.org/x"):
            with self.subTest(text):
                self.expect("neutral", "docs/x.txt:1", "docs/x.txt", text + "\n")


if __name__ == "__main__":
    unittest.main()
