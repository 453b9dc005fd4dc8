#!/usr/bin/env python3
"""The Debian package and its systemd units: what is installed where, and that units, settings and programs agree.

  tests/style/package_test.py BUILD_DIR
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import dockerfile_lint

PROJECT = Path(__file__).resolve().parents[2]
PACKAGING = PROJECT / "packaging"
BUILD = Path(sys.argv.pop(1)).resolve()
DAEMONS = ("activator", "ledger", "monitor", "witness")
PROGRAMS = ("doublezero", "doublezero-activator", "doublezero-fleet", "doublezero-ledger", "doublezero-monitor", "doublezero-witness")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class PackageTest(unittest.TestCase):
    def test_every_daemon_has_a_unit_settings_and_a_page(self):
        for daemon in DAEMONS:
            unit = (PACKAGING / f"systemd/doublezero-{daemon}.service").read_text()
            self.assertIn(f"EnvironmentFile=/etc/doublezero/{daemon}.env", unit)
            self.assertIn(f"{daemon.upper()}_OPTIONS=", (PACKAGING / f"etc/{daemon}.env").read_text())
            page = re.search(r"^Documentation=file:///usr/share/doc/doublezero-provisioning/(\S+)", unit, re.M).group(1)
            self.assertTrue((PROJECT / page).exists(), f"{daemon}: the unit names {page}, which is missing")

    def test_without_a_key_the_units_start_all_the_same(self):
        for daemon in ("activator", "monitor"):
            unit = (PACKAGING / f"systemd/doublezero-{daemon}.service").read_text()
            loaded = re.findall(r"^LoadCredential=([^:]+):", unit, re.M)
            self.assertEqual(loaded, ["keypair.json"])
            self.assertEqual(re.findall(r"^SetCredential=([^:]+):none$", unit, re.M), loaded)

    def test_wrong_settings_end_a_daemon_for_good(self):
        common = (PACKAGING / "systemd/doublezero-.service.d/10-common.conf").read_text()
        self.assertIn("\nRestartPreventExitStatus=2\n", common)
        wrong = {"activator": [[], ["--observe", "--keypair", "/nowhere"], ["--observe", "--listen", "nonsense"],
                               ["--config", "/nowhere"], ["--env", "nowhere", "--observe"], ["--no-such-flag"]],
                 "monitor": [[], ["--observe", "--keypair", "/nowhere"], ["--observe", "--listen", "nonsense"],
                             ["--config", "/nowhere"], ["--env", "nowhere"], ["--policy", "/nowhere", "--observe"]],
                 "ledger": [[], ["--memory", "--bind", "nonsense"], ["--config", "/nowhere"], ["--memory", "--profile", "x"]],
                 "witness": [[], ["--name", "w.example"], ["--name", "w.example", "--log", "nonsense"], ["--config", "/nowhere"]]}
        for daemon, lines in wrong.items():
            for words in lines:
                with tempfile.TemporaryDirectory() as folder:
                    done = subprocess.run([BUILD / f"bin/doublezero-{daemon}", *words], capture_output=True, text=True, cwd=folder,
                                          env={"PATH": "/usr/bin:/bin"}, timeout=30, check=False)
                self.assertEqual(done.returncode, 2, f"{daemon} {words}: {done.stderr}")

    def test_settings_are_checked_without_a_key(self):
        for daemon, words in (("activator", []), ("monitor", []), ("ledger", ["--memory"])):
            output(BUILD / f"bin/doublezero-{daemon}", "--check-config", *words)

    def test_settings_files_show_every_key_with_its_default(self):
        for daemon in DAEMONS:
            printed = output(BUILD / f"bin/doublezero-{daemon}", "--print-settings")
            self.assertIn(printed, (PACKAGING / f"etc/{daemon}.toml").read_text(),
                          f"packaging/etc/{daemon}.toml: expected what doublezero-{daemon} --print-settings says")

    def test_settings_files_are_right_with_everything_uncommented(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("alpha.token", "qa.token", "influx.token", "prometheus.password", "lake.password", "slack.url"):
                secret = Path(folder) / name
                secret.write_text("https://hooks.slack.com/services/T/B/x" if name == "slack.url" else "a-secret-of-24-characters")
                secret.chmod(0o600)
            for daemon, more in (("activator", []), ("monitor", ["--observe"]), ("ledger", ["--memory"])):
                text = (PACKAGING / f"etc/{daemon}.toml").read_text().replace("/etc/doublezero/", folder + "/")
                text = re.sub(r"^#(?=[a-z\[])", "", text, flags=re.M)
                text = re.sub(r"^[\w-]+ = \n", "", text, flags=re.M)  # no default
                file = Path(folder) / f"{daemon}.toml"
                file.write_text(text)
                file.chmod(0o600)
                said = output(BUILD / f"bin/doublezero-{daemon}", "--config", file, "--check-config", *more)
                for kind in ("influxdb", "prometheus", "clickhouse") if daemon == "monitor" else ():
                    self.assertIn(f": {kind} at https://", said)

    def test_versions_name_their_commit(self):
        for program in PROGRAMS:
            self.assertRegex(output(BUILD / "bin" / program, "--version"),
                             rf"^{program} \d+\.\d+\.\d+ \(commit ([0-9a-f]{{12}}(-changed)?|unknown|[\w.-]+)\)\n$")

    def test_programs_name_no_folder_of_their_build(self):
        for program in PROGRAMS:
            self.assertNotIn(str(PROJECT).encode(), (BUILD / "bin" / program).read_bytes())

    def test_the_image_is_the_package(self):
        text = (PACKAGING / "docker/Dockerfile").read_text()
        units = {d: (PACKAGING / f"systemd/doublezero-{d}.service").read_text() for d in DAEMONS}
        users = {re.search(r"^User=(\S+)", unit, re.M).group(1) for unit in units.values()}
        ports = {8900}  # the ledger's WebSocket: the port behind its own
        for daemon, key in (("activator", "port"), ("monitor", "port"), ("ledger", "rpc-port"), ("witness", "port")):
            ports.add(int(re.search(rf"^#{key} = (\d+)", (PACKAGING / f"etc/{daemon}.toml").read_text(), re.M).group(1)))
        self.assertEqual(dockerfile_lint.lint(text, users, ports), [])
        self.assertIn("./dev package", text)
        for daemon in DAEMONS:
            self.assertIn(f'"/var/lib/doublezero-{daemon}"', text)
            self.assertIn(f"StateDirectory=doublezero-{daemon}", units[daemon])

    def test_the_linter_of_the_image_finds_what_it_looks_for(self):
        good = (PACKAGING / "docker/Dockerfile").read_text()
        users, ports = {"doublezero-monitor"}, {8899, 8900, 8090, 8091, 8092}
        for before, after in (("debian:12-slim\n", "debian:latest\n"), ("USER doublezero-monitor", "USER root"),
                              ("USER doublezero-monitor\n", ""), ("8091", "8093"), ("apt-get update", "true"),
                              ("--no-install-recommends", ""), ("COPY . .", "ADD http://x/y /y"), ('CMD ["doublezero", "--help"]', "CMD x")):
            self.assertIn(before, good)
            self.assertNotEqual(dockerfile_lint.lint(good.replace(before, after), users, ports), [], after)

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
class BuiltPackageTest(unittest.TestCase):
    """Of one package; and another one, of the same tree, to compare with."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.first = cls.build("first")
        cls.root = Path(cls.folder.name) / "root"
        output("dpkg-deb", "-x", cls.first, cls.root)
        cls.modes = {line.split(maxsplit=5)[5][1:]: line.split()[0] for line in output("dpkg-deb", "-c", cls.first).splitlines()}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def build(cls, name):
        out = Path(cls.folder.name) / name
        output(sys.executable, PROJECT / "tools/package.py", BUILD, out)
        return next(out.glob("*.deb"))

    def test_the_same_tree_gives_the_same_bytes_whoever_makes_it(self):
        """Also by somebody with settings of their own, even ones that cannot be read."""
        mask, mine = os.umask(0o077), dict(os.environ)
        stray = Path(self.folder.name) / "home"
        for folder in (stray / "doublezero/cli", stray / ".config/doublezero/cli"):
            folder.mkdir(parents=True)
            (folder / "config.yml").write_text("json_rpc_url: [this is no URL")
        os.environ.update(HOME=str(stray), XDG_CONFIG_HOME=str(stray), COLUMNS="40", LANG="de_DE.UTF-8",
                          DOUBLEZERO_CONFIG_FILE=str(stray / "doublezero/cli/config.yml"), DZ_LEDGER_RPC_URL="http://stray.example")
        try:
            second = self.build("second")
        finally:
            os.umask(mask)
            os.environ.clear()
            os.environ.update(mine)
        self.assertTrue(self.first.read_bytes() == second.read_bytes(), "two packages of one tree differ")

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("git"), "needs root and git")
    def test_the_date_is_that_of_the_commit_also_in_a_tree_of_somebody_else(self):
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder) / "tree"
            shutil.copytree(PROJECT / "tools", tree / "tools")
            date = {"GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000"}
            for step in (["init", "-q"], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "--allow-empty", "-m", "x"]):
                subprocess.run(["git", "-C", tree, *step], check=True, env={**os.environ, **date})
            for path in [tree, *tree.rglob("*")]:
                os.chown(path, 1, 1, follow_symlinks=False)
            alone = {k: v for k, v in os.environ.items() if k != "SOURCE_DATE_EPOCH" and not k.startswith("GIT_")}
            done = subprocess.run([sys.executable, tree / "tools/package.py", "--date"], capture_output=True, text=True, check=False,
                                  env={**alone, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"})
            self.assertEqual((done.stdout, done.stderr), ("1700000000\n", ""))

    def test_content(self):
        self.assertEqual(sorted(f for f in self.modes if f.startswith("/usr/bin/") and not f.endswith("/")),
                         [f"/usr/bin/{name}" for name in PROGRAMS])
        for daemon in DAEMONS:
            for kind in ("env", "toml"):
                self.assertEqual(self.modes[f"/etc/doublezero/{daemon}.{kind}"], "-rw-------")
            self.assertEqual(self.modes[f"/lib/systemd/system/doublezero-{daemon}.service"], "-rw-r--r--")
        for file in ("/lib/systemd/system/doublezero-.service.d/10-common.conf", "/usr/share/doc/doublezero-provisioning/copyright",
                     "/usr/share/doublezero-provisioning/policy/rfc.toml", "/usr/share/man/man8/doublezero-monitor.8",
                     "/usr/share/man/man1/doublezero.1", "/usr/share/bash-completion/completions/doublezero"):
            self.assertIn(file, self.modes)
        self.assertEqual(self.modes["/usr/share/doublezero-provisioning/backup/doublezero-backup"], "-rwxr-xr-x")
        for file in ("prometheus/alerts.yml", "grafana/fleet.json", "nginx/doublezero.conf"):
            self.assertIn("/usr/share/doublezero-provisioning/" + file, self.modes)
        control = output("dpkg-deb", "-f", self.first)
        self.assertIn("\nSuggests: bash-completion\n", control)
        for library in ("libboost-json1.81", "libsodium", "libsqlite3", "libcurl"):
            self.assertIn(library, control)

    def test_settings_are_given_to_their_daemons(self):
        script = (PACKAGING / "deb/postinst").read_text()
        self.assertIn('chown "$user:$user" "$settings"', script)
        output("sh", "-n", PACKAGING / "deb/postinst")

    def test_installed_pages_have_no_dead_links(self):
        docs = self.root / "usr/share/doc/doublezero-provisioning"
        dead = []
        for page in docs.rglob("*.md"):
            for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
                target, _, anchor = link.partition("#")
                if "://" in link or link.startswith("mailto:"):
                    continue
                to = (page.parent / target).resolve() if target else page
                if not to.exists():
                    dead.append(f"{page.relative_to(docs)}: {link}")
                elif anchor and to.suffix == ".md" and anchor not in anchors(to):
                    dead.append(f"{page.relative_to(docs)}: {link}: no such heading")
        self.assertEqual(dead, [])

    def test_man_pages_say_what_the_programs_say(self):
        page = (self.root / "usr/share/man/man1/doublezero.1").read_text()
        for word in ("LINK DRAIN", "DEVICE CREATE", "KEYGEN"):
            self.assertIn(f"\n.SH {word}\n", page)
        daemon = (self.root / "usr/share/man/man8/doublezero-monitor.8").read_text()
        for flag in ("config", "observe", "metrics\\-records"):
            self.assertIn("\\-\\-" + flag, daemon)
        if shutil.which("man"):
            for file in (self.root / "usr/share/man").rglob("*.[18]"):
                done = subprocess.run(["man", "--warnings", "-l", "-Tutf8", str(file)], capture_output=True, text=True, check=False,
                                      env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "200"})
                self.assertEqual(done.stderr, "", file.name)

    def test_bill_of_materials(self):
        bill = json.loads((self.root / "usr/share/doc/doublezero-provisioning/sbom.cdx.json").read_text())
        self.assertEqual((bill["bomFormat"], bill["specVersion"], bill["version"]), ("CycloneDX", "1.5", 1))
        self.assertRegex(bill["serialNumber"], r"^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
        refs = [c["bom-ref"] for c in bill["components"]]
        self.assertEqual(len(refs), len(set(refs)))
        self.assertEqual(bill["dependencies"][0]["dependsOn"], sorted(refs))
        names = {c["name"]: c for c in bill["components"]}
        depends = re.findall(r"([a-z0-9.+-]+)(?: \([^)]*\))?(?:, |$)", output("dpkg-deb", "-f", self.first, "Depends").strip())
        for package in set(depends) - {"passwd"}:
            self.assertIn(f"pkg:deb/debian/{package}@", names[package]["purl"])
        for program in PROGRAMS:
            self.assertEqual(names[program]["hashes"][0]["content"], sha256(self.root / "usr/bin" / program))
        bundled = PROJECT / "build/console/packages.json"
        for package in json.loads(bundled.read_text()) if bundled.exists() else []:
            listed = names[package["name"]]
            self.assertEqual(listed["purl"], f"pkg:npm/{package['name']}@{package['version']}")
            self.assertEqual(listed["licenses"], [{"license": {"id": package["license"]}}])
            self.assertRegex(listed["hashes"][0]["content"], "^[0-9a-f]{128}$")


def anchors(page):
    """As GitHub makes them of headings."""
    heads = re.findall(r"^#+ +(.*)$", page.read_text(), re.M)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", h).lower() for h in heads)
    return {re.sub(r"[^\w -]", "", h).strip().replace(" ", "-") for h in plain}


def sha256(file):
    return output("sha256sum", file).split()[0]


if __name__ == "__main__":
    unittest.main()
