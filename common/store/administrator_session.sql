-- Where administrators are signed in: rows of the portal's table session.

-- :query administrator_sessions
-- Where an administrator is signed in or about to be, the last seen first.
-- :role link portal
-- $1 id bigint
-- $2 now timestamptz
-- $3 idle interval
select s.number, s.digest, s.stage, s.created_at, s.seen_at, s.expires_at, coalesce(s.address, '') as address,
       coalesce(s.browser, '') as browser
  from preau.session s
 where s.administrator_id = $1 and s.expires_at > $2 and s.seen_at > $2 - $3
 order by s.seen_at desc, s.number
 limit 100;

-- :query administrator_sessions_end
-- Ends one by its number, or all but the one with this digest, or all: number 0, digest null. (notify ends sessions of
-- families at a reset.)
-- :role link portal notify
-- $1 id bigint
-- $2 number bigint
-- $3 kept bytea
with ended as (
    delete from preau.session
     where administrator_id = $1 and (number = $2 or ($2 = 0 and digest is distinct from $3))
 returning 1
)
select count(*) as ended from ended;
