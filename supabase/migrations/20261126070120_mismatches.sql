-- What an answer claims to have changed, and did not: kept with the message. Where there is a change card, it holds them.

alter table public.messages add column mismatches jsonb not null default '[]';
comment on column public.messages.mismatches is 'Sentences, of an answer without a change card.';

-- A change card as models.ChangeCard, now with its mismatches (null where nothing was compared): known fields only, of
-- their types. It may come from a user, and it is read back strictly: a stray field would make the project unreadable.
-- Raises PT422 for a card without a title.
create or replace function private.card_json(p_card jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  if jsonb_typeof(p_card -> 'title') is distinct from 'string' then
    raise exception using errcode = 'PT422', message = 'invalid_card';
  end if;
  return jsonb_build_object(
    'title', p_card -> 'title',
    'summary', (
      select coalesce(jsonb_agg(x), '[]') from jsonb_array_elements_text(private.card_list(p_card, 'summary')) as x
    ),
    'what_to_check', (
      select coalesce(jsonb_agg(x), '[]')
      from jsonb_array_elements_text(private.card_list(p_card, 'what_to_check')) as x
    ),
    'files', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'path', f.path, 'change', f.change, 'added', coalesce(f.added, 0), 'removed', coalesce(f.removed, 0),
        'old_path', f.old_path
      )), '[]')
      from jsonb_to_recordset(private.card_list(p_card, 'files'))
        as f (path text, change text, added integer, removed integer, old_path text)
      where f.path is not null and f.change in ('added', 'modified', 'deleted', 'renamed')
    ),
    'added', coalesce((p_card ->> 'added')::integer, 0),
    'removed', coalesce((p_card ->> 'removed')::integer, 0),
    'mismatches', case when jsonb_typeof(p_card -> 'mismatches') = 'array' then (
      select coalesce(jsonb_agg(x), '[]') from jsonb_array_elements_text(p_card -> 'mismatches') as x
    ) end
  );
end
$$;

-- Stores the assistant's message, if there is anything to show, now with its mismatches.
create or replace function private.store_answer(p_generation public.generations, p_result jsonb) returns void
language sql set search_path = ''
as $$
  insert into public.messages (project_id, user_id, generation_id, role, text, thinking, card, mismatches, created_at)
  select p_generation.project_id, p_generation.user_id, p_generation.id, 'assistant',
    coalesce(p_result ->> 'text', ''), coalesce(p_result ->> 'thinking', ''),
    nullif(p_result -> 'card', 'null'), coalesce(nullif(p_result -> 'mismatches', 'null'), '[]'), clock_timestamp()
  where p_generation.status = 'succeeded' or coalesce(p_result ->> 'text', '') <> ''
    or coalesce(p_result ->> 'thinking', '') <> ''
$$;

-- A message as models.Message, now with its mismatches.
create or replace function private.message_json(p_message public.messages, p_generation public.generations)
returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_message.id,
    'role', p_message.role,
    'text', p_message.text,
    'thinking', p_message.thinking,
    'generation', private.generation_json(p_generation),
    'card', p_message.card,
    'mismatches', p_message.mismatches,
    'created_at', p_message.created_at
  )
$$;
