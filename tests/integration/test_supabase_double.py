"""The double by PostgREST's own rules, asked over plain HTTP: else the tests that stand on it would prove nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.doubles.supabase.keys import Keys
from tests.doubles.supabase.server import Server
from tests.support.databases import Database

FUNCTIONS = """
create function public.t_set() returns setof int language sql as $$ select 1 union all select 2 $$;
create function public.t_void() returns void language sql as $$ select $$;
create function public.t_null() returns int language sql as $$ select null::int $$;
create function public.t_row(out a int, out b text) language sql as $$ select 1, 'x' $$;
create function public.t_more(p_a int, p_b int default 7) returns int language sql as $$ select p_a + p_b $$;
create function public.t_either(p_a int) returns int language sql as $$ select 1 $$;
create function public.t_either(p_a text) returns int language sql as $$ select 2 $$;
create function public.t_raise(p_state text) returns int language plpgsql as $$
begin raise exception using errcode = p_state, message = 'm', detail = 'd', hint = 'h'; end $$;
create function public.t_timeout() returns text language sql as $$ select current_setting('statement_timeout') $$;
grant execute on all functions in schema public to anon, authenticated, service_role;
create function public.t_closed() returns int language sql as $$ select 1 $$;
"""


@pytest.fixture
async def rest(database: Database, supabase: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A stranger with the public key."""
    with database.connect("postgres") as connection:
        connection.execute(FUNCTIONS.encode())
    headers = {"apikey": supabase.project.keys.publishable}
    async with httpx.AsyncClient(base_url=f"{supabase.url}/rest/v1/rpc/", headers=headers) as client:
        yield client


@pytest.mark.parametrize(
    ("function", "args", "status", "body"),
    [
        ("t_set", {}, 200, "[1,2]"),
        ("t_void", {}, 204, ""),
        ("t_null", {}, 200, "null"),
        ("t_row", {}, 200, '{"a":1,"b":"x"}'),
        ("t_more", {"p_a": 1}, 200, "8"),
        ("t_more", {"p_a": 1, "p_b": 1}, 200, "2"),
    ],
)
async def test_an_answer_has_the_shape_of_the_result(
    rest: httpx.AsyncClient, function: str, args: dict[str, Any], status: int, body: str
) -> None:
    answer = await rest.post(function, json=args)
    assert (answer.status_code, answer.text) == (status, body)


async def test_a_function_is_found_by_the_names_of_its_arguments(rest: httpx.AsyncClient) -> None:
    cases = [
        ("t_unheard_of", {}, 404, "PGRST202"),
        ("t_more", {}, 404, "PGRST202"),
        ("t_more", {"p_a": 1, "p_c": 1}, 404, "PGRST202"),
        ("t_either", {"p_a": 1}, 300, "PGRST203"),
    ]
    for function, args, status, code in cases:
        answer = await rest.post(function, json=args)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json().keys() == {"code", "details", "hint", "message"}


async def test_what_is_no_object_is_no_call(rest: httpx.AsyncClient) -> None:
    for body in ("{", "[1]", "1"):
        answer = await rest.post("t_more", content=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "PGRST102")


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("PT404", 404), ("PT409", 409), ("PT422", 422), ("P0001", 400), ("23503", 409), ("23505", 409), ("22023", 400),
        ("42883", 404), ("42P01", 404), ("42501", 401), ("40001", 500), ("55P03", 500), ("57014", 500), ("54001", 500),
        ("53300", 503), ("08006", 503), ("28000", 403), ("0P000", 403), ("0L000", 403), ("58030", 500), ("XX000", 500),
        ("P0002", 500), ("25006", 405),
    ],
)  # fmt: skip
async def test_the_sqlstate_decides_the_status(rest: httpx.AsyncClient, state: str, status: int) -> None:
    answer = await rest.post("t_raise", json={"p_state": state})
    assert answer.status_code == status
    assert answer.json() == {"code": state, "details": "d", "hint": "h", "message": "m"}


async def test_the_key_opens_the_door_and_the_token_says_who(rest: httpx.AsyncClient, keys: Keys) -> None:
    user = keys.sign({"role": "authenticated"})
    cases = [
        ({"apikey": ""}, 401, None),
        ({"apikey": "sb_secret_of_another_project"}, 401, None),
        ({"Authorization": f"Bearer {keys.publishable}"}, 401, "PGRST301"),
        ({"Authorization": f"Bearer {Keys().sign({'role': 'authenticated'})}"}, 401, "PGRST301"),
        ({"Authorization": f"Bearer {keys.sign({'role': 'authenticated', 'exp': 1})}"}, 401, "PGRST303"),
        ({}, 401, "42501"),
        ({"apikey": keys.anon, "Authorization": f"Bearer {keys.anon}"}, 401, "42501"),
        ({"Authorization": f"Bearer {user}"}, 403, "42501"),
        ({"apikey": keys.secret}, 403, "42501"),
    ]
    for headers, status, code in cases:
        answer = await rest.post("t_closed", json={}, headers=headers)
        assert (answer.status_code, answer.json().get("code")) == (status, code)


async def test_each_role_has_its_own_patience(rest: httpx.AsyncClient, keys: Keys) -> None:
    """`set role` applies none of a role's settings; PostgREST does."""
    user = {"Authorization": f"Bearer {keys.sign({'role': 'authenticated'})}"}
    patience = [(await rest.post("t_timeout", json={}, headers=each)).json() for each in ({}, user)]
    assert patience == ["3s", "8s"]


def test_it_also_starts_alone() -> None:
    command = [sys.executable, "-m", "tests.doubles.supabase", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(6)]
            settings = dict(line.strip().split("=", 1) for line in lines[:4])
            headers = {"apikey": settings["SUPABASE_SERVICE_ROLE_KEY"]}
            url = f"{settings['SUPABASE_URL']}/rest/v1/rpc/ping"
            assert httpx.post(url, json={}, headers=headers, timeout=30).is_success
            assert re.match(r"http://127\.0\.0\.1:\d+$", settings["SUPABASE_URL"])
        finally:
            process.terminate()
        assert process.wait(60) == 0
