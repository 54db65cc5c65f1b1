-- Rate windows: so many hits in so many seconds, counted over a moving log on the database's clock.
--
-- Half-open: a hit counts while its age is below the window. So waiting exactly `retry_after` seconds always
-- succeeds, and one second less always fails. A hit that is refused is not counted.

create table private.rate_policies (
  name text primary key,
  max_hits integer not null check (max_hits between 1 and 1000000),
  window_seconds integer not null check (window_seconds between 1 and 2592000)
);
insert into private.rate_policies (name, max_hits, window_seconds) values
  ('generation', 5, 900),
  ('api', 100, 60),
  ('sign_in_account', 10, 900),
  ('sign_in_address', 100, 900),
  ('sign_up_address', 120, 60);

create table private.rate_hits (
  id bigint generated always as identity primary key,
  policy text not null,
  subject text not null,
  at timestamptz not null,
  generation_id uuid unique
);
create index rate_hits_policy_subject_at on private.rate_hits (policy, subject, at);
-- Attempts come from addresses that may never be seen again: note_attempt finds the old ones by this.
create index rate_hits_attempts_at on private.rate_hits (at) where generation_id is null and policy <> 'api';
comment on column private.rate_hits.subject is 'A user''s id, or the hash of an address or of an account''s e-mail.';
comment on column private.rate_hits.generation_id is
  'Set for generations, whose slot can come back. No foreign key: a hit outlives its project.';

alter table private.rate_policies enable row level security;
alter table private.rate_policies force row level security;
alter table private.rate_hits enable row level security;
alter table private.rate_hits force row level security;
revoke all on private.rate_policies, private.rate_hits from public, anon, authenticated, service_role;
revoke all on sequence private.rate_hits_id_seq from public, anon, authenticated, service_role;

-- A window as it stands at one moment. `hits` are those that count, oldest first; `retry_after` is 0 while a slot is
-- free.
create type private.rate_window as (
  name text, max_hits integer, window_seconds integer, hits timestamptz[], retry_after integer
);

-- Whole seconds, rounded up, until fewer than `p_max_hits` of these hits count. With more hits than that (a limit was
-- lowered) the oldest one leaving is not enough: the slot is free when the (count - limit + 1)-th oldest leaves.
create function private.seconds_to_slot(
  p_hits timestamptz[], p_max_hits integer, p_window_seconds integer, p_now timestamptz
) returns integer
language sql immutable set search_path = ''
as $$
  select case
    when cardinality(p_hits) < p_max_hits then 0
    else ceil(extract(epoch from
      p_hits[cardinality(p_hits) - p_max_hits + 1] + make_interval(secs => p_window_seconds) - p_now
    ))::integer
  end
$$;

-- One window at a moment. Raises PT404 for a policy that does not exist. The moment is an argument so that its edges
-- can be tested; only private.read_window calls it.
create function private.window_at(p_policy text, p_subject text, p_now timestamptz) returns private.rate_window
language plpgsql set search_path = ''
as $$
declare
  v_policy private.rate_policies;
  v_hits timestamptz[];
begin
  select * into v_policy from private.rate_policies where name = p_policy;
  if not found then
    raise exception using errcode = 'PT404', message = 'policy_not_found';
  end if;
  select coalesce(array_agg(at order by at), '{}') into v_hits
  from private.rate_hits
  where policy = p_policy and subject = p_subject and at > p_now - make_interval(secs => v_policy.window_seconds);
  return row(
    v_policy.name, v_policy.max_hits, v_policy.window_seconds, v_hits,
    private.seconds_to_slot(v_hits, v_policy.max_hits, v_policy.window_seconds, p_now)
  )::private.rate_window;
end
$$;

-- One window now: on the database's clock, read after any lock that the caller has taken.
create function private.read_window(p_policy text, p_subject text) returns private.rate_window
language plpgsql set search_path = ''
as $$
begin
  return private.window_at(p_policy, p_subject, clock_timestamp());
end
$$;

-- Stores one hit and forgets those of this subject that no longer count. The caller has checked the window under a
-- lock.
create function private.store_hit(p_window private.rate_window, p_subject text, p_generation_id uuid default null)
returns void
language plpgsql set search_path = ''
as $$
declare
  v_now timestamptz := clock_timestamp();
begin
  delete from private.rate_hits
  where policy = p_window.name and subject = p_subject
    and at <= v_now - make_interval(secs => p_window.window_seconds);
  insert into private.rate_hits (policy, subject, at, generation_id)
  values (p_window.name, p_subject, v_now, p_generation_id);
