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


@pytest.fixture(scope="session")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[float, Sequence[object]], AppProcess]]:
    """Apps by the speed and the faults of their demo model, each started once."""
    running: dict[str, AppProcess] = {}

    def app_with(speed: float, faults: Sequence[Mapping[str, object] | None]) -> AppProcess:
        key = json.dumps([speed, faults])
        if key not in running:
            running[key] = AppProcess(tmp_path_factory.mktemp("app") / "data", speed=speed, faults=faults).start()
        return running[key]

    yield app_with
    for app in running.values():
        app.__exit__()


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
