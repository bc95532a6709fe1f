"""The demonstration as a newcomer starts it (web, worker, beat, servers of its own), and a real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from tests.browser.pages import LOGINS, Map

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "mobiliz-demo"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_SECONDS = 180


@pytest.fixture(scope="session")
def django_db_setup():
    """No test database: the demonstration has its own."""


@pytest.fixture(scope="session")
def address():
    """Where the demonstration answers: `python3 dev.py demo`, in a state folder that is thrown away."""
    running = os.environ.get("MOBILIZ_DEMO_ADDRESS")
    if running:
        yield running
        return
    state = Path(tempfile.mkdtemp(prefix="mobiliz-browser-", dir="/var/tmp"))
    state.chmod(0o755)
    port = _free_port()
    log = state / "demo.log"
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "dev.py"), "demo", "--port", str(port)],
            cwd=ROOT,
            env=_clean_environment(state),
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _wait_until_it_answers(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        subprocess.run(
            [sys.executable, str(ROOT / "dev.py"), "stop"], cwd=ROOT, env=_clean_environment(state), check=True
        )
        shutil.rmtree(state, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _clean_environment(state: Path) -> dict[str, str]:
    ours = ("DATABASE_URL", "CELERY_BROKER_URL", "MOBILIZ_MODE", "TEST_DATABASE_NAME", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "MOBILIZ_STATE": str(state)}


def _wait_until_it_answers(address: str, process: subprocess.Popen, log: Path) -> str:
    """The address, once the page answers; the log tells why it does not."""
    for _attempt in range(PATIENCE_SECONDS):
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return address
        except (URLError, OSError):
            _pause(process)
    pytest.fail(f"The demonstration did not answer in {PATIENCE_SECONDS} s:\n{log.read_text()[-3000:]}")


def _pause(process: subprocess.Popen) -> None:
    """One second, or less when the process ends."""
    try:
        process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("MOBILIZ_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


class Person:
    """Someone at a browser: signs in, and notes what a good page never has (errors, outside requests)."""

    def __init__(self, browser: Browser, address: str, *, has_script: bool = True, width: int = 1280) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(
            locale="fr-FR",
            timezone_id="Europe/Paris",
            java_script_enabled=has_script,
            viewport={"width": width, "height": 900},
            base_url=address,
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._note_request)

    def sign_in(self, email: str) -> Person:
        self.page.goto("/connexion/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[type=password]", PASSWORD)
        self.page.press("input[type=password]", "Enter")
        self.page.wait_for_url(lambda url: "/connexion/" not in url)
        return self

    def _note_console(self, message) -> None:
        # an answer of 422 is how a form says what is wrong
        if message.type == "error" and "422" not in message.text:
            self.faults.append(f"console on {self.page.url}: {message.text}")

    def _note_request(self, request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"outside request: {request.url}")


@pytest.fixture
def person(chromium, address):
    """`person("conseillere@wimoov.example")`: signed in, in a browser of their own."""
    people: list[Person] = []

    def new(email: str = "", **given) -> Person:
        someone = Person(chromium, address, **given)
        people.append(someone)
        return someone.sign_in(email) if email else someone

    yield new
    for someone in people:
        someone.context.close()
    assert [fault for someone in people for fault in someone.faults] == []


class Visitor(Person):
    """One role at a browser, with the map of what it reaches; beside it a browser without script."""

    def __init__(self, browser: Browser, address: str, role: str, everyone: Callable[[str], Visitor]) -> None:
        super().__init__(browser, address)
        self.role, self.everyone = role, everyone
        if LOGINS[role]:
            self.sign_in(LOGINS[role])
        self.map = Map(self.context.request, address, role)
        self.plain = browser.new_context(
            base_url=address,
            java_script_enabled=False,
            locale="fr-FR",
            storage_state=self.context.storage_state(),
            viewport={"width": 1280, "height": 900},
        )
        self.plain_page = self.plain.new_page()

    def find(self, name: str) -> str:
        """Where this role has the page: its own links lead there, or somebody else's to what both may see."""
        found = self.map.find(name) or next(filter(self.map.answers, self._known_to_others(name)), "")
        assert found, f"{self.role} finds no {name} in the demonstration: link to one, load one, or say why in pages.py"
        return found

    def _known_to_others(self, name: str) -> Iterator[str]:
        for role in LOGINS:
            yield from self.everyone(role).map.shapes[name].values()

    def open(self, path: str) -> tuple[Response, list[str]]:
        """The page, and what is wrong with coming to it."""
        self.faults.clear()
        answer = self.page.goto(path)
        assert answer
        return answer, [f"answered {answer.status}"] if answer.status != 200 else []


@pytest.fixture(scope="session")
def visitors(chromium, address):
    """Each role signs in once and walks once through what it sees."""
    known = {}

    def visitor(role):
        if role not in known:
            known[role] = Visitor(chromium, address, role, visitor)
        return known[role]

    yield visitor
    for someone in known.values():
        someone.plain.close()
        someone.context.close()
