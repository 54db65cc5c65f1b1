-- Generations: one attempt to answer one message, its events, and the messages of the chat.

-- How a generation can end, and what comes back then (PRODUCT: no usable result is free).
create table private.outcome_rules (
  outcome text primary key,
  status text not null check (status in ('succeeded', 'failed', 'cancelled')),
  returns_quota boolean not null,
  releases_slot boolean not null
);
insert into private.outcome_rules (outcome, status, returns_quota, releases_slot) values
  ('committed', 'succeeded', false, false),
  ('answered', 'succeeded', false, false),
  ('upstream_error', 'failed', true, true),
  ('refused', 'failed', true, false),
  ('truncated', 'failed', true, true),
  ('edits_failed', 'failed', true, true),
  ('empty', 'failed', true, true),
  ('interrupted', 'failed', true, true),
  ('internal_error', 'failed', true, true),
  ('stopped_early', 'cancelled', true, false),
  ('stopped', 'cancelled', false, false),
  ('dropped', 'cancelled', true, true);

create table public.generations (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null,
  queue_no bigint generated always as identity,
  status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  outcome text,
  prompt text not null check (char_length(prompt) between 1 and 100000),
  model text not null check (char_length(model) between 1 and 100),
  idempotency_key text check (char_length(idempotency_key) between 1 and 200),
  is_simulated boolean not null default false,
  base_snapshot integer,
  snapshot integer,
  error_code text,
  error_message text,
  is_returned boolean not null default false,
  attempts integer not null default 0 check (attempts >= 0),
  last_seq integer not null default 0,
  created_at timestamptz not null,
  started_at timestamptz,
  cancel_requested_at timestamptz,
  finished_at timestamptz,
  check ((status in ('queued', 'running')) = (outcome is null and finished_at is null))
);
create index generations_project_id_queue_no on public.generations (project_id, queue_no);
create index generations_user_id on public.generations (user_id);
create index generations_queued on public.generations (queue_no) where status = 'queued';
create unique index generations_one_running on public.generations (project_id) where status = 'running';
create unique index generations_idempotency on public.generations (user_id, project_id, idempotency_key)
  where idempotency_key is not null;
comment on column public.generations.last_seq is
  'Set at the end. Before that, the newest number is in generation_events.';

alter table public.snapshots
  add foreign key (generation_id) references public.generations (id) on delete cascade;

create table public.messages (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null,
  generation_id uuid not null references public.generations (id) on delete cascade,
  role text not null check (role in ('user', 'assistant')),
  text text not null,
  thinking text not null default '',
  card jsonb,
  created_at timestamptz not null,
  unique (generation_id, role)
);
create index messages_project_id on public.messages (project_id);
create index messages_user_id on public.messages (user_id);

-- One row per flush. At the end they become one generation_replays row and are deleted.
create table public.generation_events (
  generation_id uuid not null references public.generations (id) on delete cascade,
  last_seq integer not null,
  user_id uuid not null,
  events jsonb not null,
  primary key (generation_id, last_seq)
);
create index generation_events_user_id on public.generation_events (user_id);

create table public.generation_replays (
  generation_id uuid primary key references public.generations (id) on delete cascade,
  user_id uuid not null,
  events jsonb not null
);
create index generation_replays_user_id on public.generation_replays (user_id);

-- Who runs what. Narrow and on its own, because it is written every second. The row exists while the generation runs.
create table private.leases (
  generation_id uuid primary key references public.generations (id) on delete cascade,
  user_id uuid not null,
  lease_token uuid not null,
  process_id uuid not null,
  expires_at timestamptz not null,
  reserved_until integer not null
);
create index leases_expires_at on private.leases (expires_at);
comment on column private.leases.reserved_until is 'Event numbers up to this one may have been sent to somebody.';

-- The lease under which a generation was ended: whoever repeats that call, because its answer was lost, gets it
-- again.
create table private.ended_leases (
  generation_id uuid primary key references public.generations (id) on delete cascade,
  lease_token uuid not null
);

alter table private.outcome_rules enable row level security;
alter table private.outcome_rules force row level security;
alter table private.leases enable row level security;
alter table private.leases force row level security;
alter table private.ended_leases enable row level security;
alter table private.ended_leases force row level security;
alter table public.generations enable row level security;
alter table public.generations force row level security;
alter table public.messages enable row level security;
alter table public.messages force row level security;
alter table public.generation_events enable row level security;
alter table public.generation_events force row level security;
alter table public.generation_replays enable row level security;
alter table public.generation_replays force row level security;
revoke all on private.outcome_rules, private.leases, private.ended_leases, public.generations, public.messages,
  public.generation_events, public.generation_replays
from public, anon, authenticated, service_role;
revoke all on sequence public.generations_queue_no_seq from public, anon, authenticated, service_role;
grant select on public.generations, public.messages, public.generation_events, public.generation_replays
  to authenticated, service_role;

create policy generations_select on public.generations
  for select to authenticated using (user_id = (select auth.uid()));
create policy messages_select on public.messages
  for select to authenticated using (user_id = (select auth.uid()));
create policy generation_events_select on public.generation_events
  for select to authenticated using (user_id = (select auth.uid()));
create policy generation_replays_select on public.generation_replays
  for select to authenticated using (user_id = (select auth.uid()));
