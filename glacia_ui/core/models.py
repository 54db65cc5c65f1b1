"""What Glacia talks about, as values: the shapes that SQL functions return, services pass on and the REST API shows.

Names are the glossary's. Times are aware UTC datetimes, durations carry their unit in the name, money is a Decimal in
US dollars.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from glacia_ui.core.health import HealthState, SnapshotHealth
from glacia_ui.core.model import Model as Model

GenerationStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Outcome = Literal[
    "committed",  # a snapshot was made
    "answered",  # text without a change
    "upstream_error",  # Claude failed, refused the key, was overloaded, was cut off
    "refused",  # the model declined
    "truncated",  # the token limit was reached and nothing was committed
    "edits_failed",  # every edit missed
    "empty",  # neither text nor a change
    "interrupted",  # our process ended
    "internal_error",  # our own fault
    "stopped_early",  # Stop before the first visible text
    "stopped",  # Stop after visible text
    "dropped",  # taken out of the queue before it started
]
Mode = Literal["build", "ask"]
"""What a request is for: to change the files, or to be answered about them."""
SnapshotKind = Literal["generation", "restore", "template", "import", "manual"]
FileChange = Literal["added", "modified", "deleted", "renamed"]


class User(Model):
    """Somebody who is signed in. A guest has no e-mail."""

    id: UUID
    email: str | None
    role: Literal["user", "admin"]
    is_guest: bool = False


class Quota(Model):
    """Generations of this calendar month (UTC). limit = used + reserved + remaining, always."""

    limit: int
    used: int
    reserved: int
    remaining: int
    resets_at: datetime


class RateWindow(Model):
    """A moving window over a log of hits. `retry_after` is 0 while a slot is free, else whole seconds, rounded up."""

    name: str
    limit: int
    remaining: int
    window_seconds: int
    retry_after: int
    hits: list[datetime] = Field(default_factory=list)
    """When the counted hits happened, oldest first: each leaves the window `window_seconds` later."""


class Me(Model):
    """Who I am and what I have left."""

    user: User
    quota: Quota
    windows: list[RateWindow]


class Draft(Model):
    """A valid prompt that was refused, kept for its user and project."""

    prompt: str
    reason: str
    kept_at: datetime


class FileStat(Model):
    """How one path differs from the snapshot before: facts computed from the stored content, in lines."""

    path: str
    change: FileChange
    added: int
    removed: int
    old_path: str | None = None


class ChangeCard(Model):
    """A change in plain language, with the computed facts beside it."""

    title: str
    summary: list[str] = Field(default_factory=list)
    what_to_check: list[str] = Field(default_factory=list)
    files: list[FileStat] = Field(default_factory=list)
    added: int = 0
    removed: int = 0
    mismatches: list[str] | None = None
    """What the reply claimed and these facts do not show, as sentences. None: there was no reply to compare."""


class Project(Model):
    """A web project. `latest_snapshot` is 0 while it is empty."""

    id: UUID
    name: str
    latest_snapshot: int
    file_count: int
    latest_title: str | None
    """Title of the newest snapshot's change card."""
    latest_health: HealthState | None
    """What previews of the newest snapshot have shown; None while it is empty."""
    active_generation_id: UUID | None
    """The one that runs, else the first one queued."""
    is_held: bool
    """Queued generations wait for the user's "continue", because the one before failed."""
    draft: Draft | None
    template: str | None
    created_at: datetime
    updated_at: datetime


class Usage(Model):
    """Tokens and cost of one generation, all attempts together."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    is_simulated: bool = False
    context_tokens: int = 0
    """What the newest request held: all of its prompt, and its answer."""
    context_share: float = 0.0
    """The same as a part of what the model can hold, 0 to 1."""


class Attachment(Model):
    """A picture or a text file that goes with a prompt. `size` in bytes; pixels of pictures only."""

    id: UUID
    kind: Literal["image", "text"]
    media_type: str
    name: str
    size: int
    width: int | None
    height: int | None


class AttachmentContent(Attachment):
    """An attachment with its content, in base64."""

    content: str


class Generation(Model):
    """One attempt to answer one message."""

    id: UUID
    project_id: UUID
    status: GenerationStatus
    outcome: Outcome | None
    prompt: str
    model: str
    mode: Mode
    attachments: list[Attachment] = Field(default_factory=list)
    position: int
    """Place in the project's queue: 0 when it runs or has ended."""
    snapshot: int | None
    error_code: str | None
    error_message: str | None
    is_returned: bool
    """The quota came back."""
    usage: Usage | None
    attempts: int
    last_seq: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    duration_ms: int | None


class GenerationDraft(Model):
    """What a request had come to when it ended on its way. It can be kept, as a version, or discarded."""

    generation_id: UUID
    card: ChangeCard
    unfinished: list[str]
    """Paths of files that end in the middle."""
    is_current: bool
    """No version was made since: only then it can be kept."""
    created_at: datetime


class Message(Model):
    """One turn of the chat. An assistant's message belongs to the generation that wrote it."""

    id: UUID
    role: Literal["user", "assistant"]
    text: str
    thinking: str
    """Summarised thoughts; empty for a user's message."""
    generation: Generation | None
    card: ChangeCard | None
    mismatches: list[str]
    """What a reply without a card claimed to have changed. With a card they stand there."""
    created_at: datetime


class Snapshot(Model):
    """The files of a project after a generation, a restore, a template, an import or a manual save."""

    number: int
    kind: SnapshotKind
    card: ChangeCard
    prompt: str | None
    generation_id: UUID | None
    restored_from: int | None
    restored_path: str | None
    usage: Usage | None
    file_count: int
    created_at: datetime
    health: SnapshotHealth = Field(default_factory=SnapshotHealth)
    """Only in the list of snapshots: one that was just made has not been looked at."""


class FileInfo(Model):
    """A file in a snapshot. `size` in bytes of UTF-8, `version` counts the contents of this path from 1."""

    path: str
    size: int
    version: int
    sha256: str
    updated_at: datetime


class File(FileInfo):
    """A file with its content."""

    content: str


class FileLock(Model):
    """A file that does not change until its owner unlocks it."""

    path: str
    created_at: datetime


class ProjectStats(Model):
    """The view `project_files_stats` for one project. Sizes in bytes."""

    project_id: UUID
    file_count: int
    total_size: int
    largest_file_size: int
    last_updated_at: datetime | None


class ClaimedGeneration(Model):
    """A generation that this process has taken, with all that is needed to run it."""

    id: UUID
    project_id: UUID
    user_id: UUID
    prompt: str
    model: str
    mode: Mode
    lease_token: UUID
    base_snapshot: int
    last_seq: int
    """Numbers already used: the next event is `last_seq + 1`."""
    has_attachments: bool = False


class Refusal(Model):
    """Why `begin_generation` said no; the prompt is kept as the draft."""

    reason: Literal["rate_limited", "quota_exhausted", "idempotency_conflict", "fix_loop"]
    limit: int | None = None
    window_seconds: int | None = None
    retry_after: int | None = None
    resets_at: datetime | None = None
    last_working: int | None = None
