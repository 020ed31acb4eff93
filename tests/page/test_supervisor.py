"""The process of the page is started, started again, and ended: with a fake process."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, cast

import pytest

from retro_timer.audio.options import SoundOptions
from retro_timer.extras import install_command
from retro_timer.page import supervisor as supervising
from retro_timer.page.supervisor import PageStatus, PageSupervisor, missing_extra
from retro_timer.page.task import Task
from tests.page.fakes import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.audio.child_process import ChildProcess
    from retro_timer.audio.protocol import Message

WITHIN = 60


class FakeProcess:
    """A process that does what it is told to."""

    pid = 1234

    def __init__(self, on_message: Callable[[Message | None], None]) -> None:
        self.report = on_message
        self.sent: list[bytes] = []
        self.ended = False

    def send(self, line: bytes) -> None:
        self.sent.append(line)

    def end(self, _: float) -> None:
        self.ended = True


class Stage:
    """A supervisor, the processes it has started, and what it has said."""

    def __init__(self, *, fails: int = 0, lan: bool = False) -> None:
        self.processes: list[FakeProcess] = []
        self.said: list[PageStatus] = []
        self.started = threading.Semaphore(0)
        self._fails = fails
        task = Task(KEYS, "/run/user/1000/retro-timer", 99, lan=lan)
        self.supervisor = PageSupervisor(task, SoundOptions(), self.said.append, self._launch)

    def _launch(self, on_message: Callable[[Message | None], None]) -> ChildProcess:
        if self._fails:
            self._fails -= 1
            raise OSError("no more processes")
        self.processes.append(FakeProcess(on_message))
        self.started.release()
        return cast("ChildProcess", self.processes[-1])

    def wait(self) -> FakeProcess:
        """The next process that is started."""
        assert self.started.acquire(timeout=WITHIN)
        return self.processes[-1]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "BACKOFF_S", (0.01,))


def test_the_keys_go_through_the_pipe_and_the_links_come_when_it_listens() -> None:
    stage = Stage()
    stage.supervisor.start()
    process = stage.wait()
    task = json.loads(process.sent[0])
    assert (task["keys"]["steer"], task["process"], task["lan"]) == (KEYS.steer, 99, False)
    process.report({"is": "open", "port": 8477})
    (status,) = stage.said
    assert status.links is not None
    assert status.links.steer == f"http://localhost:8477/#key={KEYS.steer}"
    assert "Only this machine" in status.links.opened
    stage.supervisor.close()
    assert process.ended


def test_a_killed_server_is_started_again_with_the_same_links() -> None:
    stage = Stage()
    stage.supervisor.start()
    process = stage.wait()
    process.report({"is": "open", "port": 8479})
    process.report(None)
    again = stage.wait()
    task = json.loads(again.sent[0])
    assert (task["port"], task["keys"]["steer"]) == (8479, KEYS.steer)
    again.report({"is": "open", "port": 8479})
    assert stage.said[-1].links == stage.said[0].links
    stage.supervisor.close()


def test_a_process_that_cannot_be_started_is_tried_again() -> None:
    stage = Stage(fails=2)
    stage.supervisor.start()
    assert stage.said[0] == PageStatus(problem="it could not be started: no more processes")
    stage.wait().report({"is": "open", "port": 1})
    assert stage.supervisor.status.links is not None
    stage.supervisor.close()


def test_why_it_cannot_listen_is_said() -> None:
    stage = Stage()
    stage.supervisor.start()
    stage.wait().report({"is": "failed", "why": "cannot listen on port 80: permission denied"})
    assert stage.supervisor.status.problem == "cannot listen on port 80: permission denied"
    stage.supervisor.close()


def test_it_ends_with_its_session_and_is_not_started_again() -> None:
    stage = Stage()
    stage.supervisor.start()
    process = stage.wait()
    process.report({"is": "open", "port": 1})
    process.report({"is": "over"})
    process.report(None)
    assert stage.said[-1].over
    assert len(stage.processes) == 1


def test_it_is_opened_to_the_network_when_asked() -> None:
    stage = Stage()
    stage.supervisor.start()
    stage.wait().report({"is": "open", "port": 8477})
    stage.supervisor.switch_network()
    assert stage.processes[0].ended
    process = stage.wait()
    assert json.loads(process.sent[0])["lan"]
    process.report({"is": "open", "port": 8477})
    links = stage.supervisor.status.links
    assert links is not None
    assert "Open to your network" in links.opened
    stage.supervisor.close()


def test_how_many_pages_follow_is_known() -> None:
    stage = Stage()
    stage.supervisor.start()
    process = stage.wait()
    process.report({"is": "open", "port": 1})
    process.report({"is": "pages", "count": 2})
    assert stage.supervisor.status.pages == 2
    stage.supervisor.close()


def test_after_the_end_nothing_is_started() -> None:
    stage = Stage()
    stage.supervisor.start()
    process = stage.wait()
    stage.supervisor.close()
    process.report(None)
    stage.supervisor.start()
    assert len(stage.processes) == 1


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "MODULES", ("json",))
    assert missing_extra() == ""
    monkeypatch.setattr(supervising, "MODULES", ("json", "no_such_module"))
    assert missing_extra() == f"the page needs no_such_module: {install_command('page')}"
