#!/usr/bin/env python3
"""What a monitor needs for a network: CPU, memory, disk and network, from the figures that bench/sizing_bench.cpp measures.

  tools/sizing.py --links 5000 --devices 1000 [--ports 24000] [--cadence 30] [--history 30]

docs/operating/sizing.md says how the figures were measured and what they leave out.
"""
import argparse

# Measured; docs/operating/sizing.md has the table.
CPU_OF_A_ROW = 3.2e-6  # seconds, pushed, with its write to the file
CPU_OF_A_PASS = 7e-6  # seconds a record
PASS_EVERY = 5.0  # seconds
BYTES_OF_A_ROW = 148  # line protocol, octets of one port
MEMORY_BASE = 27.0  # MiB, of the program with few records
MEMORY_OF_A_PORT = 6.0  # KiB, with its part of a record
FILE_BASE = 11.0  # MB, whatever the size of the network
FILE_OF_A_PORT_MINUTE = 30.0  # bytes
BYTES_OF_A_RECORD = 950  # as the ledger's node sends it
POLL_EVERY = 60.0  # seconds, the monitor's poll_interval


def needs(records, ports, cadence, history):
    rows = ports / cadence
    return {
        "rows a second": rows,
        "CPU of rows, per cent of a core": rows * CPU_OF_A_ROW * 100,
        "CPU of passes, per cent of a core": records * CPU_OF_A_PASS / PASS_EVERY * 100,
        "memory, MiB": MEMORY_BASE + ports * MEMORY_OF_A_PORT / 1024,
        "disk at most, GB": (FILE_BASE * 1e6 + ports * FILE_OF_A_PORT_MINUTE * 1440 * history) / 1e9,
        "evidence in, Mbit/s": rows * BYTES_OF_A_ROW * 8 / 1e6,
        "ledger in, Mbit/s": records * BYTES_OF_A_RECORD * 8 / POLL_EVERY / 1e6,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--links", type=int, required=True)
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--ports", type=int, help="that send counters; by default two a link and one a device")
    parser.add_argument("--cadence", type=float, default=30, help="seconds between two rows of a port (30)")
    parser.add_argument("--history", type=float, default=30, help="days that are kept (30)")
    given = parser.parse_args()
    ports = given.ports if given.ports is not None else 2 * given.links + given.devices
    if min(given.links, given.devices, ports, given.history) < 0 or given.cadence <= 0:
        parser.error("expected counts that are not negative, and a cadence above 0")
    print(f"{given.links + given.devices} records, {ports} ports, a row every {given.cadence:g} s, {given.history:g} days of history")
    for name, value in needs(given.links + given.devices, ports, given.cadence, given.history).items():
        print(f"  {name:<34} {value:,.2f}")


if __name__ == "__main__":
    main()
