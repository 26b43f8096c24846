-- Links that were mailed to prove that an address is the person's (guide 1.1, step 5).

-- :query confirmation_load
-- What a link stands for, with its account.
-- :role link
-- $1 academy smallint
-- $2 confirmation bigint
select a.academy, a.id, a.version, a.profile::text, a.state::text, a.origin::text, a.password::text, a.login, a.email,
       a.email_confirmed_at, a.closed_at, a.notified_at, a.notification_expires_at, a.activated_at,
       exists (select from preau.person p
                where (p.account_academy, p.account_id) = (a.academy, a.id) and p.degree = 2) as in_second_degree,
       c.expires_at < now() as expired, c.used_at is not null as used, c.superseded_at is not null as superseded
  from preau.confirmation c
  join preau.account a on (a.academy, a.id) = (c.academy, c.account_id)
 where c.academy = $1 and c.id = $2 and c.purpose = 'activation';

-- :query confirmation_apply
-- The link was followed: the account moved, the address counts, the link is used up.
-- :role link
-- $1 academy smallint
-- $2 id bigint
-- $3 version bigint
-- $4 state text
-- $5 origin text
-- $6 activated_at timestamptz
-- $7 confirmation bigint
-- $8 action text
with changed as (
    update preau.account a
       set state = $4::text::preau.account_state, origin = $5::text::preau.account_origin, activated_at = $6, email = c.email,
           email_confirmed_at = now()
      from preau.confirmation c
     where a.academy = $1 and a.id = $2 and a.version = $3
       and c.academy = $1 and c.id = $7 and c.account_id = $2 and c.used_at is null and c.superseded_at is null
 returning a.academy, a.id
), used as (
    update preau.confirmation c set used_at = now() from changed where c.academy = $1 and c.id = $7
), told as (
    insert into preau.account_event (academy, account_id, action, actor)
    select academy, id, $8, 'person' from changed
)
select preau.require_unchanged((select count(*) from changed), 1);
