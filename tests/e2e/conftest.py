"""The real app in a process of its own, a real browser, and people who use them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest
from playwright.sync_api import Browser

from tests.support.app_process import AppProcess
from tests.support.browser import open_browser
from tests.support.visitor import Visitor

DESKTOP = (1440, 900)
Enter = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules that want the same app stand side by side, and the tests of a browser come first: they take longest."""
    items.sort(key=lambda item: (0, *_wanted(item.module)) if "/e2e/" in item.path.as_posix() else (1,))


def _wanted(module: object) -> tuple[float, str]:
    """(speed, faults) of the demo model, as a module says them."""
    return getattr(module, "SPEED", 8.0), json.dumps(getattr(module, "FAULTS", ()))


@pytest.fixture(scope="session")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[float, Sequence[object]], AppProcess]]:
    """The app with a demo model of this speed and these faults. One at a time: even at rest each takes some of it."""
    running: dict[str, AppProcess] = {}

    def stop() -> None:
        for app in running.values():
            app.__exit__()
        running.clear()

    def app_with(speed: float, faults: Sequence[Mapping[str, object] | None]) -> AppProcess:
        key = json.dumps([speed, faults])
        if key not in running:
            stop()
            running[key] = AppProcess(tmp_path_factory.mktemp("app") / "data", speed=speed, faults=faults).start()
        return running[key]

    yield app_with
    stop()


@pytest.fixture(scope="module")
def glacia(request: pytest.FixtureRequest, apps: Callable[[float, Sequence[object]], AppProcess]) -> AppProcess:
    """The app, with a demo model as fast (`SPEED`) and as broken (`FAULTS`) as the test's module says."""
    return apps(getattr(request.module, "SPEED", 8.0), getattr(request.module, "FAULTS", ()))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def enter(browser: Browser, glacia: AppProcess) -> Iterator[Enter]:
    """Lets somebody in: `enter()` is a new guest, at the size and in the colours that are asked for.

    Whoever meets a script error, or a page that asks for something outside, fails the test.
    """
    visitors: list[Visitor] = []

    def come_in(size: tuple[int, int] = DESKTOP, **options: object) -> Visitor:
        visitors.append(Visitor(browser, glacia.url, size, **options))
        return visitors[-1]

    yield come_in
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.leave()
    assert complaints == []


@pytest.fixture
def visitor(enter: Enter) -> Visitor:
    """A guest at a desk."""
    return enter().as_guest()
