#!/usr/bin/env python3
"""The house rules that a machine can check. Run by ./dev check and, one test a rule, by ctest (label "style").

  tools/check_style.py [--root DIR] [RULE ...]     all rules when none is named; --list names them

Each rule is a function from a Tree to findings, "path:line: what is wrong; what to do". Exit code 0 clean, 1 findings,
2 wrong usage. tests/style/check_style_test.py plants a violation of every rule and expects it to be found.
"""
import argparse
import sys
from pathlib import Path

from style.citations import check_cited
from style.documents import check_docs, check_held, check_neutral
from style.files import check_orphans, check_sizes, check_tests
from style.language import check_banned, check_co_await
from style.layers import check_layers, check_private, check_purity
from style.names import check_namespaces, check_one_definition
from style.tree import Tree

RULES = {
    "layers": check_layers, "private": check_private, "purity": check_purity, "banned": check_banned, "co_await": check_co_await,
    "namespaces": check_namespaces, "one_definition": check_one_definition,
    "orphans": check_orphans, "tests": check_tests, "sizes": check_sizes, "docs": check_docs, "held": check_held, "cited": check_cited,
    "neutral": check_neutral,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=Path(__file__).resolve().parent.parent, help="the project's folder")
    parser.add_argument("--list", action="store_true", help="print the rules and what they say")
    parser.add_argument("rules", nargs="*", metavar="RULE", help="rules to check; default: all")
    args = parser.parse_args()
    if args.list:
        print("\n".join(f"{name:14} {rule.__doc__}" for name, rule in RULES.items()))
        return 0
    unknown = [r for r in args.rules if r not in RULES]
    if unknown:
        parser.error(f"no rule {', '.join(unknown)}; the rules are: {', '.join(RULES)}")
    tree = Tree(args.root)
    count = 0
    for name in args.rules or RULES:
        for finding in RULES[name](tree):
            count += 1
            print(f"{finding} [{name}]")
    print(f"style: {count} finding{'' if count == 1 else 's'} in {len(tree.files)} files")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
