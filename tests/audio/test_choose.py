from __future__ import annotations

from pathlib import Path

import pytest

import retro_timer
from retro_timer.audio.choose import Found, choose, find_backends
from retro_timer.extras import install_command, pip_install
from retro_timer.session.ports import OUTPUTS, SILENT


def found(*usable: str) -> tuple[Found, ...]:
    return tuple(Found(name, usable=name in usable, missing=f"{name} is missing.") for name in OUTPUTS)


def test_the_best_there_is_comes_first() -> None:
    assert choose("auto", found("miniaudio", "simpleaudio", "system")).order == ("miniaudio", "simpleaudio", "system")
    assert choose("auto", found("system")).order == ("system",)


def test_the_chosen_backend_comes_first_and_the_others_are_fallbacks() -> None:
    assert choose("system", found("miniaudio", "system")).order == ("system", "miniaudio")


def test_a_missing_extra_is_reported_in_one_line_and_the_next_is_used() -> None:
    choice = choose("simpleaudio", found("miniaudio"))
    assert choice.order == ("miniaudio",)
    assert choice.why == "simpleaudio is missing. Instead: miniaudio."


def test_an_unknown_backend_is_named_without_its_control_characters() -> None:
    choice = choose("\x1b[31mdolby\n", found("miniaudio"))
    assert choice.order == ("miniaudio",)
    assert '"?[31mdolby?"' in choice.why
    assert choice.why.isprintable()


def test_with_nothing_at_all_the_reasons_are_given() -> None:
    choice = choose("auto", found())
    assert choice.order == ()
    assert "miniaudio is missing. simpleaudio is missing. system is missing." in choice.why


@pytest.mark.parametrize("quiet", ["bell", "off"])
def test_bell_and_off_try_nothing(quiet: str) -> None:
    choice = choose(quiet, found("miniaudio"))
    assert (choice.order, choice.quiet) == ((), quiet)


def test_the_doctor_finds_versions_and_programs() -> None:
    versions = {"miniaudio": "1.61"}
    seen = find_backends(
        which=lambda name: "/bin/aplay" if name == "aplay" else None,
        version=versions.get,
        python=(3, 13),
        platform="linux",
    )
    assert [(entry.name, entry.usable, entry.version) for entry in seen] == [
        ("miniaudio", True, "1.61"),
        ("simpleaudio", False, ""),
        ("system", True, "aplay"),
    ]
    assert install_command("simpleaudio") in seen[1].missing


@pytest.mark.parametrize(
    ("versions", "python", "usable"),
    [
        ({"simpleaudio": "1.0.4"}, (3, 11), True),
        ({"simpleaudio": "1.0.4"}, (3, 12), False),
        ({"simpleaudio-patched": "1.0.5"}, (3, 13), True),
        ({"simpleaudio-patched": "1.0.5", "simpleaudio": "1.0.4"}, (3, 13), True),
    ],
)
def test_a_crashing_simpleaudio_is_not_used(versions: dict[str, str], python: tuple[int, int], usable: bool) -> None:
    seen = find_backends(which=lambda _: None, version=versions.get, python=python, platform="linux")
    assert seen[1].usable is usable


def test_every_output_is_looked_for_in_order() -> None:
    assert tuple(entry.name for entry in find_backends()) == OUTPUTS


@pytest.mark.parametrize("backend", [*OUTPUTS, *SILENT])
def test_every_backend_is_in_the_readme(backend: str) -> None:
    readme = (Path(retro_timer.__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"`{backend}`" in readme


def test_windows_plays_with_the_standard_library() -> None:
    assert find_backends(which=lambda _: None, version=lambda _: None, platform="win32")[2].version == "winsound"


@pytest.mark.parametrize(
    ("platform", "machine", "python"),
    [
        ("linux", "aarch64", (3, 13)),
        ("win32", "ARM64", (3, 11)),
        ("darwin", "arm64", (3, 15)),
        ("freebsd14", "x", (3, 11)),
    ],
)
def test_where_miniaudio_would_be_compiled_the_system_plays_instead(
    platform: str, machine: str, python: tuple[int, int]
) -> None:
    seen = find_backends(
        which=lambda name: name, version=lambda _: None, python=python, platform=platform, machine=machine
    )
    choice = choose("auto", seen)
    assert choice.order == ("system",)
    assert "miniaudio would have to be compiled for this machine." in choice.why
    assert "install miniaudio" not in choice.why


@pytest.mark.parametrize(
    ("platform", "machine"),
    [("linux", "x86_64"), ("darwin", "arm64"), ("darwin", "x86_64"), ("win32", "AMD64"), ("win32", "x86")],
)
def test_where_miniaudio_needs_no_compiler_it_is_said_how_to_install_it(platform: str, machine: str) -> None:
    seen = find_backends(
        which=lambda _: None, version=lambda _: None, python=(3, 14), platform=platform, machine=machine
    )
    assert seen[0].missing == f"miniaudio is not installed ({pip_install()} miniaudio)."


def test_a_machine_without_any_player_says_what_to_install() -> None:
    seen = find_backends(
        which=lambda _: None, version=lambda _: None, python=(3, 11), platform="linux", machine="x86_64"
    )
    assert [entry.usable for entry in seen] == [False, False, False]
    assert seen[0].missing == f"miniaudio is not installed ({pip_install()} miniaudio)."
    assert seen[2].missing == "None of pw-play, paplay, aplay, afplay is installed."
