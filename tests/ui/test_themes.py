"""Themes: contrast and colour vision, measured on the themes' own colours and on the cells that are really drawn."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from rich.color import Color, ColorSystem
from textual.theme import BUILTIN_THEMES

from retro_timer.config.schema import Settings
from retro_timer.runtime.resolve import resolve
from retro_timer.runtime.services import Services
from retro_timer.scheduling.phases import Phase
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.preferences import settings_of
from retro_timer.ui.themes import PALETTES, ThemeColors, variables_for
from retro_timer.ui.view_model import WORDS
from retro_timer.ui.widgets.countdown import Countdown
from retro_timer.ui.widgets.direction import FULL, SHADE, Direction
from tests.ui.colour import BRETTEL_TRITAN, MACHADO, ciede2000, contrast, delta_e, luminance, rgb, seen_with
from tests.ui.drawn import settled
from tests.ui.support import Stage

if TYPE_CHECKING:
    from rich.segment import Segment
    from textual.pilot import Pilot
    from textual.widget import Widget

    from tests.ui.colour import Rgb

ENHANCED = 7.0
"""WCAG 2.2 success criterion 1.4.6 (AAA)."""
MINIMUM = 4.5
"""WCAG 2.2 success criterion 1.4.3 (AA), for text that is read at leisure."""
AT_A_GLANCE = 20.0
"""Minimum CIEDE2000 between two phases; 10 is distinguishable at a glance, which is all the walker has."""
DEFICIENCIES = (*MACHADO, "tritanopia (Brettel)")
MEANT = ("phase-backward", "phase-forward", "phase-turn")
PHASES = tuple(f"phase-{phase.value}" for phase in Phase)
WALK = "warm 5s, back 5s, turn 5s, fwd 5s, rest 5s, cool 5s"
OURS = pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)


def app_walking(workout: str = WALK) -> tuple[RetroTimerApp, FakeClock]:
    clock = FakeClock()
    return RetroTimerApp(Services(clock, lambda *_: RecordingPlayer()), workout=resolve(workout)), clock


def colours_of(palette: ThemeColors) -> dict[str, Rgb]:
    theme = palette.theme()
    variables = {**theme.to_color_system().generate(), **theme.variables}
    wanted = ("background", "foreground", "panel", "surface", "muted", "error", *PHASES)
    return {name: rgb(variables[name]) for name in wanted}


def drawn(widget: Widget) -> list[Segment]:
    """The non-empty segments as sent to the terminal, with filters applied."""
    rows = widget.app.screen._compositor.render_strips()
    area = widget.region
    return [
        segment
        for row in rows[area.y : area.bottom]
        for segment in row.crop(area.x, area.right)
        if segment.text.strip() and segment.style
    ]


def seen(segment: Segment) -> tuple[Rgb, Rgb]:
    """The visible colours of the text and its background."""
    style = segment.style
    assert style is not None
    assert style.color is not None
    assert style.bgcolor is not None
    text, field = (Color.get_truecolor(colour) for colour in (style.color, style.bgcolor))
    front, back = rgb(text.hex), rgb(field.hex)
    return (back, front) if style.reverse else (front, back)


async def go_to(pilot: Pilot[int], clock: FakeClock, milliseconds: int) -> None:
    clock.move(milliseconds)
    pilot.app.screen.tick()  # type: ignore[attr-defined]  # the screen is the session's
    await pilot.pause()


def test_the_default_theme_is_the_first_of_ours() -> None:
    assert Settings().look.theme == PALETTES[0].name


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    assert contrast(rgb("#767676"), rgb("#ffffff")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("first", "second", "published"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1, 2), (50, 0, 0), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_colour_difference_is_the_published_one(first: Rgb, second: Rgb, published: float) -> None:
    """Pairs of Sharma, Wu and Dalal 2005, table 1."""
    assert ciede2000(first, second) == pytest.approx(published, abs=5e-5)


@pytest.mark.parametrize("matrix", [*MACHADO.values(), *BRETTEL_TRITAN], ids=(*MACHADO, "brettel 1", "brettel 2"))
def test_greys_look_grey_with_any_colour_vision(matrix: tuple[Rgb, Rgb, Rgb]) -> None:
    """A wrong digit in a matrix would tint the greys."""
    assert [sum(row) for row in matrix] == pytest.approx([1, 1, 1], abs=2e-5)


@OURS
def test_everything_read_in_a_session_has_enhanced_contrast(palette: ThemeColors) -> None:
    colours = colours_of(palette)
    for name in (*PHASES, "foreground", "muted", "error"):
        assert contrast(colours[name], colours["background"]) >= ENHANCED, name


@OURS
def test_text_can_be_read_on_panels_too(palette: ThemeColors) -> None:
    colours = colours_of(palette)
    for field in ("panel", "surface"):
        assert contrast(colours["foreground"], colours[field]) >= ENHANCED
        for name in (*PHASES, "muted", "error"):
            assert contrast(colours[name], colours[field]) >= MINIMUM, (name, field)


@OURS
@pytest.mark.parametrize("deficiency", ["", *DEFICIENCIES])
def test_backward_forward_and_turn_are_distinguishable_with_any_colour_vision(
    palette: ThemeColors, deficiency: str
) -> None:
    colours = colours_of(palette)
    for first, second in combinations(MEANT, 2):
        pair = colours[first], colours[second]
        a, b = (seen_with(deficiency, colour) for colour in pair) if deficiency else pair
        assert delta_e(a, b) >= AT_A_GLANCE, (first, second)


@OURS
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_contrast_holds_with_any_colour_vision(palette: ThemeColors, deficiency: str) -> None:
    """Reds darken with protanopia: nothing may depend on red alone to be readable."""
    colours = {name: seen_with(deficiency, colour) for name, colour in colours_of(palette).items()}
    for name in MEANT:
        assert contrast(colours[name], colours["background"]) >= MINIMUM, name


@OURS
async def test_the_session_is_drawn_with_enhanced_contrast_in_every_phase(palette: ThemeColors) -> None:
    app, clock = app_walking()
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = palette.name
        await pilot.pause()
        await go_to(pilot, clock, 10_000)
        for phase in Phase:
            if phase is not Phase.WARM_UP:
                await go_to(pilot, clock, 1_000)
            assert not any(
                segment.style and segment.style.reverse for segment in drawn(app.screen.query_one(Countdown))
            )
            check_drawn(app)
            await go_to(pilot, clock, 4_000)  # the last second: in reverse
            assert all(segment.style and segment.style.reverse for segment in drawn(app.screen.query_one(Countdown)))
            check_drawn(app)


def check_drawn(app: RetroTimerApp) -> None:
    words = [segment for segment in drawn(app.screen.query_one(Direction)) if segment.style and segment.style.bold]
    for segment in (*drawn(app.screen.query_one(Countdown)), *words, *drawn(app.screen.query_one("#next"))):
        front, back = seen(segment)
        assert contrast(front, back) >= ENHANCED, segment


async def test_in_the_last_seconds_the_field_is_reversed() -> None:
    app, clock = app_walking()
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, clock, 10_000)
        before = [luminance(seen(segment)[1]) for segment in drawn(app.screen.query_one(Countdown))]
        await go_to(pilot, clock, 3_000)
        after = [luminance(seen(segment)[1]) for segment in drawn(app.screen.query_one(Countdown))]
        assert max(before) < 0.02
        assert min(after) > 0.4


@pytest.mark.parametrize("name", [theme.name for theme in BUILTIN_THEMES.values() if not theme.ansi])
def test_textuals_own_themes_keep_the_phases_readable_and_apart(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    background = rgb(theme.to_color_system().generate()["background"][:7])
    variables = variables_for(theme)
    for phase in PHASES:
        assert contrast(rgb(variables[phase]), background) >= MINIMUM, phase
    for first, second in combinations(MEANT, 2):
        assert delta_e(rgb(variables[first]), rgb(variables[second])) >= AT_A_GLANCE


async def test_every_theme_of_textual_works_in_a_session() -> None:
    app, clock = app_walking()
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, clock, 10_000)
        for name in BUILTIN_THEMES:
            app.theme = name
            await pilot.pause()
            assert drawn(app.screen.query_one(Countdown)), name


@OURS
def test_sixteen_colours_keep_the_phases_apart_from_the_background_and_from_each_other(palette: ThemeColors) -> None:
    """A terminal with sixteen colours shows the nearest ones; backward, forward and turn remain three colours."""
    variables = {"background": palette.background, **palette.phases}
    nearest = {name: Color.parse(code).downgrade(ColorSystem.STANDARD).number for name, code in variables.items()}
    assert len({nearest[name] for name in ("background", *MEANT)}) == 4
    assert all(nearest[phase] != nearest["background"] for phase in PHASES)


@pytest.mark.parametrize("theme", ["phosphor", "paper", "nord", "ansi-dark", "ansi-light"])
async def test_without_colour_word_arrows_and_reverse_show_the_phase(
    theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app, clock = app_walking()
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = theme
        await pilot.pause()
        await go_to(pilot, clock, 10_000)
        shapes, fields = [], []
        for phase in Phase:
            if phase is not Phase.WARM_UP:
                await go_to(pilot, clock, 1_000)
            direction, countdown = app.screen.query_one(Direction), app.screen.query_one(Countdown)
            assert is_colourless(app.screen)
            field = "".join(segment.text for segment in drawn(direction) if not segment.style or not segment.style.bold)
            assert set(field) & {FULL, SHADE}, phase
            fields.append(field)
            word = "".join(segment.text for segment in drawn(direction) if segment.style and segment.style.bold)
            assert word.strip()
            shapes.append(word)
            assert not any(segment.style and segment.style.reverse for segment in drawn(countdown))
            await go_to(pilot, clock, 4_000)
            assert all(segment.style and segment.style.reverse for segment in drawn(countdown))
        assert len(set(shapes)) == len(WORDS)
        assert len(set(fields)) == len(WORDS)


def is_colourless(widget: Widget) -> bool:
    """Whether everything is drawn in greys, or in the terminal's own two colours."""
    for segment in drawn(widget):
        assert segment.style is not None
        own = [colour is None or colour.is_default for colour in (segment.style.color, segment.style.bgcolor)]
        if not all(own) and any(len(set(colour)) != 1 for colour in seen(segment)):
            return False
    return True


async def test_a_key_switches_to_the_next_of_our_themes_and_keeps_it() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        seen = []
        for _ in range(5):
            await pilot.press("f2")
            seen.append(stage.app.theme)
        await settled(pilot)
        assert seen == ["amber", "paper", "contrast", "phosphor", "amber"]
        assert settings_of(stage.app.services).look.theme == "amber"
        stage.app.theme = "nord"
        await pilot.press("f2")
        assert stage.app.theme == "phosphor"
