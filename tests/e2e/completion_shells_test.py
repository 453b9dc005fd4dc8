#!/usr/bin/env python3
"""zsh and fish are asked for completions as a person asks them: the words are typed, then the Tab key.

Usage: completion_shells_test.py DOUBLEZERO DOUBLEZERO_LEDGER

Exit code 77 when none of the two shells is here; bash is asked by cli_lifecycle_test.py.
"""

import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time

from cli_lifecycle_test import Shell, check, found_network, keys_and_config, onboard, start_ledger

# What is typed after "doublezero ", what is offered, and what stands on the line afterwards where only one fits.
CASES = (
    ("link und", "undrain", "link undrain "),
    ("--url http://x device interface cr", "create", "--url http://x device interface create "),
    ("link drain --pubkey x --h", "--hard --help", None),
    ("link list --status sof", "soft-drained", "link list --status soft-drained "),
    ("link list --status ", None, None),
    ("-e local device get --code z", "zet1", "-e local device get --code zet1 "),
    ("-e ", "devnet local mainnet-beta testnet", None),
    ("device get --code=am", "ams1 ams2", None),
    ("device get --code=z", "zet1", "device get --code=zet1 "),
    ("location get --code la", "lab:01", "location get --code lab:01 "),
    ("location get --code lab:", "lab:01", "location get --code lab:01 "),
    ("link drain --pubkey wa", "wan1", "link drain --pubkey wan1 "),
    ("--keypair {home}/alp", None, "--keypair {home}/alpha.json "),
    ("--keypair={home}/alp", None, "--keypair={home}/alpha.json "),
)
SECONDS = 20


class Terminal:
    """A shell that a person sits at."""

    def __init__(self, command, environment):
        self.child, self.end = pty.fork()
        if self.child == 0:
            os.execvpe(command[0], command, environment)
        self.shown = ""

    def read(self, seconds=0.05):
        while select.select([self.end], [], [], seconds)[0]:
            try:
                more = os.read(self.end, 65536)
            except OSError:
                return
            if b"\x1b[c" in more or b"\x1b[0c" in more:  # fish asks what terminal this is
                os.write(self.end, b"\x1b[?62;c")
            self.shown += more.decode(errors="replace")

    def type(self, text):
        os.write(self.end, text.encode())

    def close(self):
        os.close(self.end)
        try:
            os.kill(self.child, 9)
        except ProcessLookupError:
            pass
        os.waitpid(self.child, 0)


def wait_for_file(terminal, path, what):
    until = time.monotonic() + SECONDS
    while not path.exists():
        terminal.read()
        check(time.monotonic() < until, f"{what}, within {SECONDS} s; the terminal shows {terminal.shown[-600:]!r}")
    time.sleep(0.05)
    return path.read_text()


ZSHRC = """
PS1='> '
autoload -Uz compinit && compinit -u -D
source <("$PROGRAM" completion zsh)
compadd() {
  local -a offered
  builtin compadd -O offered "$@"
  (( $#offered )) && print -rl -- $offered >> "$HOME/offered"
  builtin compadd "$@"
}
line-is() { print -rn -- "$BUFFER" > "$HOME/line.new"; mv "$HOME/line.new" "$HOME/line" }
zle -N line-is
bindkey '^X^L' line-is
setopt no_list_beep no_always_last_prompt
touch "$HOME/ready"
"""

FISHRC = """
function fish_prompt; echo '> '; end
function fish_greeting; end
$PROGRAM completion fish | source
bind \\cx\\cl 'commandline > $HOME/line.new; mv $HOME/line.new $HOME/line'
touch $HOME/ready
"""


def open_terminal(name, environment, home):
    (home / "ready").unlink(missing_ok=True)
    terminal = Terminal([name, "-i"], environment)
    wait_for_file(terminal, home / "ready", f"{name} starts")
    terminal.read(0.3)
    return terminal


def after_tab(terminal, words, home):
    """What stands on the line after Tab; with zsh also what was offered."""
    for file in ("line", "offered"):
        (home / file).unlink(missing_ok=True)
    terminal.type(f"\x15doublezero {words}\t")
    terminal.read(0.2)
    terminal.type("\x18\x0c")
    line = wait_for_file(terminal, home / "line", "the shell tells its line").strip("\n")
    offered = (home / "offered").read_text().split() if (home / "offered").exists() else []
    return line.removeprefix("doublezero "), sorted(set(offered))


def asked(words, environment):
    """What fish offers, with its own word for it."""
    said = subprocess.run(["fish", "-c", f"complete -C 'doublezero {words}'"], capture_output=True, text=True, timeout=SECONDS,
                          env=environment, check=True).stdout
    return sorted(line.split("\t")[0] for line in said.splitlines())


def ask(name, shell, home):
    environment = {"HOME": str(home), "ZDOTDIR": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "TERM": "xterm",
                   "PROGRAM": str(home / "doublezero"), "PATH": f"{home}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    terminal = open_terminal(name, environment, home)
    try:
        for words, offers, line in CASES:
            words = words.format(home=shell.home)
            found, offered = after_tab(terminal, words, home)
            if offers is not None:
                offered = sorted(o.rsplit("=", 1)[-1] for o in (asked(words, environment) if name == "fish" else offered))
                check(offered == offers.split(), f"{name}: '{words}' offers {offers}, found {offered}")
            if line is not None:
                check(found.rstrip() == line.format(home=shell.home).rstrip(), f"{name}: '{words}' becomes {line.format(home=shell.home)!r}, found '{found}'")
    finally:
        terminal.close()
    print(f"{name}: {len(CASES)} lines")


def main():
    doublezero, ledger = sys.argv[1:3]
    shells = [name for name in ("zsh", "fish") if shutil.which(name)]
    for name in {"zsh", "fish"} - set(shells):
        print(f"{name} is not here: apt-get install {name} to have it asked", file=sys.stderr)
    if not shells:
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        process, port = start_ledger(ledger, folder)
        try:
            shell = Shell(doublezero, folder)
            keys = keys_and_config(shell, f"http://127.0.0.1:{port}")
            found_network(shell, keys)
            shell.run("location create --code lab:01 --name Lab --country NL --lat 52 --lng 5")
            onboard(shell, keys)
            home = pathlib.Path(folder)
            (home / "doublezero").symlink_to(pathlib.Path(doublezero).resolve())
            (home / ".zshrc").write_text(ZSHRC)
            (home / ".config/fish").mkdir(parents=True, exist_ok=True)
            (home / ".config/fish/config.fish").write_text(FISHRC)
            for name in shells:
                ask(name, shell, home)
        finally:
            process.kill()


if __name__ == "__main__":
    main()
