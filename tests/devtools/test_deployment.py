"""Dockerfile, docker-compose.yml and .env.example against the tree; there is no Docker engine here."""

import importlib.util
import os
import re
import runpy
import shlex
import subprocess

import pytest
import yaml

from devtools.commands import COMMANDS
from devtools.places import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
SETTINGS = (ROOT / "mobiliz" / "settings.py").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()


def instructions(name):
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


def documented():
    return dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


def test_every_path_that_the_image_copies_exists():
    for line in instructions("COPY"):
        *sources, _ = line.split()
        assert all((ROOT / source).exists() for source in sources)


def test_the_image_leaves_secrets_and_machines_leftovers_out():
    ignored = (ROOT / ".dockerignore").read_text().split("\n")

    assert {".env", ".git", ".venv", ".local", "tests"} <= set(ignored)


def test_no_package_with_code_is_left_out_of_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split("\n")
    apps = {name.split(".")[0] for name in re.findall(r'^    "([a-z_.]+)",$', SETTINGS, re.MULTILINE)}

    assert not {app for app in apps if (ROOT / app).is_dir()} & set(ignored)


def test_the_image_installs_with_hashes_and_runs_as_an_ordinary_user():
    assert any("--require-hashes -r requirements/base.txt" in line for line in instructions("RUN"))
    assert instructions("USER") == ["mobiliz"]
    assert DOCKERFILE.index("\nUSER ") < DOCKERFILE.index("\nCMD ")


def test_the_thrown_away_values_satisfy_the_settings(monkeypatch):
    line = next(line for line in instructions("RUN") if "collectstatic" in line)
    values = dict(word.split("=", 1) for word in shlex.split(line) if re.match(r"[A-Z_]+=", word))

    assert settings_with(values, monkeypatch)["IS_PRODUCTION"]


def settings_with(values, monkeypatch):
    """What the settings make of an environment that holds these values and nothing else."""
    monkeypatch.setattr(os, "environ", values)
    monkeypatch.setattr("environ.Env.ENVIRON", values)
    return runpy.run_path(str(ROOT / "mobiliz" / "settings.py"))


def test_web_worker_and_beat_are_one_image():
    assert {SERVICES[name]["image"] for name in OURS} == {COMPOSE["name"]}
    assert SERVICES["migrate"]["build"] == "."


@pytest.mark.parametrize("name", OURS)
def test_what_a_service_runs_exists(name):
    if "command" not in SERVICES[name]:
        (command,) = instructions("CMD")
        program, module, *_ = yaml.safe_load(command)
        assert importlib.util.find_spec(program)
        assert importlib.util.find_spec(module.split(":")[0])
        return
    program, *arguments = SERVICES[name]["command"].split()
    if program == "python":
        assert (ROOT / arguments[0]).exists()
    else:
        assert importlib.util.find_spec(program)
        assert importlib.util.find_spec(arguments[arguments.index("--app") + 1])


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_nothing_starts_before_database_broker_and_migrations(name):
    waits_for = {other: how["condition"] for other, how in SERVICES[name]["depends_on"].items()}

    assert waits_for == {
        "migrate": "service_completed_successfully",
        "postgres": "service_healthy",
        "valkey": "service_healthy",
    }


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_that_stays_tells_whether_it_is_well(name):
    assert SERVICES[name]["healthcheck"]["test"]


def test_volumes_are_declared_and_used():
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}

    assert used == set(COMPOSE["volumes"])


def test_the_check_inside_the_web_service_is_python():
    *_, script = SERVICES["web"]["healthcheck"]["test"]

    compile(script, "healthcheck", "exec")


def test_no_secret_stands_in_the_compose_file():
    assert all(SERVICES[name]["env_file"] == ".env" for name in OURS)
    inline = {key: value for service in SERVICES.values() for key, value in service.get("environment", {}).items()}
    secrets = {key: value for key, value in inline.items() if re.search("PASSWORD|SECRET|KEY|URL", key)}
    assert all(value.startswith("${") for value in secrets.values())


def test_every_variable_of_the_settings_is_documented_and_no_other():
    read = set(re.findall(r'(?:_required|env\.\w+|env)\(\s*"([A-Z_]+)"', SETTINGS))
    of_others = {"MOBILIZ_STATE", "POSTGRES_PASSWORD"}

    assert set(documented()) == read | of_others


def test_the_example_starts_production_once_the_empty_lines_are_filled(monkeypatch):
    lines = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    filled = {"DATABASE_URL": "postgres://a:b@postgres:5432/c", "CELERY_BROKER_URL": "redis://valkey:6379/0"}
    filled |= {"EMAIL_URL": "smtp+tls://a:b@mail.example:587"}

    found = settings_with({name: value or filled.get(name, "filled") for name, value in lines.items()}, monkeypatch)

    assert found["IS_PRODUCTION"]
    assert "" not in found["CSRF_TRUSTED_ORIGINS"]
    assert found["CACHES"]["default"]["LOCATION"] == "redis://valkey:6379/0"


def test_the_example_holds_no_secret():
    assert all(not documented()[name] for name in ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "POSTGRES_PASSWORD"))


def test_the_gate_runs_what_the_door_offers():
    script = ROOT / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script]).returncode == 0
    (steps,) = re.findall(r"^for step in (.+); do$", script.read_text(), re.MULTILINE)
    asked = shlex.split(steps)
    assert {"check", "test", "browser", "prove faults", "prove year --seed 2479"} == set(asked)
    assert {step.split()[0] for step in asked} <= set(COMMANDS)


def test_what_people_search_for_is_not_written_into_the_log():
    (command,) = instructions("CMD")
    words = yaml.safe_load(command)
    assert "%(U)s" in words[words.index("--access-logformat") + 1]
    assert not {"%(r)s", "%(q)s", "%(f)s", "%(h)s"} & set(words[words.index("--access-logformat") + 1].split())
