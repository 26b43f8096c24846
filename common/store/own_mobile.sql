-- A mobile of the person's own: asked for at the desk, proved by a code by SMS, taken away. Until the code was given the number
-- before stays the account's.

-- :query own_mobile_ask
-- The number waits for its code, in the place of an earlier one, once for each request. No row: the password that was given is no longer the account's,
-- or the account is not in use.
-- :role link notify
-- $1 request uuid
-- $2 academy smallint
-- $3 account_id bigint
-- $4 mobile text
-- $5 credential_at timestamptz
-- $6 lifetime interval
-- $7 remembered text
with standing as (
    select a.academy, a.id, c.changed_at, exists (select from preau.registration r where r.request_id = $1) as is_repeat
      from preau.account a
      join preau.credential c on (c.academy, c.account_id) = (a.academy, a.id) and c.changed_at = $5
     where a.academy = $2 and a.id = $3 and a.state = 'active' and a.closed_at is null
), older as (
    update preau.registration r set expires_at = now()
      from standing s
     where (r.for_academy, r.for_account) = (s.academy, s.id) and r.purpose = 'mobile' and r.state <> 'confirmed'
       and r.expires_at > now() and r.request_id <> $1
), asked as (
    insert into preau.registration (request_id, purpose, match_name, mobile, for_academy, for_account, for_credential_at, expires_at, trace)
    select $1, 'mobile', '-', $4, s.academy, s.id, s.changed_at, now() + $6, substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from standing s
    on conflict (request_id) do nothing
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor)
    select academy, id, $7, 'person' from standing where not is_repeat
)
select 1 as asked from standing;

-- :query own_mobile_latest
-- The number that was asked for last, and how far it is. is_now: it was proved, and is the account's. is_over: time, or another password.
-- :role link
-- $1 academy smallint
-- $2 account_id bigint
select r.id, r.state = 'confirmed' and a.mobile = r.mobile as is_now,
       not exists (select from preau.pending_mobile v where v.id = r.id and v.academy = $1 and v.account_id = $2) as is_over
  from preau.registration r
  join preau.account a on (a.academy, a.id) = (r.for_academy, r.for_account)
 where r.for_academy = $1 and r.for_account = $2 and r.purpose = 'mobile'
 order by r.id desc
 limit 1;

-- :query own_mobile_confirm
-- The code was right: the number is the account's. Told by mail, and to the number before by SMS, when it is another; what that number proved before ends. No
-- row: it was taken back meanwhile, or nobody can have been sent the code.
-- :role link
-- $1 academy smallint
-- $2 account_id bigint
-- $3 registration bigint
-- $4 remembered text
-- $5 notice interval
with before as materialized (
    select a.mobile from preau.account a where a.academy = $1 and a.id = $2
), proved as (
    update preau.registration r
       set state = 'confirmed', confirmed_at = now(), academy = r.for_academy, account_id = r.for_account
     where r.id = $3 and (r.state = 'sent' or r.state in ('waiting', 'failed') and r.attempts > 0)
       and exists (select from preau.pending_mobile v where v.id = r.id and v.academy = $1 and v.account_id = $2)
 returning r.mobile, r.for_credential_at
), changed as (
    update preau.account a set mobile = p.mobile, mobile_confirmed_at = now()
      from proved p
     where a.academy = $1 and a.id = $2
 returning a.academy, a.id, a.mobile
), over as (
    update preau.registration r set expires_at = now()
      from changed c
     where (r.academy, r.account_id) = (c.academy, c.id) and r.purpose = 'recovery' and r.expires_at > now()
), notice as (
    insert into preau.registration (request_id, purpose, match_name, mobile, for_academy, for_account, for_credential_at, expires_at, trace)
    select gen_random_uuid(), 'mobile_changed', '-', b.mobile, c.academy, c.id, p.for_credential_at, now() + $5,
           substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from changed c cross join before b cross join proved p
     where b.mobile <> c.mobile
), told as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, message_id)
    select c.academy, c.id, 'mobile_changed', 'mail', t.address, substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from changed c cross join before b cross join lateral preau.account_addresses(c.academy, c.id) t(address)
     where b.mobile is distinct from c.mobile
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor)
    select academy, id, $4, 'person' from changed
)
select 1 as confirmed from changed;

-- :query own_mobile_remove
-- The person takes the number away: told by mail, and to the number; what it proved before ends, and so does a number that waits. No row: there is none, or
-- the password that was given is no longer the account's.
-- :role link notify
-- $1 academy smallint
-- $2 account_id bigint
-- $3 credential_at timestamptz
-- $4 remembered text
-- $5 notice interval
with before as materialized (
    select a.academy, a.id, a.mobile
      from preau.account a
      join preau.credential c on (c.academy, c.account_id) = (a.academy, a.id) and c.changed_at = $3
     where a.academy = $1 and a.id = $2 and a.mobile is not null
), changed as (
    update preau.account a set mobile = null, mobile_confirmed_at = null
      from before b
     where (a.academy, a.id) = (b.academy, b.id)
 returning a.academy, a.id
), over as (
    update preau.registration r set expires_at = now()
      from changed c
     where ((r.academy, r.account_id) = (c.academy, c.id) and r.purpose = 'recovery'
            or (r.for_academy, r.for_account) = (c.academy, c.id) and r.purpose = 'mobile')
       and r.expires_at > now()
), notice as (
    insert into preau.registration (request_id, purpose, match_name, mobile, for_academy, for_account, for_credential_at, expires_at, trace)
    select gen_random_uuid(), 'mobile_changed', '-', b.mobile, c.academy, c.id, $3, now() + $5,
           substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from changed c cross join before b
), told as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, message_id)
    select c.academy, c.id, 'mobile_changed', 'mail', t.address, substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from changed c cross join lateral preau.account_addresses(c.academy, c.id) t(address)
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor)
    select academy, id, $4, 'person' from changed
)
select 1 as removed from changed;
