"""Decoding into structs: from several threads at once, which makes msgspec itself crash, and of faulty text."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Final

import msgspec
import pytest

from retro_timer.scheduling.phases import Phase
from retro_timer.structs import convert
from tests.architecture import PACKAGE

CALLS: Final = {
    "convert": "convert(ROW, kind)",
    "from_json": "from_json(JSON, kind)",
    "json_decoder": "json_decoder(kind).decode(JSON)",
}
RACE: Final = """
import sys, threading, types
import msgspec
from retro_timer.structs import convert, from_json, json_decoder

sys.setswitchinterval(1e-6)
FIELDS = [f"f{number}" for number in range(20)]
ROW = {**dict.fromkeys(FIELDS, 1), "inner": {"a": 1}}
JSON = msgspec.json.encode(ROW)
SOURCE = "import msgspec\\nclass Inner(msgspec.Struct):\\n    a: int\\nclass Row(msgspec.Struct):\\n" + "".join(
    f"    {field}: 'int | None'\\n" for field in FIELDS
) + "    inner: 'Inner'\\n"
for number in range(400):
    module = sys.modules[f"m{number}"] = types.ModuleType(f"m{number}")
    exec(SOURCE, module.__dict__)
    kind = module.Row
    together, failed = threading.Barrier(4), []

    def decode():
        together.wait()
        try:
            assert CALL.inner.a == 1
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=decode) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed
"""


@pytest.mark.parametrize("call", CALLS)
def test_threads_that_decode_into_a_new_type_at_once_do_not_end_the_process(call: str) -> None:
    done = subprocess.run([sys.executable, "-c", RACE.replace("CALL", CALLS[call])], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


class Row(msgspec.Struct):
    number: int = 0
    phase: Phase = Phase.TURN


@pytest.mark.parametrize("row", [{"\ud800": 1}, {"number": "\ud800"}, {"phase": "\ud800"}])
def test_a_lone_surrogate_is_refused_like_anything_else_that_does_not_fit(row: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"^it contains text that is not Unicode$"):
        convert(row, Row)


def test_nothing_else_decodes_into_types() -> None:
    typed = re.compile(r"msgspec\.(convert|json\.Decoder)\(|json\.decode\([^\n]*\btype=")
    found = {path.name for path in PACKAGE.rglob("*.py") if typed.search(path.read_text(encoding="utf-8"))}
    assert found == {"structs.py"}
