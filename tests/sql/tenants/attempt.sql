-- Each query as this caller, in a subtransaction that is always rolled back. Of one that went through: its answer, and
-- the digest of the rows afterwards if it could write, read as the owner. Of one that was refused: all that a client is told.
create function pg_temp.attempt(p_role text, p_claims text, p_queries text[], p_may_write boolean[], p_digest text)
returns table (code text, answer text, digest text)
language plpgsql
as $$
declare
  v_number integer;
  v_query text;
  v_detail text;
  v_hint text;
begin
  for v_number in 1 .. cardinality(p_queries) loop
    v_query := p_queries[v_number];
    digest := null;
    begin
      perform set_config('role', p_role, true), set_config('request.jwt.claims', p_claims, true);
      if v_query like 'select %' then
        execute v_query into answer;
      else
        execute v_query;
        answer := null;
      end if;
      perform set_config('role', session_user, true);
      if p_may_write[v_number] then
        execute p_digest into digest;
      end if;
      raise exception using errcode = 'ZZ000';
    exception when others then
      code := sqlstate;
      if code = 'ZZ000' then
        code := '00000';
      else
        get stacked diagnostics answer = message_text, v_detail = pg_exception_detail, v_hint = pg_exception_hint;
        answer := concat_ws(E'\n', answer, v_detail, v_hint);
      end if;
    end;
    return next;
  end loop;
end
$$;
