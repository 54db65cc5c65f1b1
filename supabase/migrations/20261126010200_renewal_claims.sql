-- A renewal belongs to whoever claimed it: a process that stalls past its 20 seconds must not put its older tokens over
-- those that another one has stored since.

alter table private.sessions add column renewal_claim uuid;
comment on column private.sessions.renewal_claim is
  'Who may store the renewed tokens: the last to have claimed it, even past renewal_ends_at while nobody else has.';

-- For the server: the sealed tokens of a session, and a claim if the caller is the one to renew them. Whoever gets a
-- claim has 20 seconds, then another may have it; the others wait for what is stored. `p_seen` are the tokens that the
-- caller has: when others are stored already there is nothing to claim. Definer, because schema private is closed to
-- every client.
create or replace function public.claim_renewal(p_token_sha256 text, p_seen text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_session private.sessions;
  v_claim uuid;
begin
  select * into v_session from private.sessions where token_sha256 = p_token_sha256 for update;
  if not found then
    return jsonb_build_object('ok', false, 'reason', 'no_session');
  end if;
  if v_session.sealed_tokens = p_seen
    and coalesce(v_session.renewal_ends_at, '-infinity') <= clock_timestamp() then
    v_claim := gen_random_uuid();
    update private.sessions
    set renewal_claim = v_claim, renewal_ends_at = clock_timestamp() + interval '20 seconds'
    where token_sha256 = p_token_sha256;
  end if;
  return jsonb_build_object(
    'ok', true, 'claim', v_claim,
    'sealed_tokens', v_session.sealed_tokens, 'tokens_expire_at', v_session.tokens_expire_at
  );
end
$$;

drop function public.store_renewal(text, text, timestamptz);

-- For the server: the renewed tokens of a session, or nulls when the renewal failed and another may try. Whether the
-- claim still held: if not, nothing is changed. Definer, as claim_renewal.
create function public.store_renewal(
  p_token_sha256 text, p_claim uuid, p_sealed_tokens text, p_tokens_expire_at timestamptz
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  update private.sessions
  set sealed_tokens = coalesce(p_sealed_tokens, sealed_tokens),
    tokens_expire_at = coalesce(p_tokens_expire_at, tokens_expire_at),
    renewal_claim = null,
    renewal_ends_at = null
  where token_sha256 = p_token_sha256 and renewal_claim = p_claim;
  return jsonb_build_object('ok', found);
end
$$;

revoke execute on function
  public.claim_renewal(text, text), public.store_renewal(text, uuid, text, timestamptz)
from public, anon, authenticated, service_role;
grant execute on function
  public.claim_renewal(text, text), public.store_renewal(text, uuid, text, timestamptz)
to service_role;
