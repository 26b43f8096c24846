-- Accounts as the rules need them.

-- :query account_load
-- The accounts asked for, those that exist, in order of number.
-- :role notify link
-- $1 academies smallint[]
-- $2 numbers bigint[]
select a.academy, a.id, a.version, a.profile::text, a.state::text, a.origin::text, a.password::text, a.login, a.email,
       a.email_confirmed_at, a.closed_at, a.notified_at, a.notification_expires_at, a.activated_at,
       exists (select from preau.person p
                where (p.account_academy, p.account_id) = (a.academy, a.id) and p.degree = 2) as in_second_degree
  from unnest($1, $2) as wanted(academy, id)
  join preau.account a using (academy, id)
 order by a.academy, a.id;
