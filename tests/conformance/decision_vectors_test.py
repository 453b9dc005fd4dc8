"""The vectors of docs/formats/decision.md, checked by what the page says and Python's own hashes alone."""
import base64
import hashlib
import pathlib
import re
import struct
import sys

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/formats/decision.md"


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def tree_root(leaves):
    """RFC 6962, section 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + tree_root(leaves[:split]) + tree_root(leaves[split:])).digest()


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        part = self.data[self.at:self.at + count]
        assert len(part) == count, f"{count} bytes at {self.at}"
        self.at += count
        return part

    def number(self, form):
        return struct.unpack("<" + form, self.take(struct.calcsize(form)))[0]

    def flag(self):
        return {0: False, 1: True}[self.number("B")]

    def text(self):
        return self.take(self.number("I")).decode()

    def option(self, read):
        return read() if self.flag() else None

    def each(self, read):
        return [read() for _ in range(self.number("I"))]

    def end(self):
        assert self.at == len(self.data), "bytes are left"


def read_statement(data):
    r = Reader(data)
    assert r.take(5) == b"DZDS\1"
    time, minute = lambda: r.number("q"), lambda: r.number("i")
    s = {"genesis": r.take(32), "program": r.take(32), "monitor": r.take(32), "kind": r.number("B"),
         "record": r.take(32), "account": r.take(32), "slot": r.number("Q")}
    for word in ("status", "desired_status", "from", "to", "reason"):
        s[word] = r.text()
    s |= {"reset": r.flag(), "policy": r.take(32), "at": time(), "present_since": r.option(time),
          "evidence_known_at": r.option(time), "window": (r.number("I"), r.number("Q"), r.flag())}
    s["sources"] = r.each(lambda: (r.text(), r.option(minute), r.option(minute), r.flag(), r.number("q")))
    s["criteria"] = r.each(lambda: {
        "name": r.text(), "mode": r.text(), "gates": r.flag(), "judgement": r.text(), "stale": r.flag(),
        "damped": r.flag(), "counts": r.option(lambda: (minute(), minute(), *struct.unpack("<III", r.take(12)))),
        "results": r.option(lambda: (minute(), minute(), *struct.unpack("<II", r.take(8)))),
        "candidates": r.option(lambda: struct.unpack("<II", r.take(8)))})
    s["minutes"] = r.take(32)
    s["opinions"] = r.each(lambda: (r.take(32), minute(), time(), r.take(64)))
    r.end()
    return s


def read_minutes(data):
    r = Reader(data)
    assert r.take(5) == b"DZML\1"
    m = {"criterion": r.text(), "signal": r.text(), "subject": r.text(), "link": r.option(lambda: r.take(32)),
         "parent_port": r.flag(), "derived": r.flag(), "from": r.number("i"), "to": r.number("i")}
    packed = r.take(r.number("I"))
    length = 0 if m["signal"] == "qa" else m["to"] - m["from"]
    m["states"] = [packed[i // 4] >> 2 * (i % 4) & 3 for i in range(length)]
    m |= {"damped": r.number("Q"), "rise": r.number("Q")}
    m["offences"] = r.each(lambda: (r.number("i"), r.number("H")))
    m["values"] = r.each(lambda: (r.number("i"), r.number("H"), r.option(lambda: r.number("Q")), r.number("Q")))
    m["results"] = r.each(lambda: (r.number("q"), r.flag()))
    m["runs"] = r.each(lambda: r.number("q"))
    r.end()
    return m


def main():
    vectors = {name: bytes.fromhex("".join(text.split()))
               for name, text in re.findall(r"^### ([\w ]+)\n\n```\n([0-9a-f\s]+)```", PAGE.read_text(), re.M)}
    said = dict(re.findall(r"^\| ([\w ]+) \| `([0-9a-f]{64}|dzd1:\S+)` \|$", PAGE.read_text(), re.M))
    errors, qa = vectors["minutes of errors"], vectors["minutes of QA"]
    states = read_minutes(errors)["states"]
    assert states == [1, 1, 1, 1, 1, 2, 1, 1, 1, 0], states
    assert read_minutes(qa)["results"] and not read_minutes(qa)["states"]
    roots = {"reset": [], "link": [errors], "device": [errors, qa]}
    hashes = []
    for name, leaves in roots.items():
        statement = read_statement(vectors[f"statement of a {name}"])
        assert statement["minutes"] == tree_root([leaf_hash(leaf) for leaf in leaves]), name
        for criterion in statement["criteria"]:
            if criterion["counts"]:
                first, end, good, bad, unobserved = criterion["counts"]
                assert good + bad + unobserved == end - first, criterion
                assert (good, bad, unobserved) == (states.count(1), states.count(2), states.count(0))
        hashes.append(leaf_hash(vectors[f"statement of a {name}"]))
        assert said[f"hash of the statement of a {name}"] == hashes[-1].hex(), name
    root = tree_root(hashes)
    assert said["root over the three"] == root.hex()
    assert said["memo of the three"] == "dzd1:" + base64.b64encode(root).decode()
    print(f"{len(vectors)} vectors agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
