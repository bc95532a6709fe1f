"""On what and roughly from where someone signs in, in words; the browser itself, known again by its cookie.

Little is kept: the names of browser and system, the network without its last part, a hash of the cookie.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

COOKIE = "appareil"
COOKIE_AGE_SECONDS = 390 * 24 * 3600  # 13 months, as the CNIL allows for a cookie that needs no consent

# The first sign found in what the browser says of itself names it: most say that they are several others too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


class Device(NamedTuple):
    browser: str
    system: str


def device_of(user_agent: str) -> Device:
    """The names of browser and system; empty where they do not say."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return Device(browser, system)


def device_words(browser: str, system: str) -> str:
    if browser and system:
        return _("%(browser)s sur %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Navigateur inconnu")


def network_of(address: str) -> str:
    """The network that the address belongs to: enough to know one's office again, too little to find a person."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    prefix = 24 if known.version == 4 else 48
    return str(ipaddress.ip_network(f"{known}/{prefix}", strict=False))


def address_of(request: HttpRequest) -> str:
    """The address that the request came from, as the settings on proxies have it; empty when it has none."""
    from allauth.account.adapter import get_adapter  # loads models, and models name devices

    try:
        return str(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):
        return ""


def shared_address_of(request: HttpRequest) -> str:
    """What limits count by: the address, of IPv6 the network of 64 bits that one household or server has."""
    address = address_of(request)
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False))


def token_of(request: HttpRequest) -> str:
    """What the browser's cookie holds; empty in one that never signed in here."""
    token = request.COOKIES.get(COOKIE, "")
    return token if len(token) <= 64 else ""


def new_token() -> str:
    return secrets.token_urlsafe(24)


def hash_of(token: str, user_id: int) -> str:
    """What is kept of a cookie: whoever reads the database cannot make one, nor tell who shares a computer."""
    return hashlib.sha256(f"{user_id}:{token}".encode()).hexdigest()


def remember(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_AGE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        path="/",
    )
