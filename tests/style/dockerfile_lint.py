"""What is asked of packaging/docker/Dockerfile, as findings: a small linter of its own, for nothing here can build it."""
import re


def instructions(text):
    """[(word, rest)] with continued lines joined and comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def stages(found):
    parts = []
    for word, rest in found:
        if word == "FROM":
            parts.append([])
        elif not parts:
            continue
        parts[-1].append((word, rest))
    return parts


def lint(text, users, ports):
    findings = []
    found = instructions(text)
    if not found or found[0][0] not in ("FROM", "ARG"):
        return ["it begins with no FROM"]
    for word, rest in found:
        if word not in {"FROM", "ARG", "WORKDIR", "COPY", "RUN", "VOLUME", "EXPOSE", "USER", "STOPSIGNAL", "CMD", "ENV", "LABEL"}:
            findings.append(f"{word}: not expected here (ADD fetches, ENTRYPOINT hides which daemon runs)")
        if word == "FROM" and not re.match(r"^[a-z0-9/.-]+:(?!latest)[\w.-]+( AS \w+)?$", rest):
            findings.append(f"FROM {rest}: expected an image with a version")
        if word == "RUN" and "apt-get install" in rest:
            for needed in ("apt-get update", "--no-install-recommends", " -y ", "/var/lib/apt/lists"):
                if needed not in rest:
                    findings.append(f"RUN apt-get install without {needed.strip()}")
        if word == "RUN" and re.search(r"\bcurl\b|\bwget\b|chmod 777|sudo", rest):
            findings.append(f"RUN {rest}: fetches, or opens what should be closed")
        if word in ("CMD", "VOLUME") and not rest.startswith("["):
            findings.append(f"{word}: expected the JSON form, which needs no shell")
    last = stages(found)[-1]
    named = [rest for word, rest in last if word == "USER"]
    if not named or named[-1] not in users:
        findings.append(f"USER: expected one of {', '.join(sorted(users))} in the last stage, found {named or 'none'}")
    exposed = sorted(int(p) for word, rest in last if word == "EXPOSE" for p in rest.split())
    if exposed != sorted(ports):
        findings.append(f"EXPOSE: expected {sorted(ports)}, found {exposed}")
    return findings
