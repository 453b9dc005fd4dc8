#!/usr/bin/env python3
"""Is a broken rule noticed? Each mutant breaks one rule in a copy of one file; the tests of that rule must then fail.

  tests/mutation/mutation_test.py --list
  tests/mutation/mutation_test.py BUILD_DIR MUTANT     exit code 0 when the suite notices

The file is compiled as in BUILD_DIR, with the mutated copy in its place, and linked in front of the libraries of an
existing test program: a few seconds a mutant, and neither the sources nor the build folder are touched.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass
class Mutant:
    name: str
    file: str  # below src/
    old: str  # stands there exactly once
    new: str
    test: str  # the test program that notices: folder/name below BUILD_DIR/src
    recompile: list = field(default_factory=list)  # for a header: the files that include it, below src/


MUTANTS = [
    Mutant("an_unhealthy_record_is_activated", "domain/profile_rfc.cpp",
           "{DesiredStatus::Activated}, {Health::Healthy}, Status::Activated",
           "{DesiredStatus::Activated}, {Health::Healthy, Health::Impaired}, Status::Activated", "lifecycle/lifecycle_test"),
    Mutant("a_return_without_a_judgement_made_anew", "control/provenance.cpp", "bool reset = false, ready = false;",
           "bool reset = true, ready = false;", "control/control_test"),
    Mutant("a_drain_by_hand_is_an_undrain", "control/provenance.cpp",
           "} else if (before.word && is_drained(*before.word)) {", "} else {", "control/control_test"),
    Mutant("what_leaves_service_stays_healthy", "lifecycle/authority.cpp",
           "if (before.status == Status::Activated && status != Status::Activated) return Health::Impaired;", "",
           "lifecycle/lifecycle_test"),
    Mutant("an_old_judgement_survives_a_hold", "lifecycle/authority.cpp",
           "if (status != Status::Activated && asks_to_return && before.health == Health::Healthy) return Health::Impaired;", "",
           "lifecycle/lifecycle_test"),
    Mutant("one_side_undrains_for_both", "lifecycle/authority.cpp", "if (roles.side_a) after.holds.side_a = drains;",
           "if (roles.side_a) after.holds.side_a = after.holds.side_z = drains;", "lifecycle/lifecycle_test"),
    Mutant("anybody_writes_health", "lifecycle/authority.cpp",
           "if (!roles.health_authority && !roles.foundation) return tl::unexpected(Refusal::NotAuthorised);", "",
           "program/program_test"),
    Mutant("side_z_writes_side_a_fields", "program/guarded/link_update.cpp",
           "has_side_a_fields(args) && !roles.side_a && !roles.foundation", "has_side_a_fields(args) && !roles.foundation && false",
           "program/program_test"),
    Mutant("one_unobserved_minute_too_many", "verdict/judge.cpp", "tally->unobserved > policy.unobserved_allowed_of(id)",
           "tally->unobserved > policy.unobserved_allowed_of(id) + 1", "verdict/verdict_test"),
    Mutant("a_window_shorter_than_it_says", "verdict/judge.cpp", " && tally->first_minute_observed;", ";", "verdict/verdict_test"),
    Mutant("a_stale_source_counts_as_met", "verdict/judge.cpp", " || stale(criterion(id).source)) {",
           ") {", "verdict/verdict_test"),
    Mutant("an_added_criterion_forgets_its_own_window", "control/gather.cpp",
           "const auto window = policy.window_of(id, window_);", "const auto window = window_.length;", "control/control_test"),
    Mutant("a_late_value_clears_one_out_of_bounds", "evidence/added_criteria.cpp", "if (!row.in_bounds) values",
           "if (row.in_bounds) { values.minutes.clear(index, kBeyond, m); } else values", "evidence/evidence_test"),
    Mutant("the_stay_rule_is_forgotten", "verdict/health_table.cpp",
           "in.evidence_judgement == Judgement::Met && (in.activated || in.stayed)) return {Health::Healthy, Recovered}",
           "in.evidence_judgement == Judgement::Met) return {Health::Healthy, Recovered}", "verdict/verdict_test"),
    Mutant("one_bad_minute_takes_traffic_away", "verdict/health_table.cpp", "return {Health::Healthy, ToleratedFailure};",
           "return {Health::Impaired, ToleratedFailure};", "verdict/verdict_test"),
    Mutant("the_first_error_of_a_clean_port_is_a_baseline", "evidence/counters.cpp",
           "if (in_contact && value > 0) mark.first_value(counter);", "", "evidence/evidence_test"),
    Mutant("half_of_the_network_silent_is_no_mass_silence", "evidence/mass_silence.cpp", "2 * silent >= active.size()",
           "2 * silent > active.size()", "evidence/evidence_test"),
    Mutant("the_activator_sends_twice", "control/plan_activator.cpp", "if (row == nullptr || view.busy.contains(key)) continue;",
           "if (row == nullptr) continue;", "control/control_test"),
    Mutant("the_monitor_writes_over_a_foreign_health", "control/health_decision.cpp",
           "seen, a, *memory.own_health);\n    return decision;", "seen, a, *memory.own_health);", "control/control_test"),
    Mutant("everybody_is_told_of_what_is_not_in_service", "notify/event.cpp",
           "if (!hook.all && !event.in_service) return false;", "", "notify/notify_test"),
    Mutant("a_receiver_that_is_away_is_given_up", "notify/retry.cpp",
           "return status == 400 || status == 413 || status == 422 ? HookAnswer::Refused : HookAnswer::Again;",
           "return HookAnswer::Refused;", "notify/notify_test"),
    Mutant("a_message_is_sent_while_it_is_on_its_way", "notify/outbox.cpp",
           "if (lane.on_its_way) return Timestamp::max();", "", "notify/notify_test"),
    Mutant("a_webhooks_url_is_shown", "notify/hook.cpp", "replace_all(text, hook.url, shown_url(hook.url));", "",
           "notify/notify_test"),
    Mutant("an_old_decision_explains_what_somebody_else_wrote", "monitor/announcer.cpp", " && d.at >= since;", ";",
           "monitor/monitor_test"),
    Mutant("a_transaction_lands_twice", "ledger/bank.cpp",
           "if (recent_.contains(transaction.signatures.front())) return refuse(wire::TransactionErrorKind::AlreadyProcessed);", "",
           "ledger/ledger_test"),
]


def mutate(mutant, overlay):
    """The overlay holds the mutated file where src/ has the original."""
    text = (PROJECT / "src" / mutant.file).read_text(encoding="utf-8")
    found = text.count(mutant.old)
    if found != 1:
        sys.exit(f"{mutant.name}: expected its text once in src/{mutant.file}, found it {found} times; "
                 f"the rule moved, so move the mutant with it: {mutant.old}")
    path = overlay / mutant.file
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return path


def command_for(source, build):
    """How BUILD_DIR compiles src/`source`: by itself, or in a group with others (see cmake/Groups.cmake)."""
    entries = json.loads((build / "compile_commands.json").read_text())
    groups = [g for g in build.glob("groups/*.cpp") if f'#include "{source}"\n' in g.read_text()]
    return next(e for e in entries if e["file"] in map(str, [PROJECT / "src" / source, *groups]))


def compile_with(overlay, sources, build):
    """Compiles what has these sources in it, seeing the overlay's files before those of src/. The objects' paths."""
    commands = {entry["file"]: entry for entry in (command_for(source, build) for source in sources)}
    objects = []
    for number, (file, entry) in enumerate(commands.items()):
        words = shlex.split(entry["command"])
        output = words.index("-o") + 1
        objects.append(overlay / f"{number}_{os.path.basename(words[output])}")
        words[output] = str(objects[-1])
        copy = overlay / os.path.relpath(file, PROJECT / "src")
        words[words.index(file)] = str(copy if copy.exists() else file)
        subprocess.run([words[0], f"-I{overlay}", "-w", *words[1:]], check=True, cwd=entry["directory"])
    return objects


def link_with(objects, test, overlay, build):
    """Links the test program with these objects in front: the linker then takes no other copy from the libraries."""
    commands = subprocess.run(["ninja", "-C", build, "-t", "commands", "-s", f"src/{test}"], check=True, capture_output=True, text=True)
    words = shlex.split(next(line for line in reversed(commands.stdout.splitlines()) if f"-o src/{test}" in line))
    words = words[words.index("&&") + 1:] if "&&" in words else words
    words = words[:words.index("&&")] if "&&" in words else words
    replaced = {o.name.split("_", 1)[1] for o in objects}  # the test's own, such as "lifecycle_test.cpp.o"
    words = [w for w in words if not (w.endswith(".o") and os.path.basename(w) in replaced)]
    program = overlay / "mutated_test"
    words[words.index("-o") + 1] = str(program)
    at = words.index("-o") + 2
    subprocess.run(words[:at] + [str(o) for o in objects] + words[at:], check=True, cwd=build)
    return program


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(m.name for m in MUTANTS))
        return 0
    if len(sys.argv) != 3 or sys.argv[2] not in [m.name for m in MUTANTS]:
        print(__doc__)
        return 2
    build = Path(sys.argv[1]).resolve()
    mutant = next(m for m in MUTANTS if m.name == sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        overlay = Path(folder)
        mutate(mutant, overlay)
        objects = compile_with(overlay, mutant.recompile or [mutant.file], build)
        program = link_with(objects, mutant.test, overlay, build)
        done = subprocess.run([program, "--gtest_brief=1", "--gtest_fail_fast"], capture_output=True, text=True, errors="replace", check=False)
    noticed = [line for line in done.stdout.splitlines() if line.startswith("[  FAILED  ]")]
    if done.returncode == 0 or not noticed and done.returncode > 0:
        print(f"{mutant.name}: nobody noticed. {mutant.test} passed although src/{mutant.file} says:\n  {mutant.new}\ninstead of:\n  {mutant.old}")
        return 1
    print("\n".join(noticed) or f"{mutant.test} ended by signal {-done.returncode}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
