"""`retro-timer doctor` with a sound that the test makes up."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

import pytest
from msgspec.structs import replace

from retro_timer.audio.choose import Found
from retro_timer.audio.doctor import NoSoundError, OutputOpened, Played, SoundReport, report
from retro_timer.cli import doctor, doctor_sensors
from retro_timer.cli.doctor_sensors import bluetooth_problem as asked
from retro_timer.desktop import bus, companion
from retro_timer.desktop.kept_awake import KeptAwake
from retro_timer.runtime.wiring import Setup
from retro_timer.session.logged import Origin, logged_id
from retro_timer.session.ports import VOICES
from retro_timer.storage.errors import StorageError
from retro_timer.storage.transfer import import_sessions
from tests.desktop.private_bus import PrivateBus
from tests.formats.sessions import walked_session
from tests.requirements_present import require_modules, require_programs
from tests.sensors.bluez import MockBlueZ, belt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from retro_timer.audio.options import SoundOptions
    from tests.cli.ran import Run

PLAYED = [
    Played("tick", heard=True, late_ms=1.25),
    Played("turn", heard=True, late_ms=None),
    Played("voice", heard=False, late_ms=-3.0, why="too late"),
]


def found_sound(options: SoundOptions) -> SoundReport:
    """The report of a machine that has miniaudio only."""
    return report(options, find=lambda: (Found("miniaudio", usable=True, version="1.61"),))


class FakeTrial:
    """A trial that opens, and plays what it is to have played."""

    problem = ""
    asked: SoundOptions | None = None

    def __init__(self, options: SoundOptions) -> None:
        FakeTrial.asked = options
        self.opened = OutputOpened("miniaudio", "fake output", 21, 150)

    def __enter__(self) -> Self:
        if self.problem:
            raise NoSoundError(self.problem)
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def play_all(self) -> Iterator[Played]:
        yield from PLAYED


@pytest.fixture(autouse=True)
def _sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeTrial, "problem", "")
    monkeypatch.setattr(FakeTrial, "asked", None)
    monkeypatch.setattr(doctor, "report", found_sound)
    monkeypatch.setattr(bus, "media_problem", lambda _environ: "there is no D-Bus session bus")
    monkeypatch.setattr(doctor_sensors, "missing_extra", lambda: "")
    monkeypatch.setattr(doctor_sensors, "bluetooth_problem", lambda: "")
    monkeypatch.setattr(companion, "try_awake", lambda _log: KeptAwake(("logind",), "no screen saver"))
    monkeypatch.setattr(doctor, "Trial", FakeTrial)


def test_it_says_what_was_found_opened_and_played(run: Run) -> None:
    ran = run("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        *found_sound(Setup().sound_options()).lines(),
        "missed: no cues in the log",
        "kept awake: by logind; no screen saver",
        "media keys: there is no D-Bus session bus",
        "sensors: installed",
        "bluetooth: on",
        "treadmill: none chosen; retro-timer sensors scan finds them",
        "heart rate sensor: none chosen; retro-timer sensors scan finds them",
        "opened: fake output in 150 ms, latency 21 ms",
        "  tick       played +1.2 ms",
        "  turn       played",
        "  voice      not played -3.0 ms too late",
    ]


def test_it_says_the_same_in_json(run: Run) -> None:
    ran = run("doctor", "--json", "--audio", "miniaudio")
    assert ran.code == 0
    assert ran.json["found"][0]["version"] == "1.61"
    assert (ran.json["problem"], ran.json["missed"]) == ("", [])
    assert ran.json["media_keys"] == "there is no D-Bus session bus"
    assert ran.json["awake"] == {"by": ["logind"], "why": "no screen saver"}
    assert {name: ran.json["trial"][name] for name in ("backend", "output", "latency_ms", "open_ms")} == {
        "backend": "miniaudio", "output": "fake output", "latency_ms": 21, "open_ms": 150,
    }  # fmt: skip
    assert ran.json["trial"]["played"][2] == {"name": "voice", "heard": False, "late_ms": -3.0, "why": "too late"}


def test_without_sound_it_prints_the_reason_and_fails(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeTrial, "problem", "There is no server.")
    ran = run("doctor")
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "no sound: There is no server."
    ran = run("doctor", "--json")
    assert (ran.code, ran.json["problem"], ran.json["trial"]) == (1, "There is no server.", {})


@pytest.mark.parametrize("arguments", [("--silent",), ("--audio", "off"), ("--audio", "bell")])
def test_it_can_be_run_without_sound(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run("doctor", *arguments)
    assert ran.code == 0
    assert "miniaudio: 1.61 found" in ran.out
    assert "opened" not in ran.out
    assert FakeTrial.asked is None


def test_it_does_not_try_to_keep_awake_what_the_settings_let_sleep(run: Run) -> None:
    assert run("config", "set", "desktop.awake", "false").code == 0
    assert "kept awake: not, by the settings" in run("doctor", "--silent").out.splitlines()
    assert run("doctor", "--silent", "--json").json["awake"] is None


def test_the_settings_reach_the_sound(run: Run) -> None:
    assert run("config", "set", "sound.voice_volume", "30").code == 0
    run("doctor")
    assert FakeTrial.asked is not None
    assert FakeTrial.asked.voice_volume == 30


def test_over_ssh_it_says_where_the_sound_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    assert "SSH" not in run("doctor", "--silent").out
    monkeypatch.setenv("SSH_CLIENT", "10.0.0.1 1 22")
    assert "over SSH: the sound plays on the remote machine" in run("doctor", "--silent").out


def test_the_voice_of_the_settings_is_named_and_tried(run: Run) -> None:
    assert run("config", "set", "sound.voice", "michael").code == 0
    ran = run("doctor")
    assert "voice: michael" in ran.out.splitlines()
    assert FakeTrial.asked is not None
    assert FakeTrial.asked.voice == "michael"


@pytest.mark.parametrize("voice", VOICES)
def test_another_voice_can_be_tried(run: Run, voice: str) -> None:
    ran = run("doctor", "--json", "--voice", voice)
    assert (ran.code, ran.json["voice"], ran.json["unusable"]) == (0, voice, [])
    assert FakeTrial.asked is not None
    assert FakeTrial.asked.voice == voice


def test_a_voice_that_does_not_exist_is_refused(run: Run) -> None:
    ran = run("doctor", "--voice", "lucy")
    assert (ran.code, ran.out) == (2, "")
    assert all(name in ran.err for name in ("lucy", *VOICES))
    assert FakeTrial.asked is None


def test_settings_that_cannot_be_read_are_warned_of(run: Run, home: Path) -> None:
    (home / "config").mkdir()
    (home / "config" / "settings.toml").write_text("[sound]\nvoice_volume = 'loud'\n")
    ran = run("doctor", "--silent")
    assert ran.code == 0
    assert ran.err.startswith("retro-timer: ")
    assert "voice_volume" in ran.err


def test_cues_that_were_missed_are_listed(run: Run) -> None:
    Setup().say('Not heard: phase, "Walk backward." (too late)')
    ran = run("doctor", "--silent")
    assert '"Walk backward." (too late)' in ran.out
    (line,) = run("doctor", "--silent", "--json").json["missed"]
    assert line.endswith('phase, "Walk backward." (too late)')


def test_it_says_when_the_settings_switch_media_keys_off(run: Run) -> None:
    assert run("config", "set", "desktop.media_keys", "false").code == 0
    assert "media keys: not, by the settings" in run("doctor", "--silent").out.splitlines()


BELT, STRAP = "AA:00:00:00:00:01", "BB:00:00:00:00:01"


def lines_about_sensors(run: Run) -> list[str]:
    lines = run("doctor", "--silent").out.splitlines()
    return lines[next(place for place, line in enumerate(lines) if line.startswith("sensors:")) :]


def measuring_session(**changes: str) -> None:
    """Keep a session that measured a speed, and no heart rate."""
    session = walked_session("back 2m", sampled=lambda _second: (1.8, None))
    summary = replace(session.summary, start=replace(session.summary.start, **changes))
    import_sessions(Setup().store.writable_history().history, [replace(session, summary=summary)])


def test_it_names_the_sensors_and_when_they_last_measured_something(run: Run) -> None:
    assert run("config", "set", "sensors.belt", f"{BELT} Treadmill 4F").code == 0
    assert run("config", "set", "sensors.heart", STRAP).code == 0
    tries = f"nothing measured yet; retro-timer sensors test {BELT} tries it"
    assert f"treadmill: Treadmill 4F ({BELT}), {tries}" in lines_about_sensors(run)
    measuring_session(uuid=logged_id(b"0123456789abcdef", Origin.IMPORT))
    assert f"treadmill: Treadmill 4F ({BELT}), {tries}" in lines_about_sensors(run)  # another device measured that
    measuring_session()
    day = f"{walked_session('back 2m').summary.start.started:%Y-%m-%d}"
    assert lines_about_sensors(run)[2:] == [
        f"treadmill: Treadmill 4F ({BELT}), last measured on {day}",
        f"heart rate sensor: {STRAP} ({STRAP}), nothing measured yet; retro-timer sensors test {STRAP} tries it",
    ]
    assert run("doctor", "--silent", "--json").json["sensors"] == {
        "extra": "", "bluetooth": "", "belt": {"name": "Treadmill 4F", "address": BELT, "last": day},
        "heart": {"name": "", "address": STRAP, "last": None},
    }  # fmt: skip


def test_it_says_that_the_extra_of_sensors_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_sensors, "missing_extra", lambda: "they need this")
    monkeypatch.setattr(doctor_sensors, "bluetooth_problem", lambda: pytest.fail("asked without the extra"))
    assert lines_about_sensors(run) == [
        "sensors: not installed; they need this", "treadmill: none chosen", "heart rate sensor: none chosen",
    ]  # fmt: skip


def test_a_history_that_cannot_be_read_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("config", "set", "sensors.belt", BELT)

    def unreadable(_history: object) -> None:
        raise StorageError("the history cannot be read")

    monkeypatch.setattr(doctor_sensors, "last_measured", unreadable)
    assert f"treadmill: {BELT} ({BELT}); the history cannot be read" in lines_about_sensors(run)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_bluetooth_is_not_asked_where_that_could_do_harm(
    run: Run, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    assert asked(platform) is None
    monkeypatch.setattr(doctor_sensors, "bluetooth_problem", lambda: None)
    assert "bluetooth: not asked; retro-timer sensors scan does" in lines_about_sensors(run)


@pytest.mark.parametrize(("powered", "says"), [(True, ""), (False, "switched off: ")])
async def test_bluetooth_is_asked_and_nothing_is_looked_for(
    monkeypatch: pytest.MonkeyPatch, powered: bool, says: str
) -> None:
    require_programs("dbus-daemon")
    require_modules("bleak", "dbus_fast")
    private = PrivateBus()
    try:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", private.environment["DBUS_SYSTEM_BUS_ADDRESS"])
        assert (await asyncio.to_thread(asked, "linux") or "").startswith("there is no Bluetooth service: ")
        mock = MockBlueZ(belt(), powered=powered)
        await mock.start(private.environment)
        problem = await asyncio.to_thread(asked, "linux")
        assert problem is not None
        assert problem.startswith(says)
        assert bool(problem) == bool(says)
        assert {name for _, name in mock.calls} <= {"GetManagedObjects", "NameAcquired", "NameOwnerChanged"}
        mock.close()
    finally:
        private.close()


def test_without_a_bus_bluetooth_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus")
    assert asked("linux") == "there is no D-Bus system bus"


def test_bluetooth_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*, system: bool) -> None:
        assert system
        await asyncio.sleep(60)

    monkeypatch.setattr(bus, "connect", hang)
    monkeypatch.setattr(bus, "ANSWERS_WITHIN", 0.05)
    assert asked("linux") == "the Bluetooth service does not answer"
