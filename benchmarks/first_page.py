"""From a bare checkout to the first page: a clean clone, `python3 dev.py demo`, the home page. 60 seconds at most
with a warm package cache."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

ROOT = Path(__file__).resolve().parents[1]
LIMIT_SECONDS = 60
OURS = ("DATABASE_URL", "CELERY_BROKER_URL", "MOBILIZ_MODE", "MOBILIZ_STATE", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV")


def measure() -> list[dict]:
    place = Path(tempfile.mkdtemp(prefix="mobiliz-bare-", dir="/var/tmp"))
    place.chmod(0o755)
    try:
        bare, second = _starts(place / "checkout")
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return [
        _row("bare checkout to first page", bare, LIMIT_SECONDS, "install, servers, migrations, demonstration data"),
        _row("second start to first page", second, 10, "nothing left to install or load"),
    ]


def _starts(checkout: Path) -> tuple[float, float]:
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(checkout)], check=True)
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    try:
        return _seconds_to_first_page(checkout, environment), _seconds_to_first_page(checkout, environment)
    finally:
        subprocess.run([sys.executable, "dev.py", "stop"], cwd=checkout, env=environment, check=True)


def _seconds_to_first_page(checkout: Path, environment: dict[str, str]) -> float:
    port = _free_port()
    began = time.perf_counter()
    demo = subprocess.Popen(
        [sys.executable, "dev.py", "demo", "--port", str(port)],
        cwd=checkout,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for_page(port, demo)
        return time.perf_counter() - began
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_page(port: int, demo: subprocess.Popen) -> None:
    """The demonstration is complete when it serves: data are loaded before the web process starts."""
    for _attempt in range(3000):
        if demo.poll() is not None:
            raise RuntimeError(f"The demonstration ended with {demo.returncode}.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                page.read()
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("The demonstration did not answer within five minutes.")


def _row(name: str, seconds: float, limit: int, detail: str) -> dict:
    return {
        "name": name,
        "size": "1 checkout",
        "measured": f"{seconds:.1f} s",
        "limit": f"{limit} s",
        "ok": seconds <= limit,
        "detail": detail,
    }
