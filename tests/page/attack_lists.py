"""What the attacks of `attacks` are made of. `{port}` stands for the port of the server."""

from __future__ import annotations

HOSTS = (
    "evil.example", "localhost.evil.example", "127.0.0.1.nip.io:{port}", "localhost", "127.0.0.1", "localhost:1",
    "127.0.0.1:80", "", " ", "localhost:{port}:{port}", "user@localhost:{port}", "localhost:{port}@evil.example",
    "localhost:{port}/", "localhost:{port}#x", "localhost:0{port}0", "localhost.:{port}", "0.0.0.0:{port}",
    "127.1:{port}",
    "2130706433:{port}", "0x7f000001:{port}", "0177.0.0.1:{port}", "127.0.0.2:{port}", "[::1]:{port}", "[::]:{port}",
    "[::ffff:10.0.0.1]:{port}", "192.168.1.1:{port}", "10.0.0.1:{port}", "169.254.169.254:{port}", "retro-timer:{port}",
    "localhost,evil.example:{port}", "localhost:{port},evil.example", "xn--lcalhost-60a:{port}", "localhost%00:{port}",
    "http://localhost:{port}", "-:{port}", "*:{port}", "localhost:+{port}", "localhost:{port} evil", "a" * 300,
)  # fmt: skip
ORIGINS = (
    None, "", "null", "http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1", "http://127.0.0.1:1",
    "http://localhost:{port}", "http://127.0.0.1:{port}.evil.example", "http://evil.example:{port}",
    "http://127.0.0.1:{port}@evil.example", "http://user@127.0.0.1:{port}", "http://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}/x", "http://127.0.0.1:{port} http://evil.example", "127.0.0.1:{port}",
    "//127.0.0.1:{port}",
    "file://", "data:", "about:blank", "chrome-extension://abcdefghijklmnop", "moz-extension://1234",
    "ws://127.0.0.1:{port}",
    "http://[::1]:{port}", "http://127.1:{port}", "http://0.0.0.0:{port}", "http://10.0.0.1:{port}",
    "http://127.0.0.1:0{port}",
)  # fmt: skip
PATHS = (
    "/page", "/index.html", "/page.js/", "/PAGE.JS", "/page.js%00", "/page.css.bak", "/static/page.js", "/session/",
    "/Session",
    "/session/steer", "/clips", "/clips/", "/clips/voice", "/clips/voice/", "/clips/sounds/", "/clips/x/tick",
    "/clips/sounds/nothing", "/clips/sounds/TICK", "/clips/sounds/tick.wav", "/clips/sounds/..", "/clips/sounds/%2e%2e",
    "/clips/voice/../../../NOTICE", "/clips/voice/..%2f..%2f..%2fNOTICE", "/clips/voice/%2e%2e%2f%2e%2e%2fNOTICE",
    "/clips/voice/....//....//NOTICE", "/clips/voice/..\\..\\NOTICE", "/clips/voice/walk-backward.flac",
    "/clips/voice/walk-backward%00.flac", "/clips/voice//etc/passwd", "/clips/voice/%2fetc%2fpasswd", "/etc/passwd",
    "/../server.py", "/..%2fserver.py", "/%2e%2e/server.py", "/.git/config", "/.env", "/server.py", "/access.py",
    "/__init__.py",
    "/history.db", "/settings.toml", "/log", "/status", "/metrics", "/favicon.ico", "/robots.txt", "/api",
    "/send?action=pause",
    "/action/bail_out", "//evil.example/", "/%", "/%zz", "/" + "a" * 3000, "/clips/voice/" + "a" * 3000,
    "/clips/voice/%F0%9F%98%80",
)  # fmt: skip
METHODS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "CONNECT", "FOO")
FRAMES = (
    b"", b"\x00", b"x", b"{", b"[]", b"null", b"0", b'"text"', b"{}", b'{"is": 1}', b'{"is": "bye"}',
    b'{"is": "state"}',
    b'{"is": "cues", "cues": []}', b'{"is": "hello", "protocol": 1, "role": "local"}', b'{"is": "action"}',
    b'{"is": "action", "id": 1}', b'{"is": "action", "id": "1", "name": "pause"}',
    b'{"is": "action", "id": -1, "name": "pause"}',
    b'{"is": "action", "id": 1e400, "name": "pause"}', b'{"is": "action", "id": 99999999999999999999, "name": "pause"}',
    b'{"is": "action", "id": 1, "name": ["pause"]}', b'{"is": "action", "id": 1, "name": "' + b"p" * 200 + b'"}',
    b'{"is": "ping", "sent": NaN}', b'{"is": "ping", "sent": "now"}', b'{"is": "ping"}', b'{"is": "speaker", "on": 1}',
    b'{"is": "summary", "id": 1, "effort": 11}', b'{"is": "summary", "id": 1, "pain": -1}',
    b'{"is": "summary", "id": 1, "effort": true}', b'{"is": "summary", "id": 1, "stumble": "no"}', b"\xff\xfe",
    b"[" * 4000,
    b'{"a":' * 800, b'{"is": "ping", "sent": 1}\n{"is": "ping", "sent": 1}', b'{"is": "ping", "sent": 1}' + b" " * 5000,
    b"a" * 10_000_000,
)  # fmt: skip
NOT_OFFERED = (
    "quit",
    "adjust",
    "",
    "QUIT",
    "quit ",
    "session.quit",
    "pause;quit",
    "__init__",
    "settings",
    "../quit",
    "end",
)


REQUESTS = {
    "two hosts": b"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\n\r\n",
    "no host": b"GET / HTTP/1.0\r\n\r\n",
    "a whole address": b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n",
    "no line": b"\r\n\r\n",
    "no HTTP": b"hello\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    "a long header": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    "200 headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: 1\r\n" * 200 + b"\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunks": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    "a split header": b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
    "HTTP/9": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
}
WRONG_FIRST: dict[str, object] = {
    "not first": {"is": "action", "id": 1, "name": "pause"},
    "no JSON": "x",
    "local": {"is": "hello", "protocol": 1, "role": "local"},
}
VIEW_ASKS: dict[str, object] = {
    "answers": {"is": "summary", "id": 1, "effort": 3},
    "the sound": {"is": "speaker", "on": True},
}


def wrong_keys(key: str, view: str) -> dict[str, object]:
    """PageKeys that are not the right one, by what they are."""
    found: dict[str, object] = {
        "no key": None, "empty": "", "a number": 1, "a list": [key], "an object": {"key": key}, "true": True,
        "the first half": key[:11], "all but the last": key[:-1], "one more": key + "A", "twice": key * 2,
        "capitals": key.upper(), "backwards": key[::-1], "a space before": " " + key, "a line after": key + "\n",
        "zero after": key + "\0", "long": "A" * 3000, "a pattern": "*" * 22, "accents": "é" * 22,
        "lone surrogate": "\ud800" * 4, "quotes": "' OR 1=1 --", "of the view link, and more": view + key,
    }  # fmt: skip
    return found | {f"character {at + 1} is wrong": key[:at] + "~" + key[at + 1 :] for at in range(len(key))}


def wrong_bearers(key: str) -> dict[str, str]:
    """Authorizations that are none, by what they are."""
    return {
        "wrong": f"Bearer {key[:-1]}~", "another scheme": f"Basic {key}", "no scheme": key,
        "lower case": f"bearer {key}", "two": f"Bearer {key} {key}",
    }  # fmt: skip
