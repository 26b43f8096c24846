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

-- :query administrator_sessions_end_own
-- The administrator ends one by its number, or with number 0 all but the one with this digest. With the entry of the audit
-- trail, if there was one to end.
-- :role portal
-- $1 id bigint
-- $2 number bigint
-- $3 kept bytea
-- $4 audited text
-- $5 trace text
with ended as (
    delete from preau.session
     where administrator_id = $1 and (number = $2 or ($2 = 0 and digest <> $3))
 returning 1
), counted as (
    select count(*) as ended from ended
)
select c.ended, case when c.ended > 0 then
           preau.audit_write_session($1, $4, jsonb_build_object('sessions', c.ended), $5) end as audited
  from counted c;

-- :query administrator_sessions_end
-- The operator ends one by its number, or with number 0 all. With the entry of the audit trail, if there was one to end.
-- :role link
-- $1 id bigint
-- $2 number bigint
-- $3 by text
-- $4 audited text
-- $5 trace text
with ended as (
    delete from preau.session where administrator_id = $1 and $2 in (0, number) returning 1
), counted as (
    select count(*) as ended from ended
)
select c.ended, case when c.ended > 0 then
           preau.audit_write(coalesce(p.chain, 0), 0, $3, $4, p.uai, null, null,
                             jsonb_build_object('administrator', $1, 'sessions', c.ended), $5) end as audited
  from counted c
  left join preau.audit_place p on p.administrator_id = $1;
