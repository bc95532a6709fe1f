"""Find a Chromium for the browser tests, or install the system's where we may."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from devtools.console import Trouble, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# Without a font every letter is a box of the same width.
DEBIAN = ("chromium", "fonts-liberation")


def require_chromium() -> str:
    """The path of a Chromium that runs; installs it on a Debian machine when we are root."""
    found = find_chromium() or (install_chromium() if may_install() else None)
    if not found:
        raise Trouble("The browser tests need Chromium: install it, for instance with sudo apt-get install chromium")
    return found


def find_chromium() -> str | None:
    """The first browser that says its version; Ubuntu has one that only tells to install another."""
    known = [shutil.which(name) for name in NAMES] + [str(ON_A_MAC)]
    return next((path for path in known if path and works(path)), None)


def works(path: str) -> bool:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and "Chrom" in answer.stdout


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_chromium() -> str | None:
    """Install the distribution's own browser; the lists are brought up to date first."""
    say("Installing Chromium with apt-get...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "--yes", "--no-install-recommends", *DEBIAN],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace")
        if done.returncode:
            say(done.stderr.strip()[-500:])
    return find_chromium()
