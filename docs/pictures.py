"""Take the README's pictures from a running demonstration: `python3 dev.py pictures`.

    .venv/bin/python docs/pictures.py http://127.0.0.1:8000

Each picture is what the person named sees at that address, at the width named; drawn anew whenever the pages change.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent / "img"
PASSWORD = "mobiliz-demo"  # published with the demonstration
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
ADVISER, WORKSHOP, PILOT = "conseillere@wimoov.example", "atelier@garage.example", "pilote@mobiliz.example"
COLOURS = 128  # enough for a page; a third of the weight


class Picture(NamedTuple):
    """`go` leads from the desk to the page that is shown."""

    name: str
    who: str
    go: Callable[[Page], object]
    width: int = 1280
    height: int = 900


def by_link(name: str) -> Callable[[Page], object]:
    return lambda page: page.locator("main").get_by_role("link", name=name).first.click()


def by_address(path: str) -> Callable[[Page], object]:
    return lambda page: page.goto(path)


PICTURES = (
    Picture("home", "", by_address("/"), height=1000),
    Picture("adviser-desk", ADVISER, by_address("/bureau/")),
    Picture("garage-choice", ADVISER, by_link("Choisir le garage"), height=1100),
    Picture("case", ADVISER, by_link("Mickaël Roux"), height=1000),
    Picture("garage-desk-telephone", WORKSHOP, by_address("/bureau/"), width=390, height=844),
    Picture("dashboard", PILOT, by_address("/tableau-de-bord/"), height=1100),
)


def main(address: str) -> int:
    path = os.environ.get("MOBILIZ_CHROMIUM") or shutil.which("chromium")
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for picture in PICTURES:
            take(browser, address, picture)
            print(f"docs/img/{picture.name}.png")
        browser.close()
    return 0


def take(browser: Browser, address: str, picture: Picture) -> None:
    context = browser.new_context(
        base_url=address,
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport={"width": picture.width, "height": picture.height},
    )
    page = context.new_page()
    if picture.who:
        sign_in(page, picture.who)
    picture.go(page)
    page.wait_for_load_state("networkidle")
    store(page.screenshot(), FOLDER / f"{picture.name}.png")
    context.close()


def sign_in(page: Page, email: str) -> None:
    page.goto("/connexion/")
    page.fill("input[name=login]", email)
    page.fill("input[type=password]", PASSWORD)
    page.press("input[type=password]", "Enter")
    page.wait_for_url("**/bureau/")


def store(taken: bytes, path: Path) -> None:
    """With few colours: the repository keeps every version for ever."""
    image = Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
