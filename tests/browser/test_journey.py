"""The main job, end to end, in a real Chromium: adviser, garage, pilot, and the partner's system beside them."""

from __future__ import annotations

import json
import re
import time
import urllib.parse
import urllib.request
from base64 import b64encode

from playwright.sync_api import Locator, Page, expect

from mobiliz.lib import clock
from tests.factories.pictures import jpeg

ADVISER, WORKSHOP, PILOT = "conseillere@wimoov.example", "atelier@garage.example", "pilote@mobiliz.example"
GARAGE = "Garage du Centre, Saint-Étienne"
SECONDS_UNTIL_SEEN = 10


def test_from_a_person_in_need_to_the_rate_that_moves(person, address):
    pilot, system = person(PILOT), PartnerSystem(address)
    before = _figures(pilot.page)
    adviser = person(ADVISER)
    number = _refer(adviser.page)
    referral = system.referral(number)
    assert referral["business_status"] == "waiting"
    garage = person(WORKSHOP)
    _accept(garage.page)
    _quote(garage.page)
    _record_answer(garage.page)
    _record_repair(garage.page)
    after = _wait_for_one_more_repair(pilot.page, before)
    assert after["quotes"] == before["quotes"] + 1
    assert system.referral(number)["business_status"] == "completed"
    assert system.conversion_this_month()["repairs_done"] >= 1
    adviser.page.goto(referral_address(adviser.page, number))
    expect(adviser.page.locator("main")).to_contain_text("réparée")


def test_the_same_job_without_script(person):
    adviser = person(ADVISER, has_script=False)
    number = _refer(adviser.page, last_name="Sans-Script", waits_for_verdict=False)
    garage = person(WORKSHOP, has_script=False)
    garage.page.goto("/bureau/")
    garage.page.get_by_role("link", name=re.compile("Marion")).first.click()
    expect(garage.page.locator("main")).to_contain_text("Clio")
    assert "Sans-Script" not in garage.page.content()  # the name only once accepted
    adviser.page.goto(referral_address(adviser.page, number))
    expect(adviser.page.locator("main")).to_contain_text(GARAGE)


