#!/usr/bin/env python3
"""The Debian package and its systemd units: what is installed where, and that units, settings and programs agree.

  tests/style/package_test.py BUILD_DIR
"""
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGING = PROJECT / "packaging"
BUILD = Path(sys.argv.pop(1)).resolve()
DAEMONS = ("activator", "ledger", "monitor")
PROGRAMS = ("doublezero", "doublezero-activator", "doublezero-fleet", "doublezero-ledger", "doublezero-monitor")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class PackageTest(unittest.TestCase):
    def test_every_daemon_has_a_unit_settings_and_a_page(self):
        for daemon in DAEMONS:
            unit = (PACKAGING / f"systemd/doublezero-{daemon}.service").read_text()
            self.assertIn(f"EnvironmentFile=/etc/doublezero/{daemon}.env", unit)
            self.assertIn(f"{daemon.upper()}_OPTIONS=", (PACKAGING / f"etc/{daemon}.env").read_text())
            page = re.search(r"^Documentation=file:///usr/share/doc/doublezero-provisioning/(\S+)", unit, re.M).group(1)
            self.assertTrue((PROJECT / "docs" / page).exists(), f"{daemon}: the unit names docs/{page}, which is missing")

    def test_settings_are_kept_on_upgrade(self):
        self.assertEqual((PACKAGING / "deb/conffiles").read_text().split(),
                         sorted(f"/etc/doublezero/{f.name}" for f in (PACKAGING / "etc").iterdir()))

    def test_flags_in_units_exist(self):
        for daemon in DAEMONS:
            unit = (PACKAGING / f"systemd/doublezero-{daemon}.service").read_text()
            command = re.search(r"^ExecStart=/usr/bin/(\S+)(.*)", unit, re.M)
            known = output(BUILD / "bin" / command.group(1), "--help")
            for flag in re.findall(r"--[\w-]+", command.group(2)):
                self.assertIn(flag, known, f"{command.group(1)} has no {flag}")

    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd-analyze here")
    def test_systemd_understands_the_units(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(PACKAGING / "systemd", folder, dirs_exist_ok=True)
            for unit in Path(folder).glob("*.service"):
                unit.write_text(unit.read_text().replace("/usr/bin/", f"{BUILD}/bin/"))
            units = sorted(str(u) for u in Path(folder).glob("*.service"))
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True,
                                  env={"SYSTEMD_UNIT_PATH": folder + ":", "PATH": "/usr/bin:/bin"}, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("dpkg-deb") and shutil.which("dpkg-shlibdeps"), "no dpkg-dev here")
    def test_content_of_the_package(self):
        with tempfile.TemporaryDirectory() as folder:
            output("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", folder)
            package = next(Path(folder).glob("*.deb"))
            files = {line.split(maxsplit=5)[5][1:]: line.split()[0] for line in output("dpkg-deb", "-c", package).splitlines()}
            control = output("dpkg-deb", "-f", package)
        self.assertEqual(sorted(f for f in files if f.startswith("/usr/bin/") and not f.endswith("/")),
                         [f"/usr/bin/{name}" for name in PROGRAMS])
        for daemon in DAEMONS:
            self.assertEqual(files[f"/etc/doublezero/{daemon}.env"], "-rw-r--r--")
            self.assertEqual(files[f"/lib/systemd/system/doublezero-{daemon}.service"], "-rw-r--r--")
        self.assertIn("/lib/systemd/system/doublezero-.service.d/10-common.conf", files)
        self.assertIn("/usr/share/doc/doublezero-provisioning/copyright", files)
        self.assertIn("/usr/share/doublezero-provisioning/policy/rfc.toml", files)
        for library in ("libboost-json1.81", "libsodium", "libsqlite3", "libcurl"):
            self.assertIn(library, control)


if __name__ == "__main__":
    unittest.main()
