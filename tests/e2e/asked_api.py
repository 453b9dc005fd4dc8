"""What a daemon answers over HTTP."""

import gzip
import http.client
import json
import urllib.parse

from cli_lifecycle_test import check


def ask(monitor, path, headers=None, body=None):
    """POST where there is a body."""
    place = urllib.parse.urlsplit(monitor)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    connection.request("GET" if body is None else "POST", path, body=body, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    return answer.status, answer.headers, body


def get(monitor, path):
    status, _, body = ask(monitor, path)
    check(status == 200, f"{path} is answered 200, found {status} {body[:200]}")
    return json.loads(body)
