-- Who is signed in on the portal (table preau.session). The cookie itself is nowhere: only its digest.

-- :query web_session_load
-- The session of a cookie, if it is still good: not past its end, not idle too long, of somebody who may still sign in,
-- by the password (and second factor) that it was made with; an open one of an account that is active.
-- Remembers, once a minute at most, that it was seen.
-- :role portal
-- $1 digest bytea
-- $2 now timestamptz
-- $3 idle_family interval
-- $4 idle_administrator interval
with found as (
    select s.digest, s.stage, s.academy, s.account_id, s.administrator_id, s.csrf, s.seen_at, s.credential_at,
           coalesce(ad.name, a.login) as name, ad.role::text as role
      from preau.session s
      left join preau.administrator ad on ad.id = s.administrator_id
      left join preau.account a on (a.academy, a.id) = (s.academy, s.account_id)
      left join preau.credential c on (c.academy, c.account_id) = (s.academy, s.account_id)
     where s.digest = $1 and s.expires_at > $2
       and s.seen_at > $2 - case when s.administrator_id is null then $3 else $4 end
       and ad.disabled_at is null and a.closed_at is null
       and coalesce(ad.credential_at, c.changed_at) = s.credential_at
       and (s.administrator_id is not null or s.stage <> 'open' or a.state = 'active')
), seen as (
    update preau.session s set seen_at = $2
      from found f
     where s.digest = f.digest and f.seen_at < $2 - interval '1 minute'
)
select stage, academy, account_id, administrator_id, csrf, name, role, credential_at from found;

-- :query web_session_begin
-- A new session in the place of the one that the browser had, if any.
-- :role portal
-- $1 digest bytea
-- $2 stage text
-- $3 academy smallint
-- $4 account_id bigint
-- $5 administrator_id bigint
-- $6 csrf text
-- $7 now timestamptz
-- $8 expires_at timestamptz
-- $9 before bytea
-- $10 credential_at timestamptz
-- $11 address text
-- $12 browser text
with ended as (
    delete from preau.session where digest = $9
)
insert into preau.session (digest, stage, academy, account_id, administrator_id, csrf, created_at, seen_at, expires_at,
                           credential_at, address, browser)
values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $10, $11, $12);

-- :query web_session_end
-- Ends a session, as who was signed in wants it; ended before, it stays so. With the entry of the audit trail, if an
-- administrator signs out.
-- :role portal
-- $1 digest bytea
-- $2 audited text
-- $3 trace text
with ended as (
    delete from preau.session where digest = $1 returning administrator_id, stage
)
select preau.audit_write_session(e.administrator_id, $2, '{}', $3) as audited
  from ended e
 where e.administrator_id is not null and e.stage = 'open';

-- :query web_session_purge
-- Forgets the sessions that are past their end; answers how many are left.
-- :role portal notify link
-- :scans
-- $1 now timestamptz
with gone as (
    delete from preau.session where expires_at <= $1
)
select count(*) as open from preau.session where expires_at > $1;
