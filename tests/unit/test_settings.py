"""Settings: which source wins, which combinations stop the start, and what the sentence says."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from glacia_ui import settings as settings_module
from glacia_ui.settings import Settings, SettingsError, load_settings
from glacia_ui.settings_sources import environment_names

CONFIG = (
    '[server]\nport = 1001\nmaxUploadSize = 7\n[theme]\nprimaryColor = "#123456"\n[glacia]\nmodel = "from-config"\n'
)
SECRETS = 'ANTHROPIC_API_KEY = "sk-ant-from-secrets"\nGLACIA_PORT = 1002\n[glacia]\nmodel = "from-secrets"\n'
DOTENV = "GLACIA_PORT=1003\nGLACIA_MODEL=from-dotenv\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty Glacia folder, and an environment without any of our names."""
    for field in Settings.model_fields:
        for name in environment_names(field):
            monkeypatch.delenv(name, raising=False)
    (tmp_path / ".streamlit").mkdir()
    monkeypatch.setattr(settings_module, "ROOT", tmp_path)
    return tmp_path


def test_defaults_need_nothing() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.model) == ("127.0.0.1", 7860, "claude-sonnet-5-5")
    assert settings.is_demo
    assert settings.is_embedded
    assert settings.allows_guests
    assert settings.notes() == []


@pytest.mark.parametrize(
    ("files", "environment", "port", "model"),
    [
        ({".streamlit/config.toml": CONFIG}, {}, 1001, "from-config"),
        ({".streamlit/config.toml": CONFIG, ".streamlit/secrets.toml": SECRETS}, {}, 1002, "from-secrets"),
        (
            {".streamlit/config.toml": CONFIG, ".streamlit/secrets.toml": SECRETS, ".env": DOTENV},
            {},
            1003,
            "from-dotenv",
        ),
        (
            {".streamlit/config.toml": CONFIG, ".streamlit/secrets.toml": SECRETS, ".env": DOTENV},
            {"GLACIA_PORT": "1004", "GLACIA_MODEL": "from-environment"},
            1004,
            "from-environment",
        ),
        ({".env": DOTENV}, {"GLACIA_PORT": ""}, 1003, "from-dotenv"),
    ],
)
def test_the_stronger_source_wins(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str],
    environment: dict[str, str],
    port: int,
    model: str,
) -> None:
    for name, content in files.items():
        (folder / name).write_text(content)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert (settings.port, settings.model) == (port, model)


def test_streamlit_names(folder: Path) -> None:
    (folder / ".streamlit/config.toml").write_text(CONFIG)
    settings = load_settings()
    assert settings.max_upload_mb == 7
    assert settings.theme.primary_color == "#123456"


def test_the_origins_name_for_the_key_works_and_ours_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_API_KEY", "sk-ant-old-name")
    assert load_settings().anthropic_api_key.get_secret_value() == "sk-ant-old-name"
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-new-name")
    settings = load_settings()
    assert settings.anthropic_api_key.get_secret_value() == "sk-ant-new-name"
    assert not settings.is_demo


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLACIA_ADMINS", "Ada@Example.org, bob@example.org,")
    monkeypatch.setenv("GLACIA_TRUSTED_PROXIES", "10.0.0.0/8,::1")
    monkeypatch.setenv("GLACIA_METRICS_TOKEN", "kept-by-the-operator")
    settings = load_settings()
    assert settings.admins == ("ada@example.org", "bob@example.org")
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"GLACIA_PORT": "many"}, "GLACIA_PORT: input should be a valid integer"),
        ({"GLACIA_PORT": "70000"}, "GLACIA_PORT: input should be less than or equal to 65535"),
        ({"GLACIA_ENV": "prod"}, "GLACIA_ENV: input should be 'development' or 'production'"),
        ({"GLACIA_ADMINS": "ada"}, "GLACIA_ADMINS: must be e-mail addresses"),
        ({"GLACIA_PUBLIC_URL": "glacia.example.org"}, "GLACIA_PUBLIC_URL: must be a web address"),
        ({"GLACIA_TRUSTED_PROXIES": "everyone"}, "GLACIA_TRUSTED_PROXIES: "),
        ({"GLACIA_TRUSTED_PROXIES": "10.0.0.0/8"}, "GLACIA_METRICS_TOKEN is required with GLACIA_TRUSTED_PROXIES"),
        ({"ANTHROPIC_BASE_URL": "https://proxy.example.org"}, "ANTHROPIC_BASE_URL needs ANTHROPIC_API_KEY"),
        ({"ANTHROPIC_API_KEY": "sk-ant-..."}, "ANTHROPIC_API_KEY is still a placeholder."),
        ({"CLAUDE_API_KEY": "your-key-here"}, "ANTHROPIC_API_KEY is still a placeholder."),
        ({"GLACIA_SECRET_KEY": "changeme", "GLACIA_ENV": "production"}, "GLACIA_SECRET_KEY is still a placeholder."),
        ({"GLACIA_SECRET_KEY": "short but odd", "GLACIA_ENV": "production"}, "GLACIA_SECRET_KEY is too short"),
        ({"SUPABASE_URL": "https://x.supabase.example"}, "SUPABASE_URL needs SUPABASE_ANON_KEY"),
        (
            {
                "SUPABASE_URL": "https://x.supabase.example",
                "SUPABASE_ANON_KEY": "anon",
                "SUPABASE_SERVICE_ROLE_KEY": "role",
            },
            "GLACIA_SECRET_KEY is required with SUPABASE_URL.",
        ),
        (
            {"GLACIA_PUBLIC_URL": "https://a.example", "GLACIA_PREVIEW_ORIGIN": "https://a.example/"},
            "GLACIA_PREVIEW_ORIGIN must differ",
        ),
    ],
)
def test_what_cannot_work_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], sentence: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[glacia]\nmodle = 'x'", "[glacia] in .streamlit/config.toml has no setting called 'modle'."),
        ("[theme]\nprimaryColor = 'url(x)'", "[theme] primaryColor: must be a colour such as #0b687d."),
        ("port =", ".streamlit/config.toml cannot be read: "),
    ],
)
def test_a_wrong_config_file_is_named(folder: Path, content: str, sentence: str) -> None:
    (folder / ".streamlit/config.toml").write_text(content)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(sentence)


