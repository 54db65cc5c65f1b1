"""A double of a hosted Supabase project, as far as Glacia speaks to one.

That is PostgREST's `/rest/v1/rpc/*` and GoTrue's `/auth/v1/*`.

It stands on the same embedded Postgres as everything else and answers over real HTTP, so the unmodified supabase-py is
what talks to it. `server.py` starts one for a test, `python -m tests.doubles.supabase` one for a person.
"""
