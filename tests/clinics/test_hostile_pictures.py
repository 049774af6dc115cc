"""Whatever somebody sends as a picture is drawn anew or refused with a sentence, within bounds."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from clinics.picture_worker import MOST_SECONDS
from clinics.pictures import WORKER, PictureRefused, Reason, draw
from tests.clinics import pictures
from tests.clinics.pictures import painted, sent

MEMORY = 300 * 1024 * 1024
PROGRAM = Path(__file__).with_name("drawing_program.py")


def drawn_together(files: Iterable[tuple[str, bytes]], folder: Path) -> dict[str, Any]:
    for number, (name, content) in enumerate(files):
        kind = "logo" if number % 2 else "photo"
        (folder / f"{number:04} {name.replace('/', ' of ')} {kind}").write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-I", str(PROGRAM), str(WORKER), str(folder)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_five_hundred_hostile_files_are_drawn_or_refused(tmp_path: Path) -> None:
    found = drawn_together(pictures.hostile(), tmp_path)
    kinds = Counter(outcome.partition(":")[0] for outcome in found["outcomes"].values())

    assert kinds.total() >= 500
    assert kinds.keys() <= {"drawn", "broken", *Reason.values}
    assert kinds["too big"] == 0
    assert kinds["broken"] > 100
    assert found["largest"] < MEMORY
    assert found["slowest"] < MOST_SECONDS


def test_largest_pictures_stay_in_their_memory(tmp_path: Path) -> None:
    large = {
        "jpeg": sent(painted(8160, 6144), "JPEG", quality=50),
        "png": sent(painted(5000, 4000, "RGBA"), "PNG", compress_level=1),
        "webp": sent(painted(4096, 3072, "RGBA"), "WEBP", quality=10, method=0),
    }
    found = drawn_together([pair for pair in large.items() for _kind in ("photo", "logo")], tmp_path)

    assert set(found["outcomes"].values()) == {"drawn"}
    assert found["largest"] < MEMORY


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (pictures.disguised, {Reason.DISGUISED}),
        (pictures.drawings, {Reason.SVG}),
        (pictures.bombs, {Reason.TOO_MANY_PIXELS, Reason.BROKEN}),
        (
            lambda: {name: pictures.animated(name) for name in ("GIF", "PNG", "WEBP", "TIFF")},
            {Reason.ANIMATED},
        ),
        (lambda: {name: file[: len(file) // 2] for name, file in pictures.originals().items()}, None),
    ],
    ids=["disguised", "drawings", "bombs", "animated", "cut"],
)
def test_reason_is_said(files: Any, reason: set[Reason] | None) -> None:
    """The whole way, through the worker."""
    for name, content in files().items():
        with pytest.raises(PictureRefused) as refused:
            draw(content, "photo")
        assert refused.value.reason in (reason or {Reason.BROKEN, Reason.UNKNOWN}), name
        assert len(refused.value.reason.label) > 20


def test_file_is_refused_at_sight() -> None:
    heic = b"\0\0\0\x18ftypheic" + b"\0" * 100
    for content, reason in ((b"", "empty"), (b"\xff" * (10 * 2**20 + 1), "too_large"), (heic, "heic")):
        with pytest.raises(PictureRefused) as refused:
            draw(content, "photo")
        assert refused.value.reason == reason


def test_worker_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its own limit of processor time ends it: the file is refused, and nothing of ours has hung."""
    endless = tmp_path / "endless.py"
    endless.write_text("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass\n")
    monkeypatch.setattr("clinics.pictures.WORKER", endless)

    with pytest.raises(PictureRefused) as refused:
        draw(sent(painted()), "photo")

    assert refused.value.reason == Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize(
    "program", ["import os; os.abort()", "print('no answer')", "raise SystemExit(3)", ""]
)
def test_worker_that_dies_has_refused_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    crashing = tmp_path / "crashing.py"
    crashing.write_text(program)
    monkeypatch.setattr("clinics.pictures.WORKER", crashing)

    with pytest.raises(PictureRefused) as refused:
        draw(sent(painted()), "photo")

    assert refused.value.reason == Reason.BROKEN
