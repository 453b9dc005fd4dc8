#!/usr/bin/env python3
"""Writes src/program/cases/*.cases: what each instruction does, and what becomes of its account list when it is spoilt.

An instruction is described once in case_instructions.py, from the specification (docs/formats/program.md, program-live.md): its accounts
with what is looked at in each, its rights, what it changes. Every spoilt list follows from that description by the
rules at the end, which are those of the specification and not of the programs' code. README.md beside this has more.

usage: generate_cases.py [--check]    --check compares with the files and fails when they differ
"""
import pathlib
import sys

import case_instructions  # noqa: F401, which fills INSTRUCTIONS
from case_model import (ARGUMENT, BORSH, DATA, ESCALATION, GUARDED, INSTRUCTIONS, KEYS, LAMPORTS, LIVE, MISSING, PANIC,
                        READONLY)

OUT = pathlib.Path(__file__).resolve().parents[2] / "src" / "program" / "cases"
# --- the rules

def tokens(one, accounts=None, payer=None, signed=True, system="system"):
    accounts = [a.token() for a in one.accounts] if accounts is None else accounts
    return accounts + [(payer or one.payer) + (":ws" if signed else ":w"), system]


class Case:
    def __init__(self, one, what, expected, accounts=None, data=None, given=None):
        self.one, self.what, self.expected = one, what, expected
        self.accounts = tokens(one) if accounts is None else accounts
        self.data = one.data if data is None else data
        self.given = one.given if given is None else given

    def text(self):
        lines = [f"case {self.one.name}: {self.what}"]
        lines += [f"given {change}" for change in self.given]
        lines += [f"data {self.data}", f"accounts {' '.join(self.accounts)}".rstrip()]
        results = {p: r if isinstance(r, tuple) else (r, []) for p, r in self.expected.items() if p in self.one.programs}
        if len(results) == 2 and results[LIVE] == results[GUARDED]:
            results = {"both": results[LIVE]}
        for program, (result, changes) in results.items():
            lines += [f"{program} {result}"] + sorted(changes)
        return "\n".join(lines) + "\n"


def alike(result):
    return {LIVE: result, GUARDED: result}


def done(one):
    return {p: one.ok[p] if isinstance(one.ok[p], str) else ("ok", one.ok[p]) for p in one.programs if p in one.ok}


def short_lists(one):
    whole = tokens(one)
    for n in range(len(whole)):
        result = one.short
        if one.variable is not None and n < len(whole):
            # Fewer than payer and system after the fixed accounts: the live program cannot find the end.
            result = {LIVE: KEYS if n < one.variable else "65", GUARDED: KEYS}
        yield Case(one, f"only the first {n} accounts", result if isinstance(result, dict) else alike(result), whole[:n])


def wrong_signers(one):
    yield Case(one, "the payer did not sign", {LIVE: one.unsigned, GUARDED: PANIC}, tokens(one, signed=False))
    if one.denied is not None:
        yield Case(one, "somebody without the rights", alike(one.denied), tokens(one, payer=one.stranger))


def wrong_systems(one):
    live = PANIC if one.system is True else MISSING if one.system == "paid" else done(one).get(LIVE, "ok")
    yield Case(one, "another account for the system program", {LIVE: live, GUARDED: PANIC}, tokens(one, system="nobody"))


def replaced(one, i, by):
    return [by if n == i else a.token() for n, a in enumerate(one.accounts)]


def wrong_accounts(one):
    for i, account in enumerate(one.accounts):
        mark = ":w" if account.token().endswith(":w") else ""
        if account.kind == "any":
            continue
        yield Case(one, f"a wallet for {account.name}", alike(PANIC), tokens(one, replaced(one, i, "nobody" + mark)))
        if account.kind in ("record", "config"):
            other = "exchange" if account.name in ("location", "london") else "location"
            yield Case(one, f"another record for {account.name}", alike(DATA), tokens(one, replaced(one, i, other + mark)))
        if account.kind == "state":
            yield Case(one, "a contributor for state", alike(BORSH), tokens(one, replaced(one, i, "carols" + mark)))
        if account.kind in ("fixed state", "pool"):
            yield Case(one, f"a contributor for {account.name}", alike(PANIC), tokens(one, replaced(one, i, "bobs" + mark)))


def read_only(one):
    live = {"W": PANIC, "n": PANIC, "w": READONLY, "c": ESCALATION, "l": LAMPORTS}
    for i, account in enumerate(one.accounts):
        if account.marks in live and account.name != one.payer:  # who is writable anyhow
            spoilt = [a.token(False) if n == i else a.token() for n, a in enumerate(one.accounts)]
            guarded = live["l"] if account.marks == "l" else PANIC
            yield Case(one, f"{account.name} read-only", {LIVE: live[account.marks], GUARDED: guarded}, tokens(one, spoilt))


def surplus(one):
    # A list whose end is found from behind ends elsewhere: the payer is then the system program, who did not sign.
    live = one.unsigned if one.variable is not None else done(one).get(LIVE, "ok") if one.lenient else ARGUMENT
    yield Case(one, "an account too many", {LIVE: live, GUARDED: ARGUMENT}, tokens(one) + ["bobs"])


def cut_data(one):
    if one.cut is not None and ":" in one.data.split(" ", 1)[-1] and " " in one.data:
        head, last = one.data.rsplit(" ", 1)
        if last.split(":")[0] in ("str", "u16", "u32", "u64", "u128", "key", "net", "ip", "f64"):
            yield Case(one, "the last argument cut short", alike(one.cut), data=head + " u8:1")


def cases(one):
    if one.raw is not None:
        yield Case(one, "as it should be", done(one), one.raw)
        for n in range(len(one.raw)):
            yield Case(one, f"only the first {n} accounts", alike(one.short), one.raw[:n])
    else:
        yield Case(one, "as it should be", done(one))
    for make in () if one.raw is not None else (short_lists, wrong_signers, wrong_systems, wrong_accounts, read_only, surplus, cut_data):
        yield from make(one)
    for what, options in one.more:
        expected = options.pop("expected")
        yield Case(one, what, expected if isinstance(expected, dict) else alike(expected), **options)


def main():
    files = {}
    for one in INSTRUCTIONS:
        for case in cases(one):
            for program, result in one.overrides.get(case.what, {}).items():
                case.expected[program] = result
            if any(p in case.expected for p in one.programs):
                files.setdefault(one.file, []).append(case.text())
    stale = []
    for file, texts in files.items():
        path = OUT / f"{file}.cases"
        text = "# Written by tests/conformance/generate_cases.py: change case_instructions.py there, not this file.\n\n" + "\n".join(texts)
        if path.exists() and path.read_text() == text:
            continue
        stale.append(path.name)
        if "--check" not in sys.argv:
            path.write_text(text)
    if "--check" in sys.argv and stale:
        sys.exit(f"{', '.join(stale)}: not what generate_cases.py writes; run it")
    print(f"{sum(len(t) for t in files.values())} cases in {len(files)} files")


main()
