#!/usr/bin/env python3
"""Writes the console's bundle as C++: built_console() of src/apps/console/built_console.h. The same bundle gives the same
bytes, and a file that would not change is not touched. Without a bundle there is nothing in it.

  tools/embed_console.py DIST OUT.cpp
"""
import gzip
import hashlib
import sys
from pathlib import Path

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".json": "application/json", ".txt": "text/plain; charset=utf-8", ".svg": "image/svg+xml"}
LINE = 96  # bytes of a file in a line of source


def literal(data):
    """Bytes as string literals, which a compiler reads far faster than numbers."""
    lines = (data[at:at + LINE] for at in range(0, len(data), LINE))
    return "\n".join('    "' + "".join(f"\\{byte:03o}" for byte in line) + '"' for line in lines) or '    ""'


def entry(dist, path):
    data, is_page = path.read_bytes(), path.suffix == ".html"
    body = data if is_page else gzip.compress(data, 9, mtime=0)
    tag = hashlib.sha256(data).hexdigest()[:16]
    name, kind = path.relative_to(dist).as_posix(), TYPES[path.suffix]
    return f'  {{"{name}", "{kind}",\n   std::string_view(\n{literal(body)},\n    {len(body)}), "{tag}"}},\n'


def render(dist):
    files = sorted(p for p in dist.rglob("*") if p.is_file())
    if not files:
        body = "  return {};\n"
    else:
        entries = "".join(entry(dist, p) for p in files)
        body = f"  static constexpr std::array<monitor::ConsoleFile, {len(files)}> files{{{{\n{entries}  }}}};\n  return files;\n"
    return ('#include "apps/console/built_console.h"\n\n#include <array>\n#include <string_view>\n\nnamespace dz::console {\n\n'
            f"std::span<const monitor::ConsoleFile> built_console() {{\n{body}}}\n\n}}  // namespace dz::console\n")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    dist, out = Path(sys.argv[1]), Path(sys.argv[2])
    text = render(dist)
    if not out.exists() or out.read_text() != text:
        out.write_text(text)


if __name__ == "__main__":
    main()
