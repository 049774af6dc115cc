"""The container files say what is true; they are read, so that no Docker is needed to test them."""

import importlib
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from granian.cli import cli as granian

from booking_portal.embedded import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?P<rest>[^}]*)\}")
EXACT_VERSION = re.compile(r":\d+\.\d+(\.\d+)?(-[a-z0-9]+)*$")


def command_of(service: dict[str, Any]) -> list[str]:
    """The command with its defaults filled in."""
    return [VARIABLE.sub(lambda found: found["rest"].removeprefix(":-"), word) for word in service["command"]]


def test_services_are_the_whole_portal() -> None:
    assert set(SERVICES) == {"db", "redis", "migrate", "web", "api", "worker", "beat", "proxy"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_service_has_a_health_check_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "api", "worker", "beat"])
def test_service_waits_for_what_it_needs(name: str) -> None:
    assert SERVICES[name]["depends_on"] == {
        "db": {"condition": "service_healthy"},
        "redis": {"condition": "service_healthy"},
        "migrate": {"condition": "service_completed_successfully"},
    }


def test_images_are_of_exact_versions() -> None:
    images = [service["image"] for service in SERVICES.values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert [image for image in images if not EXACT_VERSION.search(image)] == []


def test_variables_with_defaults_are_only_sizes_and_what_may_stay_away() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    with_default = {found["name"] for found in VARIABLE.finditer(text) if not found["rest"].startswith(":?")}

    sizes = {"WEB_WORKERS", "API_WORKERS", "WORKER_PROCESSES"}
    optional = ("RECAPTCHA_", "EID_", "METRICS_", "LINK_", "EMAIL_PROVIDER", "SMS_TRANSPORT")
    may_stay_away = {name for name in with_default if name.startswith(optional)}
    assert with_default == sizes | may_stay_away


def test_nothing_secret_is_written_down() -> None:
    secret = re.compile(r"SECRET|PASSWORD|KEY|TOKEN|_URL")
    written_down = {
        f"{name}: {variable}"
        for name, service in SERVICES.items()
        for variable, value in service.get("environment", {}).items()
        if secret.search(variable) and "${" not in value
    }

    assert written_down == set()
    assert re.findall(r"^(?:ENV|ARG).*(?:SECRET|PASSWORD|KEY|TOKEN)", DOCKERFILE, re.MULTILINE) == []


def test_env_example_names_what_is_required_and_gives_no_values() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    required = {found["name"] for found in VARIABLE.finditer(text) if found["rest"].startswith(":?")}
    lines = (ROOT / ".env.example").read_text().splitlines()

    assert {line for line in lines if line and not line.startswith("#")} == {f"{name}=" for name in required}


def test_settings_read_every_variable_they_are_given() -> None:
    settings = (ROOT / "booking_portal" / "settings.py").read_text()

    assert [name for name in SERVICES["web"]["environment"] if f'"{name}"' not in settings] == []


@pytest.mark.parametrize("name", ["web", "api"])
def test_server_command_is_understood(name: str) -> None:
    program, *arguments = command_of(SERVICES[name])

    options = granian.make_context(program, arguments).params

    assert program == "granian"
    assert (options["host"], options["port"]) == ("0.0.0.0", 8000)  # noqa: S104 - inside its container
    module, _, attribute = options["app"].partition(":")
    assert hasattr(importlib.import_module(module), attribute)
    assert options["interface"].value == module.rpartition(".")[2]


@pytest.mark.parametrize("name", sorted(OURS))
def test_commands_exist(name: str) -> None:
    program, *arguments = command_of(OURS[name])

    assert shutil.which(program, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert [word for word in arguments if word.endswith(".py") and not (ROOT / word).exists()] == []


def test_one_process_migrates() -> None:
    assert SERVICES["migrate"]["command"][:3] == ["python", "manage.py", "migrate"]
    assert "migrate" in get_commands()


def test_processes_have_no_more_rights_than_they_need() -> None:
    user = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)

    assert user == ["portal"]
    assert all(service["cap_drop"] == ["ALL"] and service["read_only"] for service in OURS.values())


def test_portal_is_no_superuser_of_its_database() -> None:
    script = (ROOT / "deploy" / "postgres" / "create-portal.sh").read_text()

    assert "create role portal login password" in script
    assert "superuser" not in script.split("SQL")[1]
    assert SERVICES["db"]["environment"]["POSTGRES_USER"] == "postgres"
    assert SERVICES["web"]["environment"]["DATABASE_URL"].startswith("postgres://portal:")


def test_mounted_files_exist() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", [])]
    files = [mount.split(":")[0] for mount in mounts if mount.startswith("./")]

    assert files == ["./deploy/postgres", "./deploy/Caddyfile"]
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_proxy_knows_the_wildcard_and_the_servers() -> None:
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text()

    assert "{$BASE_DOMAIN}, *.{$BASE_DOMAIN} {" in caddyfile
    assert set(re.findall(r"reverse_proxy (\S+)", caddyfile)) == {"web:8000", "api:8000"}
    assert SERVICES["proxy"]["ports"] == ["80:80", "443:443", "443:443/udp"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert SERVICES["db"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]


def test_image_leaves_out_what_is_local() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert {".git", ".venv", ".local", ".env"} <= set(ignored)
    assert Path(ROOT / "deploy" / "healthcheck.py").exists()
