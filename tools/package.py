#!/usr/bin/env python3
"""Builds the Debian package from a build folder: what CMake installs, man pages, completions, a bill of materials. The same
tree gives the same bytes: times are SOURCE_DATE_EPOCH's (by default the commit's), owners root's, modes and order fixed.

  tools/package.py BUILD_DIR OUT_DIR
  tools/package.py --date   says that time, or why there is none
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import man_pages
import sbom

PROJECT = Path(__file__).resolve().parents[1]
PACKAGING = PROJECT / "packaging"
NAME = "doublezero-provisioning"
DOCS = f"usr/share/doc/{NAME}"
COMPLETIONS = {"bash": "bash-completion/completions/doublezero", "zsh": "zsh/vendor-completions/_doublezero",
               "fish": "fish/vendor_completions.d/doublezero.fish"}
# What may hold a secret, such as a URL with a token, is the superuser's until postinst gives it to its daemon.
PRIVATE = "etc/doublezero/"


def output(*command, **options):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True, **options).stdout


def source_date():
    if "SOURCE_DATE_EPOCH" in os.environ:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    try:
        # The tree may be another's than root's, who makes the package.
        return int(output("git", "-c", f"safe.directory={PROJECT}", "-C", PROJECT, "log", "-1", "--format=%ct"))
    except (subprocess.CalledProcessError, FileNotFoundError, ValueError):
        sys.exit("package: no repository here to take the date from; set SOURCE_DATE_EPOCH to the seconds since 1970 of the release")


def version():
    return re.search(r"VERSION (\d+\.\d+\.\d+)", (PROJECT / "CMakeLists.txt").read_text()).group(1)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def programs(stage):
    return sorted((stage / "usr/bin").iterdir())


def install(build, stage):
    output("cmake", "--install", build, "--strip", "--prefix", "/usr", env={**os.environ, "DESTDIR": str(stage)})
    for shell, path in COMPLETIONS.items():
        write(stage / "usr/share" / path, output(stage / "usr/bin/doublezero", "completion", shell, "--portable"))
    os.symlink(f"../../{NAME}", stage / DOCS / "data")  # as in the repository, where pages link to its files


def libraries(stage):
    """The packages that the programs need, as dpkg-shlibdeps finds them."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "debian/control", f"Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n")
        found = output("dpkg-shlibdeps", "-O", *(f"-e{p}" for p in programs(stage)), cwd=folder)
    return sorted(found.strip().removeprefix("shlibs:Depends=").split(", "))


def control(stage, depends):
    size = sum(f.stat().st_size for f in stage.rglob("*") if f.is_file() and not f.is_symlink())
    return f"""Package: {NAME}
Version: {version()}
Architecture: {output("dpkg", "--print-architecture").strip()}
Maintainer: The DoubleZero provisioning authors <provisioning@doublezero.invalid>
Installed-Size: {(size + 1023) // 1024}
Depends: {", ".join([*depends, "passwd"])}
Suggests: bash-completion
Section: net
Priority: optional
Description: Ledger, monitor, activator and CLI that decide when a link may carry traffic
"""


def settle_modes(stage):
    """Whatever the umask was."""
    for path in [stage, *stage.rglob("*")]:
        if path.is_symlink():
            continue
        name = str(path.relative_to(stage))
        runs = path.is_dir() or path.parent.name in ("bin", "backup") or name in ("DEBIAN/postinst", "DEBIAN/prerm", "DEBIAN/postrm")
        private = name.startswith(PRIVATE) and path.is_file()
        path.chmod(0o600 if private else 0o755 if runs else 0o644)


def write_md5sums(stage):
    files = sorted(str(f.relative_to(stage)) for f in stage.rglob("*") if f.is_file() and not f.is_symlink())
    sums = output("md5sum", "--", *(f for f in files if not f.startswith(("DEBIAN/", "etc/"))), cwd=stage)
    write(stage / "DEBIAN/md5sums", sums)


def leave_environment(home):
    """What is made must not depend on who makes it: the programs whose help and completions are packaged read no settings
    of that person, and know no environment variables but these."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SOURCE_DATE_EPOCH", "TMPDIR") if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, HOME=str(home), LC_ALL="C.UTF-8", TZ="UTC")


def build_package(build, out):
    date = source_date()
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder) / "stage"
        stage.mkdir()
        leave_environment(Path(folder) / "home")
        install(build, stage)
        for page, text in man_pages.pages(programs(stage), version(), date).items():
            write(stage / "usr/share/man" / page, text)
        depends = libraries(stage)
        write(stage / DOCS / "sbom.cdx.json", sbom.render(NAME, version(), date, depends, programs(stage)))
        for script in ("conffiles", "postinst", "prerm", "postrm"):
            write(stage / "DEBIAN" / script, (PACKAGING / "deb" / script).read_text())
        write(stage / "DEBIAN/control", control(stage, depends))
        write_md5sums(stage)
        settle_modes(stage)
        for path in [*stage.rglob("*"), stage]:
            os.utime(path, (date, date), follow_symlinks=False)
        out.mkdir(parents=True, exist_ok=True)
        return output("dpkg-deb", "--root-owner-group", "-Zxz", "--threads-max=1", "--build", stage, out,
                      env={**os.environ, "SOURCE_DATE_EPOCH": str(date)})


if __name__ == "__main__":
    if sys.argv[1:] == ["--date"]:
        print(source_date())
        sys.exit()
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    print(build_package(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()), end="")
