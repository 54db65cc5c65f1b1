-- A text from a preview as it is kept: on one line, and without the address of the preview, which is a key to it. Only
-- what is as long as a key is one: a page may have a folder called preview.
create or replace function private.health_text(p_text text) returns text
language sql immutable set search_path = ''
as $$
  select btrim(regexp_replace(
    regexp_replace(p_text, '(https?://[^\s/]+)?/preview/[A-Za-z0-9_-]{40,}/?', '', 'g'), '\s+', ' ', 'g'
  ))
$$;
