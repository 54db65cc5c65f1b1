"""People with a row in every table, made by the functions that the app calls; and the words that must stay theirs."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import psycopg

from tests.sql.calls import Calls, write

SHARED = frozenset({"private.outcome_rules", "private.quota_defaults", "private.rate_policies"})
"""Tables of settings, which are nobody's."""

USAGE = {"input_tokens": 10, "output_tokens": 20, "cache_read_tokens": 0, "cache_write_tokens": 0, "cost_usd": 0.01}


@dataclass(frozen=True, slots=True)
class Tenant:
    """Somebody's ids of every kind, and the word that stands in all their texts."""

    user: UUID
    email: str
    mark: str
    key: str
    project: str
    ended: str
    cut: str
    running: str
    queued: str
    lease: str
    token: str
    auth_session: str
    attachment: str
    """Goes with the queued one."""
    upload: str
    """Not used yet."""

    @property
    def pattern(self) -> str:
        """Matches every row of theirs as JSON."""
        ids = (str(self.user), self.project, self.ended, self.cut, self.running, self.queued)
        return "|".join((*ids, self.attachment, self.upload, self.token, self.mark))


def furnish(sql: Calls, *, is_guest: bool = False) -> Tenant:
    """A new user with versions, locked files, drafts, sessions and generations: ended, cut off, running and queued."""
    word = uuid4().hex
    mark, key, email = f"secret-{word}", f"key-{word}", f"{word[:12]}@example.com"
    user = sql.add_user(None if is_guest else email, is_guest=is_guest)
    project = sql.create_project(user, mark)
    ended = _running(sql, user, project, mark, key)
    files = (write("index.html", mark), write(f"{mark}/a.txt", mark))
    sql.finish(ended, *files, text=mark, thinking=mark, card={"title": mark}, usage=USAGE)
    restored = {"p_project_id": project, "p_snapshot": 1, "p_base_snapshot": 1, "p_card": {"title": mark}}
    sql.user(user, "restore_snapshot", **restored, p_path="index.html")
    cut = _running(sql, user, project, mark)
    draft = {"changes": [write("index.html", f"{mark} {mark}")], "card": {"title": mark}, "unfinished": [mark]}
    sql.fail(cut, "truncated", text=mark, draft=draft)
    for path in ("index.html", f"{mark}/a.txt"):
        sql.user(user, "set_file_lock", p_project_id=project, p_path=path, p_is_locked=True)
    running = _fixing(sql, user, project, mark)
    delta = {"seq": 1, "type": "message.delta", "data": {"text": mark}}
    batch = {"generation_id": running["id"], "lease_token": running["lease_token"]}
    sql.server("append_events", p_batches=[{**batch, "events": [delta], "reserved_until": 9}])
    attachment, upload = (_upload(sql, user, project, mark) for _ in range(2))
    queued = sql.begin(user, project, mark, p_attachments=[UUID(attachment)])["generation"]["id"]
    sql.user(user, "save_draft", p_project_id=project, p_prompt=mark)
    token, auth_session = sha256(word.encode()).hexdigest(), str(uuid4())
    sql.server(
        "open_hosted_session", p_user_id=user, p_token_sha256=token, p_seconds=3600, p_auth_session_id=auth_session,
        p_sealed_tokens=mark, p_tokens_expire_at="3000-01-01Z",
    )  # fmt: skip
    return Tenant(
        user, email, mark, key, project, ended["id"], cut["id"], running["id"], queued, running["lease_token"], token,
        auth_session, attachment, upload,
    )  # fmt: skip


def _running(sql: Calls, user: UUID, project: str, prompt: str, key: str | None = None) -> Any:
    begun = sql.begin(user, project, prompt, p_idempotency_key=key)
    assert begun["ok"], begun
    (claimed,) = sql.claim(project)
    return claimed


def _upload(sql: Calls, user: UUID, project: str, mark: str) -> str:
    content = b64encode(mark.encode()).decode()
    stored = sql.user(
        user, "store_attachment", p_project_id=project, p_kind="text", p_media_type="text/plain", p_name=mark,
        p_content=content,
    )  # fmt: skip
    return str(stored["attachment"]["id"])


def _fixing(sql: Calls, user: UUID, project: str, mark: str) -> Any:
    """The second version has an error, and Claude is at work on it."""
    error = {"kind": "error", "message": mark, "file": mark}
    sql.user(user, "note_health", p_project_id=project, p_snapshot=2, p_errors=[error])
    sql.user(user, "begin_fix", p_project_id=project, p_snapshot=2, p_prompt=mark, p_model="model-1")
    (claimed,) = sql.claim(project)
    return claimed


COLUMNS = """
select c.oid::regclass::text, a.attname::text, a.atttypid = 'jsonb'::regtype
from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'jsonb'::regtype)
order by 1, a.attnum
"""


def plant(owner: psycopg.Connection[Any], tenant: Tenant) -> list[str]:
    """Put the tenant's word into a row of theirs in each column that takes it. Returns the columns that hold none.

    What a constraint refuses keeps what the functions wrote: a hash, a kind, an address.
    """
    owner.execute("set search_path = ''")
    unmarked = []
    for table, column, is_json in owner.execute(COLUMNS.encode()).fetchall():
        if table in SHARED:
            continue
        value = f"""jsonb_build_object('secret', '{tenant.mark}')""" if is_json else f"'{tenant.mark}'"
        theirs = f"to_jsonb(t)::text ~ '{tenant.pattern}'"
        if _has(owner, f"select from {table} t where {theirs} and t.{column}::text like '%{tenant.mark}%'"):
            continue
        first = f"(select ctid from {table} t where {theirs} limit 1)"
        try:
            with owner.transaction():
                owner.execute(f"update {table} set {column} = {value} where ctid = {first}".encode())
        except psycopg.IntegrityError:
            unmarked.append(f"{table}.{column}")
    return unmarked


def _has(owner: psycopg.Connection[Any], query: str) -> bool:
    return owner.execute(query.encode()).fetchone() is not None
