"""What stands in `deploy/` agrees with the app: names of settings, ports, paths, files. No engine runs it here."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import yaml

from glacia_ui.settings import Settings
from glacia_ui.settings_sources import environment_names

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
CADDYFILE = (DEPLOY / "Caddyfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
EXAMPLE = (DEPLOY / ".env.example").read_text("utf-8")
SETTINGS = {name for field in Settings.model_fields for name in environment_names(field)}
NOT_OURS = {"GLACIA_DOMAIN", "REDIS_PASSWORD"}
"""Read by the compose file alone."""
REPLICAS = ("glacia-1", "glacia-2")


def test_every_setting_named_there_is_one() -> None:
    names = set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE)) | set(COMPOSE["x-glacia"]["environment"])
    names |= set(re.findall(r"(GLACIA_[A-Z_]+)=", DOCKERFILE + (DEPLOY / "glacia.service").read_text("utf-8")))
    assert names - NOT_OURS <= SETTINGS


def test_every_variable_of_the_compose_file_is_in_the_example() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    assert set(re.findall(r"\$\{([A-Z_]+)", text)) <= set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_two_processes_stand_behind_caddy_with_limits_and_restarts() -> None:
    services = COMPOSE["services"]
    for name in REPLICAS:
        assert services[name]["restart"] == "unless-stopped"
        assert services[name]["mem_limit"]
        assert "ports" not in services[name], "reachable around the proxy that is trusted"
        assert f"{name}:7860" in CADDYFILE
    volumes = [services[name]["volumes"] for name in REPLICAS]
    assert volumes[0] != volumes[1], "each has log files of its own"
    assert all(service.get("mem_limit") for service in services.values())
    assert "redis-cli" in services["redis"]["healthcheck"]["test"]


def test_the_proxy_is_trusted_and_nobody_else() -> None:
    (network,) = COMPOSE["networks"]["inside"]["ipam"]["config"]
    assert COMPOSE["x-glacia"]["environment"]["GLACIA_TRUSTED_PROXIES"] == network["subnet"]
    assert "GLACIA_METRICS_TOKEN=" in EXAMPLE, "required with trusted proxies"


def test_the_image_runs_what_the_readme_says_as_nobody_special() -> None:
    version = re.search(r"FROM python:([\d.]+)-slim", DOCKERFILE)
    assert version is not None
    assert f'requires-python = ">={version[1]}"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert DOCKERFILE.index("USER glacia") < DOCKERFILE.index('CMD ["/venv/bin/python", "app.py"]')
    port = Settings.model_fields["port"].default
    assert f"GLACIA_PORT={port}" in DOCKERFILE
    assert f"127.0.0.1:{port}/health" in DOCKERFILE
    for source in re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE):
        assert (ROOT / source).exists()
        assert f"!{source}" in (ROOT / ".dockerignore").read_text("utf-8").split()


def test_the_image_has_every_folder_that_the_app_reads() -> None:
    copied = set(re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE))
    named = re.findall(r'ROOT / "(\w+)"', "\n".join(p.read_text("utf-8") for p in (ROOT / "glacia_ui").rglob("*.py")))
    assert set(named) | {"glacia_ui", "pages", "supabase", "app.py"} <= copied


def test_the_unit_restarts_stops_kindly_and_keeps_its_data() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(DEPLOY / "glacia.service")
    service = unit["Service"]
    assert (service["Restart"], service["KillSignal"], service["NoNewPrivileges"]) == ("on-failure", "SIGTERM", "yes")
    assert service["MemoryMax"]
    assert service["ExecStart"].endswith("/.venv/bin/python app.py")
    assert service["StateDirectory"] in service["Environment"]
