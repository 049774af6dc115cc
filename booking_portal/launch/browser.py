"""The browser that the browser tests drive: found on this machine, or brought to it."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from booking_portal.launch.commands import Failure, step

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WHERE_PLAYWRIGHT_KEEPS_IT = (
    "from playwright.sync_api import sync_playwright as p\nwith p() as b: print(b.chromium.executable_path)"
)


def find_browser() -> str | None:
    """The path of a Chromium that runs, or None where none can be had; raises Failure there if CI is set."""
    found = installed_browser() or debian_browser() or playwright_browser()
    if found is None and os.environ.get("CI"):
        raise Failure(
            "No Chromium can be had here for the browser tests: install chromium, or name one in CHROMIUM."
        )
    return found


def installed_browser() -> str | None:
    """The one named in CHROMIUM, or one on the PATH."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [shutil.which(name) for name in BROWSERS]
    return next((path for path in candidates if path and does_run(path)), None)


def debian_browser() -> str | None:
    """Debian's own, installed if we may."""
    if os.geteuid() != 0 or not shutil.which("apt-get") or distribution() != "debian":
        return None
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with step("installing Debian's chromium"):
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(
                ["apt-get", "-q", "-q", *arguments], env=environment, stdout=subprocess.DEVNULL, check=False
            )
    return installed_browser()


def distribution() -> str:
    try:
        return platform.freedesktop_os_release()["ID"]
    except OSError:
        return ""


def playwright_browser() -> str | None:
    """The one that Playwright downloads; it may lack system libraries, and then does not count."""
    if not (path := playwright_path()) or not does_run(path):
        with step("asking Playwright for its chromium"):
            subprocess.run(
                [sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, check=False
            )
    return path if path and does_run(path) else None


def playwright_path() -> str | None:
    asked = subprocess.run(
        [sys.executable, "-c", WHERE_PLAYWRIGHT_KEEPS_IT], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or None


def does_run(path: str) -> bool:
    if not Path(path).exists():
        return False
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0
