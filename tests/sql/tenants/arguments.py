"""Arguments for any function, made from its signature: somebody's ids of every kind, and the caller's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

from psycopg import sql

from tests.sql.tenants.people import Tenant

FUNCTIONS = """
select p.oid::regproc::text, n.nspname::text, p.proname::text,
  coalesce(p.proargnames[1:p.pronargs], '{}'), p.proargtypes::regtype[]::text[], p.proretset
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('public', 'private') order by 1, p.oid
"""

MOST = 48
"""Calls of one function by one caller. With more combinations, each value still has its turn."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the catalogue."""

    schema: str
    name: str
    arguments: tuple[str, ...]
    types: tuple[str, ...]

    def calls(self, target: Tenant, caller: Tenant) -> Iterator[str]:
        """Queries that call it with the target's ids, and with some of the caller's in their place."""
        values = [
            _candidates(name, kind, target, caller) for name, kind in zip(self.arguments, self.types, strict=True)
        ]
        for each in _combine(values):
            arguments = ", ".join(f"{_literal(value)}::{kind}" for value, kind in zip(each, self.types, strict=True))
            yield f"select string_agg(r::text, ' ') from {self.schema}.{self.name}({arguments}) r"


def _combine(values: list[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
    if prod(map(len, values)) <= MOST:
        return list(product(*values))
    return [tuple(each[turn % len(each)] for each in values) for turn in range(max(map(len, values)))]


def _literal(value: str | None) -> str:
    return sql.Literal(value).as_string()


def _candidates(name: str, kind: str, target: Tenant, caller: Tenant) -> tuple[str | None, ...]:
    """What an argument may be: by its name, else by its type. An unknown uuid or text gets ids of every kind."""
    if kind == "uuid":
        return _IDS.get(name, _any_id)(target, caller)
    if name == "p_attachments":
        return (f"{{{target.upload}}}", f"{{{caller.upload}}}", "{}")
    if kind == "uuid[]":
        return (f"{{{target.ended},{target.running},{target.queued}}}",)
    if kind == "jsonb":
        return _JSON.get(name, _any_batch)(target)
    if kind == "text":
        return _TEXTS.get(name, _any_text)(target, caller)
    return _OTHERS.get(name) or _BY_TYPE.get(kind, (None,))


_BY_TYPE: dict[str, tuple[str | None, ...]] = {
    "integer": ("1", None),
    "bigint": ("1000000", None),
    "boolean": ("false",),
    "timestamp with time zone": ("2000-01-01Z",),
}

_OTHERS: dict[str, tuple[str | None, ...]] = {"p_to": ("3000-01-01Z",), "p_base_snapshot": ("2",)}

_IDS = {
    "p_project_id": lambda b, a: (b.project, a.project),
    "p_generation_id": lambda b, a: (b.ended, b.cut, b.running, b.queued, a.running),
    "p_attachment_id": lambda b, a: (b.attachment, b.upload, a.upload),
    "p_user_id": lambda b, a: (str(b.user), str(a.user)),
    "p_lease_token": lambda b, a: (b.lease, a.lease),
    "p_auth_session_id": lambda b, a: (b.auth_session,),
}

_TEXTS = {
    "p_token_sha256": lambda b, a: (b.token,),
    "p_except_sha256": lambda b, a: (b.token, None),
    "p_email": lambda b, a: (b.email,),
    "p_subject": lambda b, a: (str(b.user),),
    "p_idempotency_key": lambda b, a: (b.key, None),
    "p_key": lambda b, a: (b.key,),
    "p_path": lambda b, a: ("index.html", None),
    "p_kind": lambda b, a: ("text", "image"),
    "p_media_type": lambda b, a: ("text/plain",),
    "p_content": lambda b, a: ("eA==",),
    "p_policy": lambda b, a: ("generation",),
    "p_group_by": lambda b, a: ("project", "day"),
    "p_name": lambda b, a: ("x", "api"),
    "p_mode": lambda b, a: ("build", "ask"),
    **dict.fromkeys(
        ("p_prompt", "p_model", "p_template", "p_reason", "p_address", "p_seen", "p_sealed_tokens"),
        lambda b, a: ("x",),
    ),
}

_JSON = {
    "p_files": lambda b: ("[]",),
    "p_errors": lambda b: ("[]",),
    "p_card": lambda b: ('{"title": "x"}',),
    "p_result": lambda b: ('{"outcome": "answered", "text": "x", "changes": [], "events": [], "attempts": 1}',),
}


def _any_id(target: Tenant, caller: Tenant) -> tuple[str, ...]:
    return (
        str(target.user), target.project, target.ended, target.running, target.queued, target.lease,
        target.auth_session, target.attachment, target.upload, str(caller.user), caller.project,
    )  # fmt: skip


def _any_text(target: Tenant, caller: Tenant) -> tuple[str, ...]:
    return (*_any_id(target, caller), target.token, target.email, target.key, "x")


def _any_batch(target: Tenant) -> tuple[str, ...]:
    """What the server's functions take, with the lease of the one that runs."""
    event = {"seq": 2, "type": "message.delta", "data": {"text": "x"}}
    batch = {"generation_id": target.running, "lease_token": target.lease, "after": 0, "reserved_until": 9}
    return (json.dumps([{**batch, "events": [event]}]), json.dumps(batch))