# --- the adviser ------------------------------------------------------------------------------------------
def _refer(page: Page, *, last_name: str = "Navette", waits_for_verdict: bool = True) -> str:
    """Open a dossier, fill it, choose the garage, send; the case number."""
    page.goto("/bureau/")
    page.get_by_role("link", name="Nouvelle orientation").click()
    _person(page, last_name)
    _household(page, waits_for_verdict)
    _vehicle(page, has_script=waits_for_verdict)
    page.get_by_role("radio", name=re.compile(GARAGE)).check()
    page.get_by_role("button", name="Relire avant d’envoyer").click()
    page.get_by_role("button", name=re.compile("Envoyer")).click()
    expect(page.locator("main")).to_contain_text(GARAGE)
    found = re.search(r"\d{3}\u202f\d{3}", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()[:500]
    return found.group().replace("\u202f", "")


def _person(page: Page, last_name: str) -> None:
    page.get_by_label("Prénom").fill("Marion")
    page.get_by_label("Nom", exact=True).fill(last_name)
    page.get_by_label("Date de naissance", exact=True).fill(f"12/03/{clock.today().year + 1}")
    page.locator("input[name=commune]").fill("st etienne sur nulle part")
    page.get_by_label("La personne est d’accord").check()
    page.get_by_label(re.compile("de vive voix")).check()
    page.get_by_role("button", name="Enregistrer et continuer").click()
    # a birth date in the future: told beside the field, nothing typed is lost
    expect(page.get_by_label("Date de naissance", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Nom", exact=True)).to_have_value(last_name)
    page.get_by_label("Date de naissance", exact=True).fill("12/03/1985")
    page.locator("input[name=commune]").fill("Saint-Étienne (42000)")
    page.get_by_label("La personne est d’accord").check()
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.wait_for_url("**/foyer/")


def _household(page: Page, waits_for_verdict: bool) -> None:
    page.locator("input[name=form-0-birth_date]").fill("05/10/2019")
    page.locator("input[name=income_basis][value=last_12_months]").check()
    page.locator("input[name=dwelling][value=ordinary]").check()
    page.locator("input[name=income_eur]").fill("14 400,00")
    if waits_for_verdict:
        expect(page.locator("main")).to_contain_text("en dessous")
    page.get_by_role("button", name="Enregistrer et voir la réponse").click()
    expect(page.locator("main")).to_contain_text("UC")
    page.get_by_role("button", name="Continuer : la voiture").click()
    page.wait_for_url("**/vehicule/**")


def _vehicle(page: Page, has_script: bool) -> None:
    page.locator("input[name=make]").fill("Renault")
    page.locator("input[name=model]").fill("Clio")
    page.locator("input[name=first_registered_year]").fill("2015")
    page.locator("input[name=plate]").fill("da 123 bc")
    page.locator("textarea[name=complaint]").fill("Elle chauffe au bout de dix minutes.")
    page.locator("summary", has_text="Elle chauffe").click()
    page.get_by_label(re.compile("L’aiguille de température")).check()
    expect(page.get_by_text("Ne roulez plus avec cette voiture")).to_be_visible()
    _photo(page, has_script)
    expect(page.locator("textarea[name=complaint]")).to_have_value("Elle chauffe au bout de dix minutes.")
    page.locator("input[name=is_drivable][value=no]").check()
    page.locator("select[name=since]").select_option("weeks")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.wait_for_url("**/garage/")


def _photo(page: Page, has_script: bool) -> None:
    """Chosen, it is on the page: at once, or by the button where there is no script."""
    sent = {"name": "IMG_2034.jpg", "mimeType": "image/jpeg", "buffer": jpeg(size=(2400, 1800)).getvalue()}
    page.locator("input[type=file]").set_input_files(sent)
    if not has_script:
        page.get_by_role("button", name="Ajouter ces photos").click()
    picture = page.get_by_alt_text("Photo 1")
    expect(picture).to_be_visible()
    answer = page.request.get(picture.get_attribute("src") or "")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")


def referral_address(page: Page, number: str) -> str:
    page.goto(f"/orientations/?q={number}")
    href = page.locator("main a[href^='/orientations/']").filter(has_text="Marion").first.get_attribute("href")
    assert href
    return href


# --- the garage -------------------------------------------------------------------------------------------
def _accept(page: Page) -> None:
    page.goto("/bureau/")
    page.get_by_role("link", name=re.compile("Marion")).first.click()
    assert "Navette" not in page.content()
    assert "14 400" not in page.content()
    page.get_by_role("button", name="Accepter cette orientation").click()
    expect(page.locator("main")).to_contain_text("Navette")


def _quote(page: Page) -> None:
    page.get_by_role("link", name="Écrire le devis").first.click()
    page.wait_for_url("**/devis/nouveau/")
    _fill_line(page, 0, description="Remplacement radiateur", quantity="1,60", unit_public_excl_tax="70")
    _fill_line(page, 1, description="Radiateur", unit_cost_excl_tax="deux cents", unit_public_excl_tax="129")
    page.locator("select[name=lignes-1-part_origin]").select_option("new")
    page.get_by_role("button", name="Proposer le devis").click()
    # letters in a price: told beside the cell, nothing typed is lost
    expect(page.locator("input[name=lignes-1-unit_cost_excl_tax]")).to_have_value("deux cents")
    expect(page.locator("input[name=lignes-1-unit_cost_excl_tax]")).to_have_attribute("aria-invalid", "true")
    page.locator("input[name=lignes-1-unit_cost_excl_tax]").fill("86,69")
    expect(page.locator("main")).to_contain_text(re.compile(r"171,23\s€"))
    page.get_by_role("button", name="Proposer le devis").click()
    page.wait_for_url(re.compile(r"/devis/[0-9a-f-]{36}/$"))  # the same sum stands on the page that one leaves
    expect(page.locator("main")).to_contain_text(re.compile(r"171,23\s€"))


def _fill_line(page: Page, row: int, **cells: str) -> None:
    for name, value in cells.items():
        page.locator(f"input[name=lignes-{row}-{name}]").fill(value)


def _record_answer(page: Page) -> None:
    _open_case(page)
    _act(page, "devis-accepte").locator("input[name=piec_choice][value=not_concerned]").check()
    page.get_by_role("button", name="Enregistrer l’accord").click()
    expect(page.locator("main")).to_contain_text("Accord enregistré")


def _record_repair(page: Page) -> None:
    _open_case(page)
    form = _act(page, "reparation")
    form.locator("input[name=final_total_incl_tax]").fill("500,00")
    form.get_by_role("button").click()
    # more than the quote: told beside the field, the dossier stays as it was
    form = _act(page, "reparation")
    expect(form.locator("input[name=final_total_incl_tax]")).to_have_value("500,00")
    expect(form).to_contain_text("dépasse le devis")
    form.locator("input[name=final_total_incl_tax]").fill("171,23")
    form.get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("réparée")


def _open_case(page: Page) -> None:
    page.goto("/bureau/")
    page.get_by_role("link", name=re.compile("Marion Navette")).first.click()
    page.wait_for_url("**/affectations/**")


def _act(page: Page, name: str) -> Locator:
    """The form of an act, its fold opened where it is folded."""
    form = page.locator(f"form[action*='/actes/{name}/']")
    fold = page.locator("details:not([open])").filter(has=form)
    if fold.count():
        fold.locator("summary").first.click()
    return form


# --- the pilot --------------------------------------------------------------------------------------------
def _figures(page: Page) -> dict[str, int]:
    """Quotes and repairs of the referrals sent this month, as the table behind the funnel says."""
    month = f"{clock.today():%Y-%m}"
    page.goto(f"/tableau-de-bord/?region=84&du={month}&au={month}")
    rows = page.locator("#entonnoir-tableau tbody tr")
    said = [((row.locator("th").text_content() or "").strip(), row.locator("td").first) for row in rows.all()]

    def figure(step: str) -> int:
        # why some were lost on the way may stand under the name of the step
        return int(next(cell.text_content() for name, cell in said if name.startswith(step)) or 0)

    return {"quotes": figure("Devis proposé"), "repairs": figure("Réparées")}


def _wait_for_one_more_repair(page: Page, before: dict[str, int]) -> dict[str, int]:
    """Worker and beat bring the cells up to date: within ten seconds of the repair."""
    deadline = time.monotonic() + SECONDS_UNTIL_SEEN
    while True:
        now = _figures(page)
        if now["repairs"] == before["repairs"] + 1:
            return now
        assert time.monotonic() < deadline, f"{SECONDS_UNTIL_SEEN} s after the repair: {now}, before: {before}"
        page.wait_for_timeout(500)


# --- the partner's system ---------------------------------------------------------------------------------
class PartnerSystem:
    """Pulls the same facts through the API, with the client credentials of the demonstration."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.token = self._token()

    def referral(self, number: str) -> dict:
        path = "/api/v1/referrals/?page_size=200"
        while path:
            page = self._get(path)
            for referral in page["results"]:
                if str(referral["number"]).replace("\u202f", "") == number:
                    return referral
            path = page["next"].removeprefix(self.address) if page["next"] else ""
        raise AssertionError(f"The API does not know referral {number}.")

    def conversion_this_month(self) -> dict:
        first = clock.today().replace(day=1).isoformat()
        report = self._get(f"/api/v1/reports/conversion?from={first}&to={clock.today().isoformat()}&by=region")
        return report["total"]

    def _get(self, path: str) -> dict:
        request = urllib.request.Request(self.address + path, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def _token(self) -> str:
        credentials = b64encode(b"demo-partner:demo-secret").decode()
        request = urllib.request.Request(
            f"{self.address}/o/token/",
            data=urllib.parse.urlencode({"grant_type": "client_credentials"}).encode(),
            headers={"Authorization": f"Basic {credentials}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["access_token"]
