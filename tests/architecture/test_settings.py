"""Production says what it lacks, and starts only safe."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.cast import sign_in
from tests.factories.accounts import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "MOBILIZ_MODE": "production",
    "SECRET_KEY": "3Zq8-tests-only-no-secret-nP4xwLk7vTgR2sYbJc9dFhMaEu5iQoWz",
    "FIELD_ENCRYPTION_KEYS": "dGVzdHMtb25seS1uby1zZWNyZXQtMzItYnl0ZXMtLS0=",
    "ALLOWED_HOSTS": "mobiliz.example",
    "SITE_ADDRESS": "https://mobiliz.example",
    "DATABASE_URL": "postgres://mobiliz@localhost/mobiliz",
    "CELERY_BROKER_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp+tls://user:word@mail.example:587",
    "DEFAULT_FROM_EMAIL": "Mobiliz <ne-pas-repondre@mobiliz.example>",
}
REQUIRED = sorted(PRODUCTION.keys() - {"MOBILIZ_MODE"})
KEPT = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}

# Every missing value in one process: the settings file is read anew for each, and says what stopped it.
TRY_WITHOUT_EACH = """
import json, os, runpy, sys
from django.core.exceptions import ImproperlyConfigured
full, told = dict(os.environ), {}
for name in sys.argv[1].split(","):
    for value in (None, ""):
        os.environ.clear()
        os.environ.update(full | ({} if value is None else {name: value}))
        if value is None:
            del os.environ[name]
        try:
            runpy.run_path("mobiliz/settings.py")
            told[f"{name}={value}"] = "started"
        except ImproperlyConfigured as stopped:
            told[f"{name}={value}"] = str(stopped)
print(json.dumps(told))
"""


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**KEPT, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_production_names_each_value_that_is_missing():
    done = run("-c", TRY_WITHOUT_EACH, ",".join(REQUIRED), **PRODUCTION)
    told = json.loads(done.stdout)
    assert len(told) == 2 * len(REQUIRED)
    for what, sentence in told.items():
        assert sentence.startswith(f"{what.partition('=')[0]} is not set."), (what, sentence)


def test_production_is_what_starts_when_nothing_is_said():
    done = run("manage.py", "check")
    assert done.returncode != 0
    assert "SECRET_KEY is not set." in done.stderr


def test_an_unknown_mode_is_refused():
    done = run("manage.py", "check", **{**PRODUCTION, "MOBILIZ_MODE": "prod"})
    assert "MOBILIZ_MODE must be" in done.stderr


def test_production_passes_every_check_for_deployment():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


SAFE_IN_PRODUCTION = {
    "DEBUG": False,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "CSRF_COOKIE_SAMESITE": "Lax",
    "X_FRAME_OPTIONS": "DENY",
    "CLOCK_OFFSET_SECONDS": 0,
    "MOBILIZ_MODE": "production",
}


def test_production_is_safe_and_its_clock_cannot_be_moved():
    script = f"from mobiliz import settings; print([getattr(settings, name) for name in {list(SAFE_IN_PRODUCTION)}])"
    done = run("-c", script, **PRODUCTION, MOBILIZ_CLOCK_OFFSET_SECONDS="86400")
    assert done.stdout.strip() == str(list(SAFE_IN_PRODUCTION.values())), done.stderr


def test_pages_of_references_are_not_served_in_production():
    script = "import django; django.setup(); from django.urls import resolve; print(resolve('/composants/'))"
    done = run("-c", script, **PRODUCTION, DJANGO_SETTINGS_MODULE="mobiliz.settings")
    assert "Resolver404" in done.stderr


def test_the_example_names_every_value_that_production_requires():
    example = (ROOT / ".env.example").read_text()
    for name in REQUIRED:
        assert f"\n{name}=" in example


# --- what every answer carries ----------------------------------------------------------------------------
def test_nothing_runs_that_we_did_not_write(client, db):
    policy = client.get("/").headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert directives["object-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert directives["form-action"] == "'self'"
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "script-src" not in directives


@pytest.mark.parametrize("path", ["/", "/connexion/", "/nulle-part/", "/bureau/", "/healthz"])
def test_every_answer_is_armed(client, db, path):
    headers = client.get(path).headers
    assert "Content-Security-Policy" in headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_are_for_our_own_pages(client, adviser):
    typed = {"login": adviser.user.email, "password": PASSWORD}
    cookies = client.post("/connexion/", typed).cookies
    assert cookies["sessionid"]["httponly"]
    assert {cookie["samesite"] for cookie in cookies.values()} == {"Lax"}


def test_what_a_signed_in_person_saw_is_kept_nowhere(client, adviser):
    answer = sign_in(client, adviser).get("/compte/mot-de-passe/")
    assert "no-store" in answer.headers["Cache-Control"]


def test_no_template_holds_inline_script_or_style():
    found = []
    mails = ROOT / "templates" / "emails"  # no policy reaches a mail, and no sheet of ours
    for template in [page for page in ROOT.glob("templates/**/*.html") if mails not in page.parents]:
        text = template.read_text()
        if 'style="' in text or "<style" in text or "javascript:" in text or " onclick=" in text:
            found.append(str(template.relative_to(ROOT)))
        if "<script>" in text or "hx-on" in text or "hx-vals='js" in text:
            found.append(str(template.relative_to(ROOT)))
    assert found == []


def test_the_published_key_and_password_are_not_ours():
    """The stand-ins are for everywhere but production, and say so."""
    assert "not-a-secret" in settings.SECRET_KEY
