"""Every SQL test runs on both Postgres versions and both sets of default privileges.

Most tests need a user of their own, not a database: `sql` is shared, `fresh` is not. What reaches beyond one user (rate
policies, claims from all queues, a sweep) belongs into a fresh one.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.conftest import SQL_VARIANTS, Clusters
from tests.sql.calls import Calls
from tests.support.databases import Database


@pytest.fixture(scope="session", params=SQL_VARIANTS, ids=[f"pg{major}-{regime}" for major, regime in SQL_VARIANTS])
def shared_calls(request: pytest.FixtureRequest, clusters: Clusters) -> Iterator[Calls]:
    major, regime = request.param
    cluster = clusters.get(major)
    database = cluster.create(regime)
    calls = Calls(database)
    yield calls
    calls.close()
    cluster.drop(database)


@pytest.fixture
def sql(shared_calls: Calls) -> Calls:
    """Calls into a database that other tests use, too."""
    return shared_calls


@pytest.fixture
def fresh(sql_database: Database) -> Iterator[Calls]:
    """Calls into a database of its own."""
    calls = Calls(sql_database)
    yield calls
    calls.close()


@pytest.fixture
def user(sql: Calls) -> UUID:
    """Somebody who has just signed up."""
    return sql.add_user()


@pytest.fixture
def project(sql: Calls, user: UUID) -> str:
    """Their empty project."""
    return sql.create_project(user)
