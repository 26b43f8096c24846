-- Messages to one number are bounded by who asks for them, and what was confirmed long ago recovers nothing (docs/decisions/0035).

-- The network from which a stranger asked for a code: null at a desk, where the account is whoever asks, and of what the release before
-- began, which is counted as of one asker.
alter table preau.registration add column asked_from text;

-- As 0037 made it, and since when the number is the account's.
create or replace view preau.recovery_account as
select r.id as registration, a.academy, a.id, a.mobile_confirmed_at
  from preau.registration r
  join preau.account a on a.mobile = r.mobile and a.state = 'active' and a.closed_at is null
 where r.purpose = 'recovery'
   and exists (select from preau.person p
                where (p.account_academy, p.account_id) = (a.academy, a.id) and p.departed_at is null
                  and replace(p.search_name, ' ', '') = r.match_name)
   and not exists (select from preau.account o
                    where o.mobile = r.mobile and o.closed_at is null and (o.academy, o.id) <> (a.academy, a.id));
