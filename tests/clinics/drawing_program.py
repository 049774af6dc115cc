"""Draws many files in one process under the worker's limits; prints what came of each and its own size.

Starting the worker for each of five hundred files would take minutes; a few go the whole way elsewhere.
"""

import contextlib
import importlib.util
import io
import json
import resource
import sys
import time
import types
import warnings
from pathlib import Path


def load(path: str) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("picture_worker", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def outcome(worker: types.ModuleType, content: bytes, kind: str) -> str:
    try:
        answer, drawn = worker.drawn(content, kind, None)
    except worker.Refused as refused:
        return str(refused)
    except MemoryError:
        return "too_many_pixels"
    except Exception as error:  # noqa: BLE001 - as the worker does
        return f"broken: {type(error).__name__}"
    return "drawn" if len(drawn) <= 25_000 and max(answer["width"], answer["height"]) <= 600 else "too big"


def largest_size() -> int:
    """The most bytes that were really in memory (VmHWM in proc(5))."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def main() -> None:
    warnings.simplefilter("ignore")
    worker = load(sys.argv[1])
    memory = worker.MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    outcomes, slowest = {}, 0.0
    for path in sorted(Path(sys.argv[2]).iterdir()):
        kind = "logo" if path.name.endswith("logo") else "photo"
        before = time.process_time()
        with contextlib.redirect_stderr(io.StringIO()):
            outcomes[path.name] = outcome(worker, path.read_bytes(), kind)
        slowest = max(slowest, time.process_time() - before)
    print(json.dumps({"outcomes": outcomes, "slowest": slowest, "largest": largest_size()}))


main()
