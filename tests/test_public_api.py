"""The public API: loaded on use, and documented by tested examples."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import retro_timer

PAGE = Path(retro_timer.__file__).parent.parent / "docs" / "api.md"


def test_the_examples_of_the_page_are_right() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert (failed, tried > 20) == (0, True)


def test_importing_the_package_loads_none_of_it() -> None:
    code = "import retro_timer, sys; print(*[name for name in sys.modules if name.startswith('retro_timer.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("name", retro_timer.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    assert getattr(retro_timer, name).__doc__
    assert name in dir(retro_timer)
    assert name in PAGE.read_text(encoding="utf-8")


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Wokrout'"):
        retro_timer.Wokrout  # noqa: B018
