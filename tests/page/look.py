"""Pictures of the page, and what axe-core says about it; by hand.

`python -m tests.page.look DIR [axe.min.js]` writes a PNG of each state at each size. With the checker (`npm pack
axe-core`, MPL-2.0; 650 KB, so it is not in the repository) it also prints what that finds, and exits with 1 if any of
it is serious.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser import browser, until
from tests.page.fakes import KEYS, WALKED, FakeSession, served

if TYPE_CHECKING:
    from tests.browser import Page

SIZES = ((320, 568), (390, 844), (800, 480), (1920, 1080))
SERIOUS = ("serious", "critical")
STATES = {
    "running": "document.body.dataset.state === 'running'",
    "holding": "document.body.dataset.state === 'holding'",
    "stopped": "document.body.dataset.state === 'stopped'",
    "over": "document.getElementById('summary').checkVisibility()",
}
"""The states that are pictured, and how the page tells that it is there."""


def show(session: FakeSession, state: str) -> None:
    """Bring the session into a state."""
    if state == "over":
        session.move(17, 120_000, "finished")
        session.send(WALKED)
    elif state == "stopped":
        session.move(2, 30_000, "paused", "bail-out", caption="")
    elif state == "holding":
        session.move(1, 30_000, "holding", caption="")
    else:
        session.move(2, 18_000)


async def violations(page: Page, checker: str) -> list[str]:
    """What axe-core finds, a line each: how grave it is, the rule, and where."""
    await page.result(checker + "; undefined")
    found = await page.result("axe.run().then(({ violations }) => JSON.stringify(violations))")
    return [f"{each['impact']}: {each['id']} ({each['nodes'][0]['html'][:80]})" for each in json.loads(found)]


async def main(folder: Path, checker: str) -> int:
    """Look at everything; returns the exit code."""
    grave = 0
    session = FakeSession()
    async with served(session) as (_, port):
        with tempfile.TemporaryDirectory() as profile:
            async with browser(Path(profile)) as page:
                await page.call("Page.enable")
                for state, there in STATES.items():
                    for width, height in SIZES:
                        await page.resize(width, height)
                        await page.call("Page.navigate", url="about:blank")
                        await page.call("Page.navigate", url=f"http://localhost:{port}/#key={KEYS.steer}")

                        async def ready(there: str = there, width: int = width, state: str = state) -> bool | None:
                            if await page.result("document.body?.dataset.link === 'open'"):
                                show(session, state)
                                return await page.result(f"{there} && innerWidth === {width}") or None
                            return None

                        await until(f"{state} at {width}", ready)
                        (folder / f"page-{state}-{width}x{height}.png").write_bytes(await page.picture())
                        for line in await violations(page, checker) if checker else ():
                            print(f"{state} at {width} x {height}: {line}")
                            grave += line.startswith(SERIOUS)
    print(f"{grave} serious" if checker else "not checked")
    return 1 if grave else 0


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    sys.exit(asyncio.run(main(target, Path(sys.argv[2]).read_text(encoding="utf-8") if len(sys.argv) > 2 else "")))
