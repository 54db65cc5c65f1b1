-- Quota: generations per calendar month (UTC), and the ledger that explains every one of them.
--
-- balance = sum of the ledger = quotas.remaining, always; quota_limit = used + reserved + remaining, by a constraint.
-- `remaining` is negative only after an admin has lowered the limit below what was used already.

create table private.quota_defaults (
  name text primary key check (name = 'default'),
  quota_limit integer not null check (quota_limit between 0 and 1000000)
);
insert into private.quota_defaults (name, quota_limit) values ('default', 50);
comment on table private.quota_defaults is 'One row: generations per month of a user who is new.';

create table public.quotas (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  quota_limit integer not null check (quota_limit between 0 and 1000000),
  used integer not null default 0 check (used >= 0),
  reserved integer not null default 0 check (reserved >= 0),
  remaining integer not null,
  period_start date not null check (extract(day from period_start) = 1),
  updated_at timestamptz not null default now(),
  check (quota_limit = used + reserved + remaining)
);

create table public.quota_ledger (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.profiles (id) on delete cascade,
  at timestamptz not null,
  kind text not null,
  amount integer not null,
  balance integer not null,
  reason text not null,
  generation_id uuid,
  project_id uuid references public.projects (id) on delete set null,
  project_name text,
  check (
    case kind
      when 'reserve' then amount = -1 when 'settle' then amount = 0 when 'refund' then amount = 1
      when 'grant' then true when 'expire' then true else false
    end
  )
);
create index quota_ledger_user_id_id on public.quota_ledger (user_id, id);
create index quota_ledger_project_id on public.quota_ledger (project_id);
-- A generation reserves once and is settled, refunded or expired once, whatever the functions do.
create unique index quota_ledger_one_reserve on public.quota_ledger (generation_id) where kind = 'reserve';
create unique index quota_ledger_one_end on public.quota_ledger (generation_id)
  where kind in ('settle', 'refund', 'expire');
comment on column public.quota_ledger.generation_id is 'No foreign key: the row outlives its generation.';

-- What is reserved now. Deleting the row is what decides between settle, refund and expire: the first one finds it.
create table private.reservations (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.profiles (id) on delete cascade,
  generation_id uuid unique,
  reserved_at timestamptz not null
);
create index reservations_user_id on private.reservations (user_id);

alter table private.quota_defaults enable row level security;
alter table private.quota_defaults force row level security;
alter table private.reservations enable row level security;
alter table private.reservations force row level security;
alter table public.quotas enable row level security;
alter table public.quotas force row level security;
alter table public.quota_ledger enable row level security;
alter table public.quota_ledger force row level security;
revoke all on private.quota_defaults, private.reservations, public.quotas, public.quota_ledger
  from public, anon, authenticated, service_role;
revoke all on sequence public.quota_ledger_id_seq, private.reservations_id_seq
  from public, anon, authenticated, service_role;
grant select on public.quotas, public.quota_ledger to authenticated, service_role;

create policy quotas_select on public.quotas
  for select to authenticated using (user_id = (select auth.uid()));
create policy quota_ledger_select on public.quota_ledger
  for select to authenticated using (user_id = (select auth.uid()));
