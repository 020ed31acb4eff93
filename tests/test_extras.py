"""The commands that the program gives for installing its optional parts work for a clone, a wheel and an index."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from retro_timer import extras
from retro_timer.extras import in_shell, install_command, pip_install

if TYPE_CHECKING:
    from pathlib import PurePath

ROOT = Path(extras.__file__).parent.parent


@pytest.fixture
def _activated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is activated, so `pip` is its own."""
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)


def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, record: str | None) -> str:
    """The command for the extra `serve` of a package in site-packages, with its record of where it comes from."""
    monkeypatch.setattr(extras, "_PACKAGE", tmp_path / "site-packages" / "retro_timer")
    information = tmp_path / "site-packages" / "retro_timer-0.1.0.dist-info"
    information.mkdir(parents=True, exist_ok=True)
    if record is not None:
        (information / "direct_url.json").write_text(record, encoding="utf-8")
    return install_command("serve")


@pytest.mark.usefixtures("_activated")
def test_a_clone_is_installed_from_its_folder() -> None:
    assert install_command("serve") == f"pip install -e '.[serve]' (in {ROOT})"


@pytest.mark.usefixtures("_activated")
def test_a_wheel_and_a_folder_that_are_still_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel, folder = tmp_path / "ein Ort" / "retro_timer-1-py3-none-any.whl", tmp_path / "ein Ort"
    folder.mkdir()
    wheel.touch()
    record = f'{{"url": "{wheel.as_uri()}", "archive_info": {{}}}}'
    assert installed(monkeypatch, tmp_path, record) == f"pip install {shlex.quote(f'{wheel}[serve]')}"
    wheel.unlink()
    assert installed(monkeypatch, tmp_path, record) == "pip install 'retro-timer[serve]'"
    record = f'{{"url": "{folder.as_uri()}", "dir_info": {{}}}}'
    assert installed(monkeypatch, tmp_path, record) == f"pip install '.[serve]' (in {folder})"


@pytest.mark.usefixtures("_activated")
@pytest.mark.parametrize(
    "record", [None, "{}", "[]", '{"url": 3}', "no JSON", '{"url": "https://example.org/retro-timer.whl"}']
)
def test_from_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: str | None) -> None:
    assert installed(monkeypatch, tmp_path, record) == "pip install 'retro-timer[serve]'"


def test_asking_loads_nothing_large(tmp_path: Path) -> None:
    information = tmp_path / "retro_timer-0.1.0.dist-info"
    information.mkdir()
    (information / "direct_url.json").write_text(f'{{"url": "{tmp_path.as_uri()}"}}', encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from retro_timer import extras\n"
        f"extras._PACKAGE = Path({str(tmp_path)!r}) / 'retro_timer'\n"
        "print(extras.install_command('serve'))\n"
        "print({'ssl', 'http.client', 'email', 'importlib.metadata'} & sys.modules.keys())"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.endswith(f".[serve]' (in {tmp_path})\nset()\n")


def test_the_pip_of_an_environment_that_is_not_activated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "my env"))
    pip = Path("my env", "Scripts" if sys.platform == "win32" else "bin", "pip")
    assert pip_install() == f"{in_shell(str(tmp_path / pip), program=True)} install"
    assert pip_install(tmp_path) == f"{in_shell(str(pip), program=True)} install"
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    assert pip_install() == f"uv pip install --python {in_shell(sys.executable)}"


def test_quotes_of_each_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert in_shell(".[serve]") == '".[serve]"'  # single quotes are not quotes in cmd
    assert in_shell(".venv\\Scripts\\pip", program=True) == ".venv\\Scripts\\pip"
    assert in_shell("C:\\my env\\pip", program=True) == '& "C:\\my env\\pip"'
    monkeypatch.setattr(sys, "platform", "linux")
    assert in_shell(".[serve]") == "'.[serve]'"


def test_the_command_of_a_clone_is_one_that_pip_takes() -> None:
    command, folder = re.fullmatch(r"(.*) \(in (.*)\)", install_command("serve")).groups()  # type: ignore[union-attr]
    assert Path(folder) == ROOT
    program, *arguments = shlex.split(command)
    assert arguments == ["install", "-e", ".[serve]"]
    done = subprocess.run([program, "--version"], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("pip ")


def test_nothing_else_says_how_to_install_an_extra() -> None:
    def found(paths: list[PurePath]) -> list[str]:
        return [str(path) for path in paths if "retro-timer[" in Path(path).read_text("utf-8")]

    assert found([*ROOT.glob("retro_timer/**/*.py"), *ROOT.glob("docs/**/*.md"), ROOT / "CHANGELOG.md"]) == []


def test_uv_understands_what_is_advised_where_there_is_no_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    program, *words = shlex.split(pip_install())
    asked = [str(Path(sys.executable).with_name(program)), *words, "--offline", "--dry-run", "pytest"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
