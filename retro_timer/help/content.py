"""The content of the help as data: technique, safety, evidence and sources. Shared by screen, command and man page.

Every number has its source, or is marked as our own choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.config.keymap import EVERYWHERE, SCOPES, action, actions
from retro_timer.help.blocks import Keys, Points, Section, Table, Text
from retro_timer.scheduling.presets import LADDER
from retro_timer.scheduling.units import BACKWARD_CAP_KMH, kmh, mph, show_speed
from retro_timer.text import clock_time
from retro_timer.training.energy import (
    AIM,
    BACKWARD_FACTOR,
    BACKWARD_LOWER,
    BACKWARD_UPPER,
    EFFORTS,
    FORWARD_METS,
    RAIL_SAVES,
    STANDING_MET,
)
from retro_timer.training.programme import EASY_EFFORT, HARD_EFFORT, LONG_GAP, MILD_PAIN, PAIN_TO_SKIP, SHORT_GAP
from retro_timer.training.speeds import BEGINNER_KMH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.config.keymap import Keymap


SAFETY_CHECK: Final = (
    "Clip the safety key to your clothes.",
    "Hold the rail, and never turn without a hand on it.",
    "Clear 2 m (6.5 ft) behind the treadmill, and 0.5 m (1.6 ft) at each side.",
    "Read the treadmill's manual: it may ask for 8 ft behind; some makers advise against walking backward.",
)
"""What to check before the first backward session; shown once, on the first start. The space: ASTM F2115."""
ASK_FIRST: Final = (
    "Ask a clinician first after a recent fall or leg surgery, when you are pregnant, and with vertigo, neuropathy, "
    "Parkinson's, a stroke, uncontrolled heart disease or uncorrected vision."
)
_BACKWARD_LEAST: Final = BACKWARD_LOWER * (1 - RAIL_SAVES)
STOP_FOR: Final = "Stop for chest pain, dizziness, nausea or shortness of breath."


def _both(low_mph: float, high_mph: float | None = None) -> str:
    """A speed or a range of speeds in both units."""
    if high_mph is None:
        return f"{low_mph:.1f} mph ({kmh(low_mph):.1f} km/h)"
    return f"{low_mph:.1f} to {high_mph:.1f} mph ({kmh(low_mph):.1f} to {kmh(high_mph):.1f} km/h)"


def _effort_rows() -> Iterator[tuple[str, ...]]:
    """The scale of effort."""
    for values, words in EFFORTS:
        yield f"{values[0]} to {values[-1]}" if len(values) > 1 else str(values[0]), words


def _met_rows() -> Iterator[tuple[str, ...]]:
    """The energy of walking, by speed."""
    low = 0.0
    for below, met, code in FORWARD_METS:
        speeds = f"{low:.1f} to {below - 0.1:.1f}" if low else f"below {below:.1f}"
        least, likely, most = (
            str(round(met * factor, 3)) for factor in (_BACKWARD_LEAST, BACKWARD_FACTOR, BACKWARD_UPPER)
        )
        yield speeds, f"{met} ({code})", least, likely, most
        low = below


TIPS: Final = ("Keep your eyes on a fixed point.", "Take small steps, with the feet close to the ground.")
"""Advice for the first backward walk."""
TECHNIQUE: Final = Section(
    "technique",
    "Walking backward",
    (
        Points(
            (
                *TIPS,
                "Hold a rail, a wall or a chair at first; lighten the touch as balance improves.",
                "Choose a safe place, flat, free of obstacles: a treadmill with a rail, an open park, a living room.",
                "Begin with 10 to 20 feet (3 to 6 m), then with bouts of 1 to 2 minutes. Grow as it gets comfortable.",
                "Mix backward and forward walking.",
                "Keep at it: 10 to 20 minutes, 3 to 5 times a week, a little longer each week.",
            )
        ),
    ),
)
SAFETY: Final = Section(
    "safety",
    "Before you walk backward",
    (
        Points((*SAFETY_CHECK, f"Start at {_both(0.5, 1.0)}, level.")),
        Text(ASK_FIRST),
        Text(STOP_FOR),
        Text(
            "Facing backward, you cannot see the console or this screen: you hear everything that matters. "
            "Walk with the sound on. After a fall: stop, and seek advice."
        ),
    ),
)
TURNING: Final = Section(
    "turning",
    "Turning around on a treadmill",
    (
        Text("Never turn on a moving belt."),
        Points(
            (
                "Set the speed of the next bout while you still face the console.",
                "Slow the belt down or stop it.",
                "Step onto the side rails.",
                "Turn around, a hand on the rail.",
                "Start again at the lowest speed.",
            )
        ),
        Text(
            "The time given for a turn is a minimum. With the setting session.wait_at_turns a turn waits until you "
            "say that you have turned. Lengths of turns, 15 to 60 seconds, are our choice, not a finding."
        ),
    ),
)
DOSES: Final = Section(
    "doses",
    "Published doses",
    (
        Table(
            ("Study", "Who", "Backward walking"),
            (
                ("Alghadir 2019", "knee osteoarthritis", "10 min, 3 a week, 6 weeks, supervised, on top of usual care"),
                (
                    "Heath 2001",
                    "8 healthy men",
                    f"15 min, 3 a week, 4 weeks, at {_both(3.2, 3.7)}: oxygen cost fell 19 %, and so did effort",
                ),
                ("Cha 2016", "healthy people", "20 min, 5 a week, 4 weeks, on a 10 % slope at 3 km/h (1.9 mph)"),
                (
                    "Chang 2021",
                    "after a stroke",
                    "30 min, 3 a week, 4 weeks, supervised in groups of 8, on top of 30 min physiotherapy",
                ),
            ),
        ),
        Text(
            f"Heath's speeds are partly above our cap of {_both(mph(BACKWARD_CAP_KMH))}: Beyond takes the minutes, not "
            "the speed."
        ),
        Text("What reviews found:"),
        Points(
            (
                (
                    "Lin 2025, 13 trials of knee osteoarthritis, with rehabilitation: less pain and less disability "
                    "(both g -1.0), more so on a treadmill and at a comfortable speed."
                ),
                (
                    "Castro 2025, gait retraining, 5 of 8 studies backward: less pain (low certainty), better "
                    "function (high certainty)."
                ),
                "Wang 2019: better balance.",
                "Wang 2018: better gait, perhaps only because the training was harder.",
                "Laufer 2005: older adults shorten the backward stride most.",
            )
        ),
        Text(
            "What is not known: how often people fall when they walk backward on a treadmill and nobody is with them. "
            "Nobody has counted."
        ),
        Text(
            "No trial reports how long its backward and forward intervals were. The ladder is our design, within "
            "first bouts of 1 to 2 minutes and 10 to 20 minutes, 3 to 5 times a week."
        ),
    ),
)
MOVING_ON: Final = Section(
    "plan",
    "Moving up the ladder",
    (
        Points(
            (
                (
                    f"Move on after 3 or more sessions of a preset, the last 2 complete: effort up to {EASY_EFFORT}, "
                    f"pain up to {MILD_PAIN}, no stumble, a normal day after."
                ),
                (
                    f"Repeat it after effort {EASY_EFFORT + 1} or {HARD_EFFORT - 1}, an interval left out, sore "
                    f"muscles the day after, fewer than 3 sessions, or a gap of {SHORT_GAP} to {LONG_GAP - 1} days."
                ),
                (
                    f"Step back after effort {HARD_EFFORT} or more, a stumble or a grab at the rail, more pain the "
                    f"day after than before, or a gap of {LONG_GAP} days or more."
                ),
                f"Skip today with pain of {PAIN_TO_SKIP} or more beforehand.",
                (
                    "Change one thing at a time: length, then speed by 0.1 to 0.2 mph (0.2 to 0.3 km/h), then a "
                    "lighter touch on the rail, then incline."
                ),
            )
        ),
        Text("The rules are our choice. The advice names the rule that fired, and you may walk anything you like."),
    ),
)
SPEED: Final = Section(
    "speed",
    "Speed and effort",
    (
        Points(
            (
                f"Start backward at {_both(0.5, 1.0)}, about half your forward pace.",
                f"A beginner should stay below {_both(mph(BEGINNER_KMH))}.",
                (
                    f"Nobody should go above {_both(mph(BACKWARD_CAP_KMH))}: near 3.6 mph backward walking turns into "
                    "running (Hreljac 2005)."
                ),
                "At a moderate pace you can talk, but not sing.",
            )
        ),
        Table(("Effort", "What it is like"), tuple(_effort_rows())),
        Text(f"Aim for {AIM[0]} to {AIM[-1]}. The load of a session is effort times minutes (Foster)."),
    ),
)
ENERGY: Final = Section(
    "energy",
    "Energy, estimated",
    (
        Text(
            "kcal a minute = MET x 3.5 x kg / 200. Forward: treadmill entries of the 2024 Adult Compendium, codes in "
            f"brackets. Backward: {BACKWARD_FACTOR} times as much, which gives the Compendium's 6.0 at 3.5 mph "
            f"(17320). A turn counts {STANDING_MET} MET. The estimate is shown with a range, and only if your weight "
            "is in the settings."
        ),
        Text(
            f"The high end is {BACKWARD_UPPER} times forward walking: articles say up to 50 % more, and Kim & Choi are "
            "said to have measured 1.48 at 5 km/h (2001); we have not seen their paper. "
            f"The low end is {BACKWARD_LOWER} times, as measured at 2.5 mph uphill (2004), less {100 * RAIL_SAVES:g} % "
            "for holding the rail: gripping it saved 15 to 21 % of the oxygen in one study of 10 people, and nothing "
            "in others. Hold it anyway."
        ),
        Table(("mph", "forward", "at least", "backward", "at most"), tuple(_met_rows())),
    ),
)
DEVICES: Final = Section(
    "devices",
    "Other devices",
    (
        Text(
            "A running session can be seen, heard and steered from elsewhere, even one without a screen (--plain). "
            "In the session, w opens its web page for a phone, a tablet or a TV."
        ),
        Table(
            ("Command", "What it does"),
            (
                ("retro-timer page --lan", "the web page of the running session, for the devices of your network"),
                ("retro-timer watch", "the session in another terminal, with its keys"),
                ("retro-timer status", "where the session is, in a line: for tmux, a status bar, a script"),
                ("retro-timer send pause", "one action: pause, skip, longer, bail_out and the rest (send --help)"),
            ),
        ),
        Text("Buttons of a headset, a keyboard or a clicker work too: see the keys of a session."),
    ),
)
SOURCES: Final = Section(
    "sources",
    "Sources",
    (
        Points(
            (
                "Alghadir 2019. BMC Musculoskeletal Disorders 20:159.",
                "Heath 2001. Physical Therapy in Sport 2:171.",
                "Cha 2016. Journal of Physical Therapy Science 28:1901.",
                "Chang 2021. International Journal of Environmental Research and Public Health 18:2376.",
                "Hreljac 2005. Journal of Sports Science and Medicine 4:446.",
                "Lin 2025: backward walking for knee osteoarthritis, a review of 13 trials.",
                "Castro 2025: gait retraining for knee osteoarthritis, a review of 8 studies.",
                "Wang 2019: backward walking and balance, a review. Wang 2018: backward walking and gait, a review.",
                "Laufer 2005. Journal of Gerontology A 60:627.",
                "Kim & Choi 2001: energy cost of walking backward at 5 km/h (not seen by us).",
                "Backward walking uphill, 2004. Journal of Orthopaedic and Sports Physical Therapy 34:65.",
                "Holding the rail and oxygen uptake: PubMed 17135860.",
                "2024 Adult Compendium of Physical Activities: METs, by code.",
                "ASTM F2115: the space around a treadmill.",
                "Hao 2024. Gait & Posture: the backward walk test, 14 studies (10.1016/j.gaitpost.2024.02.018).",
                "Polo-Ferrero 2025: cut-offs of the backward walk test disagree (10.3390/jfmk10020154).",
                "Foster: session load as effort times minutes.",
            )
        ),
        Text("This is general information and does not replace advice from somebody who knows your health."),
    ),
)


def safety_check(*, imperial: bool) -> Section:
    """The safety check before the first backward session, with speeds in one unit."""
    low, high = (show_speed(kmh(speed), imperial=imperial) for speed in (0.5, 1.0))
    points = (*SAFETY_CHECK, f"Start at {low.split()[0]} to {high}, level.")
    return Section("safety", SAFETY.title, (Points(points), Text(ASK_FIRST), Text(STOP_FOR)))


def ladder() -> Section:
    """The presets in order, as a table."""
    rows = tuple(
        (
            each.name,
            f"{each.rounds} x {clock_time(each.backward)}",
            clock_time(each.workout().backward_seconds),
            clock_time(each.workout().total_seconds),
            each.description,
        )
        for each in LADDER
    )
    return Section("ladder", "The ladder", (Table(("Preset", "Bouts", "Backward", "Total", "About"), rows),))


CLICKER: Final = (("next", "pagedown"), ("previous", "pageup"), ("black screen", "full_stop"), ("start", "f5"))
"""The buttons of a presentation clicker, and the key that each sends (docs/controls.md)."""


def keys(keymap: Keymap, scope: str = EVERYWHERE) -> Section:
    """All key bindings of the keymap, those of one screen first."""
    first = (scope, EVERYWHERE) if scope in SCOPES else (EVERYWHERE,)
    order = dict.fromkeys((*first, *SCOPES))
    blocks = [block for each in order for block in (_keys_of(keymap, each), *_clicker_in(keymap, each))]
    return Section("keys", "Keys", tuple(blocks))


def sections(keymap: Keymap, scope: str = EVERYWHERE) -> tuple[Section, ...]:
    """All sections of the help, in order."""
    evidence = (DOSES, ladder(), MOVING_ON, SPEED, ENERGY)
    return (keys(keymap, scope), TECHNIQUE, SAFETY, TURNING, *evidence, DEVICES, SOURCES)


def _keys_of(keymap: Keymap, scope: str) -> Keys:
    return Keys(SCOPES[scope], tuple((keymap.shown(action.id), action.help) for action in actions(scope)))


def _clicker_in(keymap: Keymap, scope: str) -> tuple[Keys, ...]:
    """The buttons of a presentation clicker and what they do with the current keys; none outside a session."""
    if scope != "session":
        return ()
    bound = keymap.keys_of(*(each.id for each in actions(scope)))
    rows = ((button, key) for button, key in CLICKER if key in bound)
    return (Keys("A presentation clicker in a session", tuple((name, action(bound[key]).help) for name, key in rows)),)
