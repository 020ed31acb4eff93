"""Renders labels. Run as a program: a request comes in, samples go out, and nothing is written to disk."""

from __future__ import annotations

import json
import re
import sys
from array import array

from retro_timer.audio.label_clips import MAX_LABELS, TIME_LIMIT_S
from retro_timer.audio.rendering import kokoro, voices, waveforms
from retro_timer.audio.speech import speakable
from retro_timer.session.languages import LANGUAGES

_ENGLISH = LANGUAGES["en"]
"""What the engine's lexicon speaks."""
_LARGEST = 59
"""Larger numbers, and those that begin with a zero, are said digit by digit."""


def sayable(label: str) -> str:
    """A label as a sentence the lexicon may know: numbers in words, and no more than its punctuation."""
    text = re.sub(r"\d+", lambda digits: f" {_number(digits[0])} ", speakable(label))
    text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("/", " ")
    text = re.sub(r"(?<![A-Za-z])['-]+|['-]+(?![A-Za-z])", " ", text)
    text = re.sub(r"\s+([.,:?])", r"\1", " ".join(text.split()))
    return text if text.endswith((".", "?")) else f"{text}."


def _number(digits: str) -> str:
    if str(int(digits)) == digits and int(digits) <= _LARGEST:
        return _ENGLISH.number(int(digits))
    return " ".join(_ENGLISH.number(int(digit)) for digit in digits)


def rendered(engine: kokoro.SpeechEngine, voice: voices.Voice, label: str) -> bytes:
    """The samples of a label, 16-bit; none if a word or a character is not known."""
    text = sayable(label)
    try:
        _, samples = voices.rendered(engine, voice, text, engine.lexicon.phonemes(text))
    except kokoro.VoiceError:
        return b""
    return array("h", (round(sample * waveforms.FULL_SCALE) for sample in samples)).tobytes()


def main() -> None:
    """Render the labels on standard input; writes the length of each (4 bytes) and its samples."""
    import faulthandler

    faulthandler.dump_traceback_later(TIME_LIMIT_S, exit=True)  # in case nobody waits for this process any more
    request = json.loads(sys.stdin.buffer.read())
    voice = voices.VOICES[request["voice"]]
    engine = kokoro.SpeechEngine()
    for label in request["labels"][:MAX_LABELS]:
        samples = rendered(engine, voice, label)
        sys.stdout.buffer.write(len(samples).to_bytes(4, "big") + samples)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
