#!/usr/bin/env python3
"""Man pages out of what the programs say of themselves with --help, so that they never say anything else.

  tools/man_pages.py BIN_DIR OUT_DIR [VERSION]
"""
import re
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

SEE = "The pages in /usr/share/doc/doublezero-provisioning/docs/operating, first of all README.md."
FOR_PEOPLE = ("doublezero", "doublezero-fleet")  # section 1; daemons are in section 8


def help_of(program, words):
    done = subprocess.run([str(program), *words, "--help"], check=True, capture_output=True, text=True,
                          env={"PATH": "/usr/bin:/bin", "COLUMNS": "80"})
    return done.stdout.strip("\n")


def subcommands(text):
    """The words that a help lists under a heading ending in "ubcommands:"."""
    found, inside = [], False
    for line in text.splitlines():
        if re.match(r"^\S.*:$", line) or not line.strip():
            inside = bool(re.match(r"^\S*ubcommands:$", line.strip())) or (inside and not line.strip())
        elif inside and (word := re.match(r"^  ([a-z][\w-]*)(\s|$)", line)):
            found.append(word.group(1))
    return found


def commands(program, words=()):
    """Every command with its help, depth first, in the order in which the program lists them."""
    text = help_of(program, words)
    yield words, text
    for word in subcommands(text):
        if word != "help":  # it says what the others say of themselves
            yield from commands(program, (*words, word))


def quoted(text):
    """Lines as they are: no escapes of ours in them, no requests."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in lines)


def about(text):
    first = text.split("\n\n")[0] if not text.startswith("Usage:") else ""
    lines = [line for line in first.splitlines() if not line.startswith("Usage:")]
    return " ".join(" ".join(lines).split()) or "of DoubleZero's network provisioning"


def page(program, version, date):
    name = program.name
    section = 1 if name in FOR_PEOPLE else 8
    day = datetime.fromtimestamp(date, timezone.utc).strftime("%Y-%m-%d")
    parts = [f'.TH {name.upper()} {section} "{day}" "{version}" "DoubleZero provisioning"', ".SH NAME"]
    for words, text in commands(program):
        if not words:
            parts += [quoted(f"{name} - {about(text)}"), ".SH USAGE"]
        else:
            parts.append(".SH " + quoted(" ".join(words).upper()))
        parts += [".nf", quoted(text), ".fi"]
    parts += [".SH SEE ALSO", quoted(SEE), ""]
    return f"man{section}/{name}.{section}", "\n".join(parts)


def pages(programs, version, date):
    """{path below share/man: text}, in order."""
    return dict(page(p, version, date) for p in programs)


def main():
    bin_dir, out_dir = Path(sys.argv[1]), Path(sys.argv[2])
    version = sys.argv[3] if len(sys.argv) > 3 else "unreleased"
    for path, text in pages(sorted(p for p in bin_dir.iterdir() if p.is_file()), version, 0).items():
        (out_dir / path).parent.mkdir(parents=True, exist_ok=True)
        (out_dir / path).write_text(text)


if __name__ == "__main__":
    main()
