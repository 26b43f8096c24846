-- Links that were mailed to who forgot the password.

-- :query password_link_load
-- What a link to another password stands for. It is dead when it was used, replaced, out of date, or made for a password
-- that was replaced since.
-- :role link
-- $1 academy smallint
-- $2 link bigint
select k.account_id, a.login, k.credential_at,
       k.used_at is not null or k.superseded_at is not null or k.expires_at <= now() or a.closed_at is not null
         or a.email_confirmed_at is null or a.email is distinct from k.email
         or c.changed_at is distinct from k.credential_at as is_dead
  from preau.confirmation k
  join preau.account a on (a.academy, a.id) = (k.academy, k.account_id)
  left join preau.credential c on (c.academy, c.account_id) = (k.academy, k.account_id)
 where k.academy = $1 and k.id = $2 and k.purpose = 'password';