end
$$;

-- Counts one hit where no quota row serialises the subject's calls: an advisory lock does. A full window is noticed
-- before the lock, so refusals do not queue up. Gives the window after the hit, and whether it was let through.
create function private.count_hit(
  p_policy text, p_subject text, out o_is_allowed boolean, out o_window private.rate_window
)
language plpgsql set search_path = ''
as $$
begin
  o_window := private.read_window(p_policy, p_subject);
  o_is_allowed := o_window.retry_after = 0;
  if not o_is_allowed then
    return;
  end if;
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(p_policy || ':' || p_subject, 0));
  o_window := private.read_window(p_policy, p_subject);
  o_is_allowed := o_window.retry_after = 0;
  if o_is_allowed then
    perform private.store_hit(o_window, p_subject);
    o_window := private.read_window(p_policy, p_subject);
  end if;
end
$$;

-- A window as models.RateWindow.
create function private.window_json(p_window private.rate_window) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'name', p_window.name,
    'limit', p_window.max_hits,
    'remaining', greatest(p_window.max_hits - cardinality(p_window.hits), 0),
    'window_seconds', p_window.window_seconds,
    'retry_after', p_window.retry_after,
    'hits', to_jsonb(p_window.hits)
  )
$$;

-- For admins: changes a policy, at once and for everybody. Definer, because only the owner may write policies;
-- private.admin_caller() refuses everybody who is no admin. A longer window counts the hits that are still kept.
create function public.set_rate_policy(p_name text, p_limit integer, p_window_seconds integer) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.admin_caller();
  if p_limit is null or p_limit not between 1 and 1000000
    or p_window_seconds is null or p_window_seconds not between 1 and 2592000 then
    raise exception using errcode = 'PT422', message = 'invalid_limit';
  end if;
  update private.rate_policies set max_hits = p_limit, window_seconds = p_window_seconds where name = p_name;
  if not found then
    raise exception using errcode = 'PT404', message = 'policy_not_found';
  end if;
  return jsonb_build_object('ok', true);
end
$$;

-- For the server: counts one attempt to sign in or to sign up. The subject (an address, an e-mail) is stored as a
-- hash: nobody needs to read it. Also forgets some attempts, of anybody, that no longer count. Definer, because
-- schema private is closed to every client.
create function public.note_attempt(p_policy text, p_subject text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_counted record;
  v_window private.rate_window;
begin
  delete from private.rate_hits where id in (
    select h.id from private.rate_hits h join private.rate_policies p on p.name = h.policy
    where h.generation_id is null and h.policy <> 'api'
      and h.at <= clock_timestamp() - make_interval(secs => p.window_seconds)
    order by h.at
    limit 100
    for update of h skip locked
  );
  v_counted := private.count_hit(p_policy, private.subject_hash(p_subject));
  if v_counted.o_is_allowed then
    return jsonb_build_object('ok', true);
  end if;
  v_window := v_counted.o_window;
  return jsonb_build_object(
    'ok', false, 'limit', v_window.max_hits, 'window_seconds', v_window.window_seconds,
    'retry_after', v_window.retry_after
  );
end
$$;

-- For the server: forgets the attempts of a subject, after a sign-in that succeeded. Definer, as note_attempt.
create function public.clear_attempts(p_policy text, p_subject text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  delete from private.rate_hits where policy = p_policy and subject = private.subject_hash(p_subject);
  return jsonb_build_object('ok', true);
end
$$;

-- What is stored of an address or an e-mail.
create function private.subject_hash(p_subject text) returns text
language sql immutable set search_path = ''
as $$ select encode(sha256(convert_to(lower(btrim(coalesce(p_subject, ''))), 'UTF8')), 'hex') $$;

revoke execute on function
  private.seconds_to_slot(timestamptz[], integer, integer, timestamptz), private.window_at(text, text, timestamptz),
  private.read_window(text, text),
  private.store_hit(private.rate_window, text, uuid), private.count_hit(text, text),
  private.window_json(private.rate_window), private.subject_hash(text),
  public.set_rate_policy(text, integer, integer), public.note_attempt(text, text), public.clear_attempts(text, text)
from public, anon, authenticated, service_role;
grant execute on function public.set_rate_policy(text, integer, integer) to authenticated;
grant execute on function public.note_attempt(text, text), public.clear_attempts(text, text) to service_role;
