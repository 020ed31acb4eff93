"""Render labels. Run as a program, reads a request from stdin and writes samples to stdout; writes nothing to disk."""

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
"""The language of the engine's lexicon."""
_LARGEST = 59
"""Larger numbers, and those with a leading zero, are said digit by digit."""


def sayable(label: str) -> str:
    """A label as a sentence that the lexicon may know: numbers as words, and only punctuation that it knows."""
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
    """The 16-bit samples of a label; empty if it cannot be said, for example because of an unknown word."""
    text = sayable(label)
    try:
        _, samples = voices.rendered(engine, voice, text, engine.lexicon.phonemes(text))
    except kokoro.VoiceError:
        return b""
    return array("h", (round(sample * waveforms.FULL_SCALE) for sample in samples)).tobytes()


def main() -> None:
    """Render the labels on standard input; for each, write the length of its samples (4 bytes) and the samples."""
    import faulthandler

    faulthandler.dump_traceback_later(TIME_LIMIT_S, exit=True)  # in case the parent no longer waits for this process
    request = json.loads(sys.stdin.buffer.read())
    voice = voices.VOICES[request["voice"]]
    engine = kokoro.SpeechEngine()
    for label in request["labels"][:MAX_LABELS]:
        samples = rendered(engine, voice, label)
        sys.stdout.buffer.write(len(samples).to_bytes(4, "big") + samples)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
