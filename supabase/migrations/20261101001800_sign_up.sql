-- Every new user gets a profile and a quota, and so do those who were there before.

create trigger glacia_on_auth_user_created
  after insert on auth.users
  for each row execute function private.on_auth_user_created();

do $$ begin perform private.ensure_profile(id) from auth.users; end $$;
