#!/usr/bin/env python3
"""tools/group_sources.py keeps files apart that would read differently together."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
TOOL, BUILD = PROJECT / "tools" / "group_sources.py", PROJECT / "build"


def inside(text):
    return f"namespace dz::wire {{\nnamespace {{\n{text}\n}}  // namespace\n}}  // namespace dz::wire\n"


class GroupSourcesTest(unittest.TestCase):
    def groups(self, *texts, size=8):
        """The numbers of the files in each group."""
        BUILD.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:
            files = [Path(folder) / f"{number}.cpp" for number in range(len(texts))]
            for file, text in zip(files, texts):
                file.write_text(text)
            done = subprocess.run([sys.executable, TOOL, str(size), f"{folder}/groups"], check=True, capture_output=True, text=True,
                                  input=f"target {' '.join(map(str, files))}\n")
            sources = [Path(line.split('"')[1]) for line in done.stdout.splitlines()]
            self.assertTrue(all(line.startswith("target_sources(target PRIVATE ") for line in done.stdout.splitlines()))
            return [[int(line.split("/")[-1].split(".")[0]) for line in source.read_text().splitlines()]
                    if source.parent.name == "groups" else [int(source.stem)] for source in sources]

    def test_groups_have_at_most_their_size(self):
        self.assertEqual(self.groups("", "", "", "", "", size=2), [[0, 1], [2, 3], [4]])

    def test_the_same_name_in_two_files(self):
        for text in ["int read(int a) { return a; }", "constexpr int kMost = 1;", "constexpr int kLeast = 0, kMost = 1;", "struct Reader {};",
                     "static int read();", "enum class Kind { A };", "template <typename T>\nT read(T t) { return t; }"]:
            self.assertEqual(self.groups(inside(text), "", inside(text)), [[0, 1], [2]], text)

    def test_a_name_that_another_file_uses_for_something_else(self):
        self.assertEqual(self.groups(inside("int find(int a) { return a; }"), "int f() { return find(2); }"), [[0], [1]])
        self.assertEqual(self.groups(inside("struct Entry {};"), "Entry e;"), [[0], [1]])

    def test_members_and_qualified_names_are_none_of_it(self):
        self.assertEqual(self.groups(inside("int find(int a) { return a; }"), "int f() { return a.find(2) + std::find(2) + b->find(1); }"),
                         [[0, 1]])

    def test_names_that_everybody_may_use_do_not_part(self):
        declared = "namespace dz::wire {\nint read(int a) { return a; }\n}  // namespace dz::wire\n"
        self.assertEqual(self.groups(declared, "int f() { return read(2); }"), [[0, 1]])

    def test_the_same_name_for_the_same_thing(self):
        minutes = inside("using std::chrono::minutes;")
        self.assertEqual(self.groups(minutes, minutes), [[0, 1]])
        self.assertEqual(self.groups(minutes, inside("int f(int minutes);")), [[0], [1]])
        self.assertEqual(self.groups("namespace json = boost::json;", "namespace json = other::json;"), [[0], [1]])

    def test_a_macro_is_seen_by_what_follows(self):
        self.assertEqual(self.groups("#define SAYS(x) x\n", "int a = SAYS(2);"), [[0], [1]])

    def test_files_with_paths_of_the_checkout_stay_alone(self):
        self.assertEqual(self.groups("auto a = DZ_SOURCE_DIR;", ""), [[0], [1]])


if __name__ == "__main__":
    unittest.main()