def test_a_sentence_never_holds_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-very-secret")
    monkeypatch.setenv("GLACIA_PORT", "sk-ant-very-secret")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "very-secret" not in str(caught.value)
    monkeypatch.delenv("GLACIA_PORT")
    assert "very-secret" not in repr(load_settings())


@pytest.mark.parametrize(
    ("environment", "guests", "allowed"),
    [
        ("development", None, True),
        ("development", False, False),
        ("production", None, False),
        ("production", True, True),
    ],
)
def test_guests_in_production_only_when_switched_on(environment: str, guests: bool | None, allowed: bool) -> None:
    assert load_settings(environment=environment, guests=guests).allows_guests is allowed


def test_settings_that_nothing_uses_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENTRY_DSN", "https://word@localhost/1")
    assert load_settings().notes() == ["SENTRY_DSN is set, but this version does not use it."]


@pytest.mark.parametrize(
    "address",
    [
        "redis://localhost",
        "redis://:word@localhost:6379/0",
        "rediss://user:word@redis.example.org:6380/1?ssl_ca_certs=/etc/ca.pem",
        "unix:///run/redis.sock?db=2",
    ],
)
def test_an_address_of_redis_is_taken_as_it_is(address: str) -> None:
    assert load_settings(redis_url=address).redis_url.get_secret_value() == address


@pytest.mark.parametrize(
    "address",
    [
        "localhost:6379",
        "http://:secret-word@localhost",
        "redis://",
        "unix://",
        "redis://:secret-word@localhost:port",
        "redis://:secret-word@localhost:0",
        "redis://:secret-word@localhost/zero",
        "redis://:secret-word@localhost/0?db=one",
        "redis://:secret-word@localhost?socket_timeout=9",
        "redis://:secret-word@localhost?ssl_ca_certs=/etc/ca.pem",
        "rediss://:secret-word@localhost?ssl_cert_reqs=none",
        "redis://:secret-word@localhost#0",
    ],
)
def test_a_wrong_address_of_redis_stops_the_start_and_is_not_repeated(address: str) -> None:
    with pytest.raises(SettingsError, match=r"^REDIS_URL: must be an address such as redis://") as error:
        load_settings(redis_url=address)
    assert "secret-word" not in str(error.value)


def test_the_logs_can_be_told_every_secret() -> None:
    settings = load_settings(anthropic_api_key="sk-ant-one-secret", redis_url="redis://two", model="not-secret")
    assert set(settings.secret_values()) == {"sk-ant-one-secret", "redis://two"}


def test_the_signing_key_is_made_once_and_for_the_owner_only(folder: Path) -> None:
    settings = load_settings(data_dir=folder / "data")
    key = settings.signing_key()
    assert len(key) >= settings_module.SHORTEST_SECRET_KEY
    assert load_settings(data_dir=folder / "data").signing_key() == key
    assert stat.S_IMODE((folder / "data/secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (folder / "data").iterdir()] == ["secret.key"]


def test_a_signing_key_that_is_set_is_not_written_down(folder: Path) -> None:
    settings = load_settings(data_dir=folder / "data", secret_key="given by the operator, long enough")
    assert settings.signing_key() == b"given by the operator, long enough"
    assert not (folder / "data").exists()


def test_a_data_folder_that_cannot_be_made_is_one_sentence(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(SettingsError, match=r"GLACIA_DATA_DIR: .* cannot be used"):
        load_settings(data_dir=folder / "file").signing_key()


def test_two_data_folders_have_two_cookies(folder: Path) -> None:
    names = {load_settings(data_dir=folder / name).cookie_name for name in ("a", "b")}
    assert len(names) == 2
    assert all(name.startswith("glacia_") and len(name) == 15 for name in names)
