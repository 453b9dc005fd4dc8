"""The package's bill of materials: CycloneDX 1.5 as JSON, out of what the programs are linked with and what their headers
come from. The same inputs give the same bytes."""
import base64
import hashlib
import json
import re
import subprocess
import urllib.parse
import uuid
from datetime import datetime, timezone
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def build_packages():
    """The development packages that `./dev` builds with: the one list of them."""
    text = re.search(r"^build_packages=\((.*?)\)", (PROJECT / "dev").read_text(), re.M | re.S).group(1)
    tests = {"libgtest-dev", "libgmock-dev", "librapidcheck-dev", "libbenchmark-dev"}
    return sorted(p for p in text.split() if p.endswith("-dev") and p not in tests)


def installed(package):
    """(version, architecture) as dpkg has it; None: it is not installed."""
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version} ${Architecture}", package], capture_output=True, text=True)
    return tuple(done.stdout.split()) if done.returncode == 0 and done.stdout.strip() else None


def component(package, scope):
    found = installed(package)
    if found is None:
        raise SystemExit(f"sbom: {package} is not installed, so its version is not known; ./dev build installs what is missing")
    version, architecture = found
    purl = f"pkg:deb/debian/{package}@{version}?arch={architecture}&distro=debian-12"
    return {"type": "library", "bom-ref": purl, "name": package, "version": version, "purl": purl, "scope": scope}


def console_components():
    """What is in the console's bundle, as its build has written it down; nothing where it was not built."""
    listed = PROJECT / "build/console/packages.json"
    if not (PROJECT / "build/console/dist/index.html").exists() or not listed.exists():
        return []
    components = []
    for package in json.loads(listed.read_text()):
        purl = f"pkg:npm/{urllib.parse.quote(package['name'])}@{package['version']}"
        kind, _, digest = package["integrity"].partition("-")
        components.append({"type": "library", "bom-ref": purl, "name": package["name"], "version": package["version"], "purl": purl,
                           "scope": "required", "licenses": [{"license": {"id": package["license"]}}],
                           "hashes": [{"alg": kind.upper().replace("SHA", "SHA-"), "content": base64.b64decode(digest).hex()}]})
    return components


def render(name, version, date, depends, programs):
    linked = sorted({re.match(r"\S+", d).group(0) for d in depends})
    components = [component(p, "required") for p in linked]
    components += [component(p, "excluded") for p in build_packages()]  # compiled in, in part: headers
    components += console_components()
    for program in programs:
        digest = hashlib.sha256(program.read_bytes()).hexdigest()
        components.append({"type": "application", "bom-ref": program.name, "name": program.name, "version": version,
                           "hashes": [{"alg": "SHA-256", "content": digest}], "scope": "required"})
    root = f"pkg:deb/{name}@{version}"
    body = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"timestamp": datetime.fromtimestamp(date, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "component": {"type": "application", "bom-ref": root, "name": name, "version": version,
                                       "licenses": [{"license": {"id": "Apache-2.0"}}], "purl": root}},
            "components": components,
            "dependencies": [{"ref": root, "dependsOn": sorted(c["bom-ref"] for c in components)}]}
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body, sort_keys=True))
    return json.dumps({"serialNumber": f"urn:uuid:{serial}", **body}, indent=1, sort_keys=True) + "\n"
