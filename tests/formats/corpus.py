"""A corpus of workout files, made by a generator after the shapes of public ones; the same every time.

Twelve files of each kind: what Zwift, its editors and scripts write; running workouts in metres; intervals.icu text; QZ
programs; exports of two interval timers; courses of power; notation, JSON and TOML; and files that hold something else.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.sax.saxutils import quoteattr

from retro_timer.formats.assumptions import Assume, Assumptions, Lengths

if TYPE_CHECKING:
    from collections.abc import Callable

EACH: Final = 12
WORDS: Final = ("Easy", "Long", "Hill", "Recovery", "Tempo", "Balance", "Morning", "Über", "Knee", "Track")
DECOYS: Final = ("Never walk backward here", "Bring your leg forward", "Almost there & smile", "Forward lean, slightly")
PACE_KMH: Final = 4.0


class Sample(NamedTuple):
    """A file of the corpus.

    Attributes:
        kind: what made it; independent readers are by kind.
        name: its name.
        data: its contents.
        assumptions: what is assumed about it.
        refused: what it is named as, if it is refused.
    """

    kind: str
    name: str
    data: bytes
    assumptions: Assumptions = Assumptions(Assume.FORWARD)
    refused: str = ""


def corpus() -> list[Sample]:
    """Every file."""
    return [make(Random(f"{make.__name__}{number}"), number) for make in MAKERS for number in range(EACH)]


def title(random: Random) -> str:
    return f"{random.choice(WORDS)} {random.choice(WORDS)} {random.randint(1, 20)}"


def power(random: Random) -> str:
    return f"{random.uniform(0.4, 1.3):.{random.randint(1, 8)}f}"


def zwo_block(random: Random, texts: str = "") -> str:
    """One block with a length in seconds."""
    seconds = random.choice((random.randint(5, 90), 60 * random.randint(1, 20), 30 * random.randint(1, 40)))
    written = random.choice((str(seconds), f"{seconds}.0", f"{seconds}"))
    kind = random.choice(("SteadyState", "SteadyState", "Ramp", "FreeRide", "MaxEffort", "IntervalsT"))
    if kind == "IntervalsT" and not texts:
        return (
            f'<IntervalsT Repeat="{random.randint(2, 8)}" OnDuration="{seconds}"'
            f' OffDuration="{random.randint(10, 240)}" OnPower="{power(random)}" OffPower="{power(random)}"'
            f' Cadence="{random.randint(70, 110)}"/>'
        )
    kind = "SteadyState" if kind == "IntervalsT" else kind
    targets = {
        "SteadyState": f'Power="{power(random)}" pace="0"',
        "Ramp": f'PowerLow="{power(random)}" PowerHigh="{power(random)}"',
        "FreeRide": 'FlatRoad="1"',
        "MaxEffort": "",
    }
    return f'<{kind} Duration="{written}" {targets[kind]}>{texts}</{kind}>'


def zwo_file(random: Random, blocks: list[str], head: str = "", declaration: str = "") -> str:
    indent = random.choice(("\n    ", "\r\n\t\t", "\n"))
    body = indent.join(blocks)
    return (
        f"{declaration}<workout_file>{indent}<author>{random.choice(WORDS)}</author>{indent}<name>{title(random)}</name>"
        f"{indent}<description>Sets of the week</description>{head}{indent}<tags><tag name='WALK'/></tags>"
        f"{indent}<workout>{indent}{body}{indent}</workout>\n</workout_file>\n"
    )


def bike_zwo(random: Random, number: int) -> Sample:
    """As Zwift and its editors write it: power, cadence, no direction."""
    warm = f'<Warmup Duration="{60 * random.randint(3, 15)}" PowerLow="0.25" PowerHigh="0.75"/>'
    cool = f'<Cooldown Duration="{60 * random.randint(3, 15)}" PowerLow="0.75" PowerHigh="0.25"/>'
    blocks = [warm, *(zwo_block(random) for _ in range(random.randint(1, 8))), cool]
    head = "<sportType>bike</sportType>"
    return Sample("zwo", f"bike{number}.zwo", zwo_file(random, blocks, head).encode())


def walking_zwo(random: Random, number: int) -> Sample:
    """With directions as texts, prose among them, and the encodings of different systems."""
    ampersand = random.choice(("&", "&amp;"))
    blocks = []
    for _ in range(random.randint(2, 9)):
        order = random.choice(
            ("Walk backward!", "Backward at 1.6 km/h: eyes up", "Walk forward", "Forward easy", "Turn")
        )
        texts = f'<textevent timeoffset="0" message={quoteattr(order)}/>'
        if random.random() < 0.6:
            decoy = random.choice(DECOYS).replace("&", ampersand)
            texts += f'<textevent timeoffset="{random.randint(0, 9)}" message="{decoy}"/>'
        blocks.append(zwo_block(random, texts))
    encoding = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-8")[number % 6]
    declaration = random.choice(("", '<?xml version="1.0"?>\n', '<?xml version="1.0" encoding="utf-8"?>\r\n'))
    data = zwo_file(random, blocks, declaration=declaration).encode(encoding)
    return Sample("zwo", f"walk{number}.zwo", data, Assumptions())


def running_zwo(random: Random, number: int) -> Sample:
    """Running workouts whose lengths are metres, which only some of them say."""

    def hundred(most: int) -> int:
        return 100 * random.randint(1, most)

    blocks = [
        f'<Warmup Duration="{hundred(20)}" PowerLow="0.71018662" PowerHigh="0.80679108" pace="1" />',
        f'<SteadyState Duration="{hundred(50)}" Power="0.90339554" pace="1" />',
        f'<IntervalsT Repeat="{random.randint(2, 8)}" OnDuration="{hundred(8)}" OffDuration="{hundred(4)}" pace="1"/>',
        f'<Cooldown Duration="{hundred(20)}" PowerLow="0.8" PowerHigh="0.7" pace="1" />',
    ]
    head = "<sportType>run</sportType>" + ("<durationType>distance</durationType>" if number % 2 else "")
    assumptions = Assumptions(Assume.FORWARD, Lengths.METRES, PACE_KMH)
    return Sample("zwo in metres", f"run{number}.zwo", zwo_file(random, blocks, head).encode(), assumptions)


def icu_length(random: Random) -> str:
    minutes, seconds = random.randint(1, 25), random.choice((15, 20, 30, 45))
    return random.choice((
        f"{minutes}m", f"{seconds}s", f"{minutes}m{seconds}s", f"{minutes}m{seconds}", f"{minutes}'", f'{seconds}"',
        f"{minutes}min", f"{minutes}.5m", "1h", "1h15m",
    ))  # fmt: skip


def icu_text(random: Random, number: int) -> Sample:
    """As the builder of intervals.icu has it: sections, repeats, targets, words on either side."""
    bullet = random.choice("-----*•\N{EN DASH}")
    newline = random.choice(("\n", "\r\n"))
    targets = ("70%", "Z2", "85-95%", "220w", "Z3 HR", "6:30/km Pace", "60% 90rpm", "ramp 50-75%", "freeride", "")

    def step() -> str:
        cue, behind = random.choice((("", "easy"), ("Smooth", ""), ("", ""), ("Spin up", ""), ("", "and breathe")))
        return " ".join(filter(None, (bullet, cue, icu_length(random), random.choice(targets), behind)))

    lines = [title(random), ""] if number % 2 else []
    lines += ["Warmup", step(), ""]
    for _ in range(random.randint(1, 3)):
        times = random.randint(2, 6)
        lines += [random.choice((f"{times}x", f"Main set {times}x", f"Main Set {times}X"))]
        lines += [step() for _ in range(random.randint(1, 4))] + [""]
    if random.random() < 0.5:
        lines += [f"{bullet} {random.randint(2, 6)}x {icu_length(random)} 110%", ""]
    lines += ["Cooldown", step()]
    encoding = ("utf-8", "utf-16", "utf-8-sig")[number % 3]
    return Sample("icu", f"icu{number}.txt", newline.join(lines).encode(encoding))


def qz_program(random: Random, number: int) -> Sample:
    """As QZ writes and its users write by hand: rows, repeats, texts."""

    def row() -> str:
        seconds = random.choice((random.randint(5, 59), 60 * random.randint(1, 30)))
        duration = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        text = random.choice(("Backward", "Forward", "Walk backward", "Turn around", "Forward: steady"))
        return (
            f'<row duration="{duration}" speed="{random.uniform(0.5, 5):.1f}" inclination="{random.choice((0, 1.5))}"'
            f' forcespeed="1"><textevent timeoffset="0" message="{text}"/></row>'
        )

    rows = [row() for _ in range(random.randint(1, 8))]
    if number % 2:
        inside = "\n".join(row() for _ in range(random.randint(1, 3)))
        rows.insert(1, f'<repeat times="{random.randint(2, 6)}">\n{inside}\n</repeat>')
    body = "\n    ".join(rows)
    data = f'<?xml version="1.0" encoding="UTF-8"?>\n<rows device="treadmill">\n    {body}\n</rows>\n'
    return Sample("qz", f"program{number}.xml", data.encode(), Assumptions())


def openhiit_export(random: Random, number: int) -> Sample:
    """One timer, as it is shared."""
    names = [random.choice(("Backward", "Forward", "Walk backward")) for _ in range(random.randint(1, 6))]
    times = {
        "id": str(number), "timerId": "t", "workTime": random.randint(20, 180), "restTime": random.choice((0, 10, 45)),
        "breakTime": random.choice((0, 60)), "warmupTime": random.choice((0, 120)),
        "cooldownTime": random.choice((0, 90)), "getReadyTime": 10, "restarts": random.randint(0, 4),
    }  # fmt: skip
    timer = {
        "id": "t", "name": title(random), "timerIndex": number, "totalTime": 0, "intervals": 0,
        "activeIntervals": len(names), "activities": names, "showMinutes": 0, "color": 4280391411,
        "timeSettings": times, "soundSettings": {"id": "s", "workSound": "short-whistle", "restSound": ""},
    }  # fmt: skip
    data = json.dumps([timer], separators=(",", ":")).encode()
    return Sample("openhiit", f"exported_openhiit_timer_{number}.json", data, Assumptions())


def workout_timer_export(random: Random, number: int) -> Sample:
    """A workout alone, or a backup with one; not always UTF-8."""
    names = ("Walk backward", "Forward", "Rest", "Backward: small steps", "Turn around", "Warm up", "Cool down")
    sets = [
        {
            "repetitions": random.randint(1, 6),
            "id": f"{number}-{place}",
            "exercises": [
                {"name": random.choice(names), "duration": random.randint(5, 300), "id": "x"}
                for _ in range(random.randint(1, 5))
            ],
        }
        for place in range(random.randint(1, 4))
    ]
    workout: dict[str, object] = {"title": title(random), "sets": sets, "version": 2, "position": number}
    tree = {"workouts": [workout]} if number % 2 else workout
    data = json.dumps(tree, ensure_ascii=False).encode(("utf-8", "latin-1")[number % 3 == 0])
    return Sample("workout-timer", f"Backup{number}.json", data, Assumptions())


def own_notation(random: Random, number: int) -> Sample:
    """Notation in a text, a TOML or a JSON file."""
    rounds = random.randint(2, 9)
    seconds = [random.randint(5, 200) for _ in range(4)]
    notation = (
        f"warm {random.randint(1, 5)}m, {rounds}x(turn {seconds[0]}s, back {seconds[1]}s, turn {seconds[2]}s | "
        f"fwd {seconds[3]}s), cool {random.randint(1, 5)}m"
    )
    files = (
        (".txt", notation.replace(", ", ",\n")),
        (".toml", f'version = 1\nname = "{title(random)}"\nnotation = """\n{notation}\n"""\n'),
        (".json", json.dumps({"name": title(random), "notation": notation})),
    )
    suffix, text = files[number % 3]
    return Sample("notation", f"own{number}{suffix}", text.encode(), Assumptions())


def course_of_power(random: Random, number: int) -> Sample:
    """Power against time, which says nothing about walking."""
    unit = ("WATTS", "PERCENT")[number % 2]
    points = "".join(f"{minute}.00\t{random.randint(50, 300)}\r\n" for minute in range(0, 60, random.randint(2, 9)))
    text = (
        f"[COURSE HEADER]\r\nVERSION = 2\r\nUNITS = ENGLISH\r\nDESCRIPTION = {title(random)}\r\nFTP = 250\r\n"
        f"MINUTES {unit}\r\n[END COURSE HEADER]\r\n[COURSE DATA]\r\n{points}[END COURSE DATA]\r\n"
    )
    ending = random.choice((".erg", ".mrc", ".txt", ".zwo"))
    name = (".erg, power only", ".mrc, power only")[number % 2]
    return Sample("course", f"course{number}{ending}", text.encode(), refused=f"this looks like {name}")


def something_else(random: Random, number: int) -> Sample:
    """Activities, tracks, archives and documents, under any name."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("walk.zwo", "<workout_file/>")
    tcx = b'<?xml version="1.0"?>\n<TrainingCenterDatabase xmlns="http://example.invalid"><Activities/>'
    name, data = (
        ("a zip archive", zipped.getvalue()),
        ("a gzip archive", gzip.compress(b"<workout_file/>")),
        ("FIT", b"\x0e\x20\x8b\x08\x00\x00\x00\x00.FIT" + random.randbytes(50)),
        ("GPX", b'<?xml version="1.0" encoding="UTF-8"?>\n<gpx creator="x" version="1.1"><trk/></gpx>'),
        ("TCX", tcx),
        ("a table (CSV)", b"Date,Distance,Time\n2024-03-01,2.1,30:00\n2024-03-02,2.4,31:00\n"),
        ("a web page", b"<!doctype html><html><body>404</body></html>"),
        ("PDF", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"),
        ("a picture", b"\x89PNG\r\n\x1a\n" + random.randbytes(40)),
        ("a Garmin Connect workout", json.dumps({"workoutName": title(random), "workoutSegments": []}).encode()),
        ("a TrainingPeaks workout", b'{"structure": [], "primaryIntensityMetric": "percentOfFtp"}'),
        (".pwx, power only", b'<?xml version="1.0"?>\n<pwx xmlns="http://www.peaksware.com/PWX/1/0"><workout/></pwx>'),
    )[number]
    ending = random.choice((".zwo", ".txt", ".xml", ".json", ""))
    return Sample("else", f"file{number}{ending}", data, refused=f"this looks like {name}")


MAKERS: Final[tuple[Callable[[Random, int], Sample], ...]] = (
    bike_zwo, walking_zwo, running_zwo, icu_text, qz_program, openhiit_export, workout_timer_export, own_notation,
    course_of_power, something_else,
)  # fmt: skip
"""The ten kinds."""
