"""Which pages there are, for whom, and where the running demonstration has one of each.

Nothing here is to be kept up to date by hand: what each role is answered stands in tests/architecture/url_table.py
(a missing address fails there), and an address about an object is found by following links from the role's desk.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from playwright.sync_api import APIRequestContext

from tests.architecture.url_table import ROWS

# Of the cast, those who have a login in the demonstration. What the reception of a garage sees is a part of what its
# workshop sees; agency advisers see the pages of advisers.
LOGINS = {
    "anonymous": "",
    "adviser": "conseillere@wimoov.example",
    "workshop": "atelier@garage.example",
    "owner": "patron@garage.example",
    "regional_pilot": "pilote-idf@mobiliz.example",
    "pilot": "pilote@mobiliz.example",
    "volunteer": "benevole@mobiliz.example",
    "administrator": "admin@mobiliz.example",
}

NOT_A_PAGE = {
    "healthz": "a word for machines",
    "readyz": "a word for machines",
    "api_schema": "a document for machines",
    "photo": "a picture, looked at on the pages that show it",
    "photo_thumbnail": "a picture, looked at on the pages that show it",
    "personal_link_photo": "a picture, looked at on the page of the link",
    "personal_link_thumbnail": "a picture, looked at on the page of the link",
    "attachment": "a download",
    "attachment_thumbnail": "a picture, looked at on the page of the messages",
    "appointment_file": "a calendar file",
    "communes": "a fragment: test_fragments.py asks for it through the fields that use it",
    "accounts:organisations": "a fragment: test_fragments.py asks for it through the field that uses it",
}
# The live cases of the demonstration are around Saint-Étienne.
NOT_HERE = {
    ("regional_pilot", "referral_garage"): "no referral without a garage in Île-de-France",
    ("regional_pilot", "partners:edit_agency"): "no agency in Île-de-France",
    ("regional_pilot", "partners:close_agency"): "no agency in Île-de-France",
}
# The table's people have not just typed their password; in the browser they have, and these answer a page.
AFTER_A_PASSWORD = {("volunteer", "mfa_activate_totp")}
ONLY_WITH_A_SECOND_FACTOR = {
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
}
Visit = tuple[str, str]  # a role, and the name of a page


def visits() -> list[Visit]:
    """Each page with each role that it answers, role by role; what is open to everyone, as a visitor and signed in."""
    opened = {row.name for row in ROWS if row.get["anonymous"] == 200}
    found = {
        (role, row.name)
        for row in ROWS
        for role in LOGINS
        if row.get[role] == 200 and (row.name not in opened or role in ("anonymous", "adviser"))
    }
    found = {(role, name) for role, name in found | AFTER_A_PASSWORD if name not in NOT_A_PAGE}
    order = list(LOGINS)
    return sorted(found - set(NOT_HERE), key=lambda visit: (order.index(visit[0]), visit[1]))


def refusals() -> list[Visit]:
    """Each page whose form, sent with nothing in it, is answered by the page with what is missing."""
    forms = {(role, row.name) for row in ROWS for role in LOGINS if row.post[role] == 422 and row.get[role] == 200}
    return [visit for visit in visits() if visit in forms]


def once_each(wanted: list[Visit]) -> list[Visit]:
    """Each page for the first role that has it."""
    seen: dict[str, Visit] = {}
    for visit in wanted:
        seen.setdefault(visit[1], visit)
    return list(seen.values())


class Links(HTMLParser):
    """Where a page leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.found.append(href)


class Shape(HTMLParser):
    """What a page is made of, its words and figures left out: two pages of one shape need one look."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kept = " ".join(f"{name}={given[name]}" for name in ("class", "data-sense", "role", "type") if name in given)
        self.parts.add(f"{tag} {kept}")


def name_of(path: str) -> str:
    """The name of the address, empty when it is none of ours."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


