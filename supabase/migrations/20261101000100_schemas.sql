-- Two schemas. `public` is what the Data API exposes: business tables, readable by their owner under row level
-- security, and the functions that do everything else. `private` is exposed to nobody: leases, sessions, hits, roles,
-- helpers.
--
-- The rules of every migration here:
-- * A table has row level security enabled and forced, and a client gets SELECT at most.
-- * What a client may do is a function in `public`: `security definer` (so that it can write what the client cannot),
--   with an empty search_path, a filter on `auth.uid()`, and an explicit grant. It returns one jsonb.
-- * Default privileges differ between older and newer projects, so everything is revoked and granted by name.
-- * Whoever locks several rows takes them in this order, or deadlocks follow: the user's quota row, the project row,
--   the generation row, its lease. `for no key update` everywhere: it lets foreign keys point to the row meanwhile.
-- * Errors carry the HTTP status in the SQLSTATE (`PT404`) and a code in the message, which the app translates.

create schema private;
revoke all on schema private from public, anon, authenticated, service_role;
