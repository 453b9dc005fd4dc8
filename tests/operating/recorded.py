"""Pages of /metrics as running daemons gave them on a healthy day: recorded/DAEMON.prom. `recorded.py DAEMON=URL ...` records
them anew, from a network in which everything is as wanted."""
import re
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "recorded"
DAEMONS = ("monitor", "activator", "ledger")
LINE = re.compile(r'^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Sample:
    name: str
    labels: dict
    value: float
    is_counter: bool

    @property
    def series(self):
        return f"{self.name}{{{','.join(f'{k}={chr(34)}{v}{chr(34)}' for k, v in self.labels.items())}}}"


def parse(page, daemon):
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", page, re.M))
    for line in page.splitlines():
        if line.startswith("#") or not line:
            continue
        name, labels, value = LINE.match(line).groups()
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        counts = kinds.get(name) == "counter" or kinds.get(base) == "histogram"
        where = {"job": f"doublezero-{daemon}", "instance": "here"}
        yield Sample(name, {**dict(LABEL.findall(labels or "")), **where}, float(value), counts)


def samples():
    for daemon in DAEMONS:
        yield Sample("up", {"job": f"doublezero-{daemon}", "instance": "here"}, 1.0, False)
        yield from parse((FOLDER / f"{daemon}.prom").read_text(), daemon)


def names():
    return {s.name for s in samples()} - {"up"}


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        daemon_, url = argument.split("=", 1)
        (FOLDER / f"{daemon_}.prom").write_text(urllib.request.urlopen(url + "/metrics").read().decode())