class Map:
    """What one role reaches from its desk: of each page some addresses, of different shapes where there are any."""

    LOOK_INTO = 4  # addresses of one page that are opened to see where they lead; more only while something is missing
    LOOK_FURTHER = 80
    OTHERS = 3

    def __init__(self, request: APIRequestContext, address: str, role: str) -> None:
        self.request, self.address = request, address
        self.opened: dict[str, int] = defaultdict(int)
        self.shapes: dict[str, dict[frozenset[str], str]] = defaultdict(dict)
        self.known: set[str] = set()
        self.ahead: deque[str] = deque()
        self.later: deque[str] = deque()
        self._note(["/bureau/", *filter(None, (_plain(name) for one, name in visits() if one == role))])
        self._walk()

    def find(self, name: str) -> str:
        """Where this page is, or nothing."""
        while not self.shapes[name] and self.later and self.opened["later"] < self.LOOK_FURTHER:
            self.opened["later"] += 1
            self._open(self._likely(name))
            self._walk()
        return next(iter(self.shapes[name].values()), "") or self._made(name)

    def others(self, name: str) -> list[str]:
        """More of this page, each made of something that those before did not have."""
        seen: set[str] = set()
        found = []
        for shape, path in self.shapes[name].items():
            if not shape <= seen:
                found.append(path)
            seen |= shape
        return found[1 : 1 + self.OTHERS]

    def answers(self, path: str) -> bool:
        """Whether the page is there for this role, and leads nowhere else."""
        answer = self.request.get(path)
        return answer.ok and urlsplit(answer.url).path == urlsplit(path).path

    def _walk(self) -> None:
        while self.ahead:
            path = self.ahead.popleft()
            name = name_of(urlsplit(path).path)
            if self.opened[name] >= self.LOOK_INTO:
                self.later.append(path)
                continue
            self.opened[name] += 1
            self._open(path)

    def _open(self, path: str) -> None:
        answer = self.request.get(path)
        if not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
            return
        came_to = urlsplit(answer.url)
        html = answer.text()
        self.shapes[name_of(came_to.path)].setdefault(frozenset(Shape(html).parts), answer.url[len(self.address) :])
        targets = [urlsplit(urljoin(answer.url, href)) for href in Links(html).found]
        ours = [target for target in targets if f"{target.scheme}://{target.netloc}" == self.address]
        self._note([target.path + (f"?{target.query}" if target.query else "") for target in ours])

    def _note(self, paths: Iterable[str]) -> None:
        """These are to be opened, but for what is known, what is none of our addresses, and the way out."""
        for path in paths:
            if path not in self.known and name_of(urlsplit(path).path) not in ("", "account_logout"):
                self.known.add(path)
                self.ahead.append(path)

    def _likely(self, name: str) -> str:
        """Of what was put off, rather a page of the same family: from there most links lead on."""
        family = re.split("[:_]", name)[0]
        path = next((one for one in self.later if name_of(urlsplit(one).path).startswith(family)), self.later[0])
        self.later.remove(path)
        return path

    def _made(self, name: str) -> str:
        """The address of a page to which only a form leads."""
        return MADE[name](self) if name in MADE else _plain(name)


def _plain(name: str) -> str:
    """The address of a page about nothing in particular."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _last_step(site: Map) -> str:
    """The page that sends: the choice of a garage leads to it, for a draft that has come so far."""
    site.find("referral_garage")
    for path in site.shapes["referral_garage"].values():
        send = reverse("referral_send", args=[resolve(urlsplit(path).path).kwargs["uid"]])
        if urlsplit(site.request.get(send).url).path == send:
            return send
    return ""


def _beside(name: str, known: str) -> Callable[[Map], str]:
    """The page of this name about something whose other page is known, where it answers and leads nowhere else."""

    def find(site: Map) -> str:
        site.find(known)
        things = (resolve(urlsplit(path).path).kwargs for path in site.shapes[known].values())
        found = (reverse(name, kwargs=kwargs) for kwargs in things)
        return next((path for path in found if site.answers(path)), "")

    return find


# Pages that no link leads to: how to come there.
MADE: dict[str, Callable[[Map], str]] = {
    "account_reset_password_from_key": lambda site: reverse(
        "account_reset_password_from_key", kwargs={"uidb36": "1", "key": "lien-perime"}
    ),
    "referral_send": _last_step,
    # as long as nobody has answered; then it leads to the case
    "referral_sent": _beside("referral_sent", "referral_case"),
    # linked once something was changed
    "garages:history": _beside("garages:history", "garages:garage"),
    "partners:history": _beside("partners:history", "partners:structure"),
}
