#!/bin/bash
# Run by tools/empty_machine.py --systemd inside a machine that systemd has booted, with the package installed: the first start as
# docs/operating/README.md says it, and what the units promise. Says "ok" or "FAILED" for each; the last line is "checked".
set -u
export HOME=/srv/home LC_ALL=C.UTF-8
daemons="ledger monitor activator"

say() { # say WHAT CONDITION...
  local what=$1
  shift
  if "$@" >/dev/null 2>&1; then echo "ok: $what"; else echo "FAILED: $what"; fi
}
show() { systemctl show -P "$2" "doublezero-$1"; }
is() { [ "$(show "$1" "$2")" = "$3" ]; }
within() { # within SECONDS COMMAND...: until it succeeds
  local left=$(($1 * 5))
  shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ $left -gt 0 ] || return 1
    sleep 0.2
  done
}
runs() { [ "$(systemctl is-active "doublezero-$1")" = active ]; }
answers() { exec 3<>"/dev/tcp/127.0.0.1/$1" && printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3 && head -1 <&3 | grep -q "HTTP/1.[01] "; }
runs_as_its_user() { [ "$(stat -c %U "/proc/$(show "$1" MainPID)")" = "doublezero-$1" ]; }
owned() { [ "$(stat -c '%U %a' "$1")" = "$2" ]; }
quiet() { ! "$@"; }

# ---- as installed
for d in $daemons; do
  say "$d is not started by the installation" quiet runs "$d"
  say "$d.toml belongs to its daemon alone" owned "/etc/doublezero/$d.toml" "doublezero-$d 600"
done
say "systemd understands the units" systemd-analyze verify --man=no doublezero-ledger.service doublezero-monitor.service doublezero-activator.service doublezero-witness.service
for d in $daemons; do
  exposure=$(systemd-analyze security --no-pager "doublezero-$d" | sed -n 's/.*exposure level[^:]*: \([0-9.]*\).*/\1/p')
  echo "doublezero-$d: exposure $exposure of 10"
  say "$d has little exposure" test "${exposure%.*}" -lt 3
done

# ---- without a key: it observes
sed -i 's/^#dry_run = false/dry_run = true/' /etc/doublezero/monitor.toml
sed -i 's/^#observe = false/observe = true/' /etc/doublezero/activator.toml
systemctl start doublezero-ledger
say "the ledger answers" within 10 answers 8899
systemctl start doublezero-monitor doublezero-activator
say "a monitor without a key observes" within 10 answers 8090
say "an activator without a key observes" within 10 answers 8091
for d in $daemons; do say "$d runs as its user" runs_as_its_user "$d"; done
for d in $daemons; do say "the state of $d is its own" owned "/var/lib/doublezero-$d" "doublezero-$d 700"; done
systemctl stop doublezero-monitor doublezero-activator
sed -i 's/^dry_run = true/#dry_run = false/' /etc/doublezero/monitor.toml
sed -i 's/^observe = true/#observe = false/' /etc/doublezero/activator.toml

# ---- the first start, as the page has it
cd /srv/home || exit 1
while IFS= read -r line; do
  line=${line%%#*}
  line=${line//MONITOR_ADDRESS/$(doublezero address --keypair /etc/doublezero/monitor.json 2>/dev/null)}
  line=${line//ACTIVATOR_ADDRESS/$(doublezero address --keypair /etc/doublezero/activator.json 2>/dev/null)}
  [ -z "${line// /}" ] || say "$(echo $line)" bash -c "$line"
done </srv/home/first-start
for d in $daemons; do say "$d is enabled and runs" within 10 runs "$d"; done
say "the monitor reads the ledger with its key" within 20 bash -c 'exec 3<>/dev/tcp/127.0.0.1/8090; printf "GET /healthz HTTP/1.0\r\n\r\n" >&3; head -1 <&3 | grep -q " 200 "'
say "the key file is root's" owned /etc/doublezero/monitor.json "root 600"

# ---- what is killed starts again; what is wrong does not
before=$(show monitor MainPID)
kill -9 "$before"
say "a monitor that was killed starts again" within 15 bash -c "[ \$(systemctl show -P MainPID doublezero-monitor) != $before ] && [ \$(systemctl is-active doublezero-monitor) = active ]"
for d in $daemons; do
  cp -p "/etc/doublezero/$d.toml" "/srv/home/$d.toml"
  echo 'no_such_key = 1' >>"/etc/doublezero/$d.toml"
  systemctl restart "doublezero-$d"
  say "wrong settings end $d with 2" within 10 is "$d" ExecMainStatus 2
done
sleep 7 # longer than RestartSec
for d in $daemons; do
  say "and $d is not started again" is "$d" ActiveState failed
  say "status of $d names the key" bash -c "systemctl status --no-pager -l doublezero-$d | grep -q no_such_key"
  cp -p "/srv/home/$d.toml" "/etc/doublezero/$d.toml"
  systemctl restart "doublezero-$d"
  say "mended, $d runs" within 10 runs "$d"
done

# ---- upgrade, removal
say "an upgrade keeps settings and restarts what runs" bash -c "echo '# mine' >>/etc/doublezero/monitor.toml; dpkg -i /srv/home/build/*.deb && grep -q '# mine' /etc/doublezero/monitor.toml"
for d in $daemons; do say "after it, $d runs" within 15 runs "$d"; done
say "a removal stops them" bash -c "dpkg -r doublezero-provisioning && ! systemctl is-active doublezero-monitor"
say "and keeps settings, keys and state" test -e /etc/doublezero/monitor.toml -a -e /etc/doublezero/monitor.json -a -d /var/lib/doublezero-monitor
say "a purge takes settings and state, and no key" bash -c "dpkg -P doublezero-provisioning && [ ! -e /etc/doublezero/monitor.toml ] && [ ! -e /var/lib/doublezero-monitor ] && [ -e /etc/doublezero/monitor.json ]"
echo checked
