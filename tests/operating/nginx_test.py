#!/usr/bin/env python3
"""packaging/nginx/doublezero.conf, run by a real nginx before a real monitor. Skips loudly (77) without nginx or openssl.

Usage: nginx_test.py NGINX DOUBLEZERO_MONITOR
"""
import base64
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

CONF = pathlib.Path(__file__).resolve().parents[2] / "packaging/nginx/doublezero.conf"
NAME = "doublezero.example.net"


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def configure(folder, port, monitor):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "doublezero.key", "-out",
                    folder / "doublezero.crt", "-days", "1", "-subj", f"/CN={NAME}"], check=True, capture_output=True)
    (folder / "doublezero.users").write_text("noc:{PLAIN}secret\n")
    server = CONF.read_text().replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace("/etc/nginx/", f"{folder}/")
    server = server.replace("127.0.0.1:8090", f"127.0.0.1:{monitor}")
    temp = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;\n" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n"
                                       f"events {{}}\nhttp {{\naccess_log off;\n{temp}{server}\n}}\n")


def ask(port, path, method="GET", body=None, user=None):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    headers = {"Host": NAME}
    if user:
        headers["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
    request = urllib.request.Request(f"https://127.0.0.1:{port}{path}", body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def wait_for(true, what):
    for _ in range(100):
        if true():
            return
        time.sleep(0.1)
    sys.exit(f"FAILED: {what} within 10 s")


def reachable(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def main():
    nginx = os.environ.get("DZ_NGINX") or sys.argv[1]
    if not shutil.which(nginx) or not shutil.which("openssl"):
        print("SKIPPED: no nginx or no openssl here: ./dev test unpacks nginx from Debian's package")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        ports = folder / "ports.json"
        monitor = subprocess.Popen([sys.argv[2], "--observe", "--port", "0", "--ports-file", ports, "--store", folder / "m.db", "--profile",
                                    "rfc", "--ledger-url", "http://127.0.0.1:9", "--allow-host", NAME], stderr=subprocess.DEVNULL)
        proxy = None
        try:
            wait_for(lambda: ports.exists() and ports.read_text().strip(), "the monitor listens")
            behind, port = json.loads(ports.read_text())["http"], free_port()
            configure(folder, port, behind)
            proxy = subprocess.Popen([nginx, "-e", folder / "error.log", "-c", folder / "nginx.conf", "-p", folder])
            wait_for(lambda: reachable(port), "nginx listens")
            check(ask(port, "/ping")[0] == 204, "pings pass")
            check(ask(port, "/write", "POST", b"cpu value=1\n")[0] in (204, 503), "writes reach the monitor")
            check(ask(port, "/api/v1/assessments")[0] == 401, "people need a password")
            status, body = ask(port, "/api/v1/assessments", user="noc:secret")
            check(status == 200 and "assessments" in body, f"and get the API with it, found {status} {body}")
            check(ask(port, "/api/v1/assessments", "POST", b"x", user="noc:secret")[0] == 403, "and write nothing")
            for path in ("/", "/healthz", "/r/ams-lon", "/assets/x.js"):
                check(ask(port, path)[0] == 401, f"{path} needs a password")
            status, body = ask(port, "/", user="noc:secret")
            check(status == 200 and "<html" in body, f"the console is there with it, found {status} {body}")
            check(ask(port, "/healthz", user="noc:secret")[0] in (200, 503), "and what it asks")
            check(ask(port, "/api/v1/backtests", "POST", b"{}")[0] == 401, "trying a policy needs a password")
            status, body = ask(port, "/api/v1/backtests", "POST", b"{}", user="noc:secret")
            check(status == 400 and "from" in body, f"and reaches the monitor with it, found {status} {body}")
            check(ask(port, "/metrics", user="noc:secret")[0] == 404, "/metrics stays on this machine")
            status, _ = ask(port, "/api/v1/webhook-tests/noc", "POST", b"", user="noc:secret")
            check(status == 404, f"so does testing a webhook, found {status}")
        finally:
            for process in (proxy, monitor):
                if process:
                    process.terminate()
                    process.wait(timeout=20)
    print("nginx before a monitor: TLS, a password for people, tokens for rows, nothing else")


if __name__ == "__main__":
    main()
