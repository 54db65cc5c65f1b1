-- Files: every content once per project (blobs), every content of a path numbered (file versions), every state of the
-- project (snapshots), and the current files as a plain table (project_files).

create table public.blobs (
  project_id uuid not null references public.projects (id) on delete cascade,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  user_id uuid not null,
  content text not null,
  primary key (project_id, sha256)
);
create index blobs_user_id on public.blobs (user_id);
comment on table public.blobs is 'Keyed by project: a global key would tell one user what another has.';

create table public.file_versions (
  project_id uuid not null references public.projects (id) on delete cascade,
  file_path varchar(500) not null,
  version integer not null check (version >= 1),
  user_id uuid not null,
  sha256 text not null,
  size integer not null,
  created_at timestamptz not null,
  primary key (project_id, file_path, version),
  foreign key (project_id, sha256) references public.blobs (project_id, sha256) on delete cascade
);
create index file_versions_project_id_sha256 on public.file_versions (project_id, sha256);
create index file_versions_user_id on public.file_versions (user_id);

create table public.snapshots (
  project_id uuid not null references public.projects (id) on delete cascade,
  number integer not null check (number >= 1),
  user_id uuid not null,
  kind text not null check (kind in ('generation', 'restore', 'template', 'import', 'manual')),
  card jsonb not null,
  generation_id uuid unique,
  restored_from integer,
  restored_path text,
  file_count integer not null check (file_count between 0 and 500),
  total_size integer not null check (total_size between 0 and 20000000),
  created_at timestamptz not null,
  primary key (project_id, number)
);
create index snapshots_user_id on public.snapshots (user_id);

create table public.snapshot_files (
  project_id uuid not null,
  number integer not null,
  file_path varchar(500) not null,
  user_id uuid not null,
  version integer not null,
  primary key (project_id, number, file_path),
  foreign key (project_id, number) references public.snapshots (project_id, number) on delete cascade,
  foreign key (project_id, file_path, version)
    references public.file_versions (project_id, file_path, version) on delete cascade
);
create index snapshot_files_file_version on public.snapshot_files (project_id, file_path, version);
create index snapshot_files_user_id on public.snapshot_files (user_id);

create table public.project_files (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null default auth.uid(),
  file_path varchar(500) not null,
  file_name varchar(255) not null,
  content text not null,
  file_size integer generated always as (octet_length(content)) stored,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (project_id, file_path)
);
create index project_files_project_id on public.project_files (project_id);
create index project_files_file_path on public.project_files (file_path);
create index project_files_file_name on public.project_files (file_name);
create index project_files_user_id on public.project_files (user_id);
comment on table public.project_files is 'The files of the newest snapshot. Written by private.write_snapshot only.';

-- Sizes per project, of the files that the reader may see.
create view public.project_files_stats with (security_invoker = true) as
select
  project_id,
  count(*)::integer as file_count,
  sum(file_size)::bigint as total_size,
  max(file_size) as largest_file_size,
  max(updated_at) as last_updated_at
from public.project_files
group by project_id;

alter table public.blobs enable row level security;
alter table public.blobs force row level security;
alter table public.file_versions enable row level security;
alter table public.file_versions force row level security;
alter table public.snapshots enable row level security;
alter table public.snapshots force row level security;
alter table public.snapshot_files enable row level security;
alter table public.snapshot_files force row level security;
alter table public.project_files enable row level security;
alter table public.project_files force row level security;
revoke all on public.blobs, public.file_versions, public.snapshots, public.snapshot_files, public.project_files,
  public.project_files_stats
from public, anon, authenticated, service_role;
grant select on public.blobs, public.file_versions, public.snapshots, public.snapshot_files, public.project_files,
  public.project_files_stats
to authenticated, service_role;

create policy blobs_select on public.blobs
  for select to authenticated using (user_id = (select auth.uid()));
create policy file_versions_select on public.file_versions
  for select to authenticated using (user_id = (select auth.uid()));
create policy snapshots_select on public.snapshots
  for select to authenticated using (user_id = (select auth.uid()));
create policy snapshot_files_select on public.snapshot_files
  for select to authenticated using (user_id = (select auth.uid()));

-- Four policies, though nobody is granted more than SELECT: a grant made by mistake must still not open a stranger's
-- files. What is written must carry the writer's id and lie in a project of theirs.
create policy project_files_select on public.project_files
  for select to authenticated using (user_id = (select auth.uid()));
create policy project_files_insert on public.project_files
  for insert to authenticated with check (
    user_id = (select auth.uid())
    and exists (select from public.projects p where p.id = project_id and p.user_id = (select auth.uid()))
  );
create policy project_files_update on public.project_files
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (
    user_id = (select auth.uid())
    and exists (select from public.projects p where p.id = project_id and p.user_id = (select auth.uid()))
  );
create policy project_files_delete on public.project_files
  for delete to authenticated using (user_id = (select auth.uid()));
