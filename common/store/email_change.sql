-- Another mail address of a person: asked for, proved by the link of a mail, taken back. Until the link is followed the address
-- before stays the account's.

-- :query email_change_ask
-- The new address waits for its link, in the place of an earlier one. A mail is owed to it, and a notice to each address
-- that is the person's until now. The account is written too, though it stays the same: of two demands at once, one is stale.
-- :role link notify
-- $1 academy smallint
-- $2 id bigint
-- $3 version bigint
-- $4 email text
-- $5 expires_at timestamptz
-- $6 action text
-- $7 request uuid
-- $8 method text
-- $9 answer bytea
-- $10 credential_at timestamptz
with changed as (
    update preau.account a set email = a.email
     where a.academy = $1 and a.id = $2 and a.version = $3
 returning a.academy, a.id
), older as (
    update preau.confirmation c set superseded_at = now()
      from changed
     where (c.academy, c.account_id) = (changed.academy, changed.id) and c.purpose = 'email_change'
       and c.used_at is null and c.superseded_at is null
), link as (
    insert into preau.confirmation (academy, account_id, purpose, email, expires_at, credential_at)
    select academy, id, 'email_change', $4, $5, $10 from changed
 returning academy, account_id, id, email
), mail as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, confirmation_id, message_id)
    select academy, account_id, 'email_change', 'mail', email, id, substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from link
), told as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, confirmation_id, message_id)
    select link.academy, link.account_id, 'email_change_asked', 'mail', t.address, link.id,
           substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from link, preau.account_addresses(link.academy, link.account_id) t(address)
     where lower(t.address) <> lower($4)
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor)
    select academy, id, $6, 'person' from changed
), answered as (
    insert into preau.request_answer (request_id, method, answer) values ($7, $8, $9)
)
select preau.require_unchanged((select count(*) from changed), 1);

-- :query email_change_correct
-- Of an account that was opened and waits for its address: the link goes to another, and the one before leads nowhere. Where the school
-- knows the person is told of the opening, unless it was before (tell_opening).
-- :role link notify
-- $1 academy smallint
-- $2 id bigint
-- $3 version bigint
-- $4 email text
-- $5 expires_at timestamptz
-- $6 action text
-- $7 request uuid
-- $8 method text
-- $9 answer bytea
-- $10 tell_opening boolean
with changed as (
    update preau.account a set email = $4
     where a.academy = $1 and a.id = $2 and a.version = $3 and a.state = 'en_cours'
 returning a.academy, a.id
), older as (
    update preau.confirmation c set superseded_at = now()
      from changed
     where (c.academy, c.account_id) = (changed.academy, changed.id) and c.purpose = 'activation'
       and c.used_at is null and c.superseded_at is null
), link as (
    insert into preau.confirmation (academy, account_id, purpose, email, expires_at)
    select academy, id, 'activation', $4, $5 from changed
 returning academy, account_id, id, email
), mail as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, confirmation_id, message_id)
    select academy, account_id, 'activation', 'mail', email, id, substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from link
), told as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, message_id)
    select changed.academy, changed.id, 'account_opened', 'mail', t.address,
           substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from changed, preau.account_addresses(changed.academy, changed.id) t(address)
     where $10 and lower(t.address) is distinct from lower($4)
       and (exists (select from preau.delivery d -- looked up, not joined
                     where d.academy = changed.academy and d.account_id = changed.id and d.kind = 'account_opened'
                       and lower(d.recipient) = lower(t.address))) is false
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor)
    select academy, id, $6, 'person' from changed
), answered as (
    insert into preau.request_answer (request_id, method, answer) values ($7, $8, $9)
)
select preau.require_unchanged((select count(*) from changed), 1);

-- :query email_change_load
-- What the link of a mail stands for, with its account. is_now: the address counts already.
-- :role link
-- $1 academy smallint
-- $2 confirmation bigint
select a.academy, a.id, a.version, a.profile::text, a.state::text, a.origin::text, a.password::text, a.login, a.email,
       a.email_confirmed_at, a.closed_at, a.notified_at, a.notification_expires_at, a.activated_at,
       exists (select from preau.person p
                where (p.account_academy, p.account_id) = (a.academy, a.id) and p.degree = 2) as in_second_degree,
       exists (select from preau.pending_email v where (v.academy, v.id) = (c.academy, c.id)) as is_pending,
       c.used_at is not null and a.email = c.email and a.email_confirmed_at is not null as is_now
  from preau.confirmation c
  join preau.account a on (a.academy, a.id) = (c.academy, c.account_id)
 where c.academy = $1 and c.id = $2 and c.purpose = 'email_change';

-- :query email_change_confirm
-- The link was followed: the new address is the account's, the link is used up, and the address is told, with each that was the
-- person's before. What was taken back meanwhile stays so.
-- :role link notify
-- $1 academy smallint
-- $2 id bigint
-- $3 version bigint
-- $4 confirmation bigint
-- $5 action text
with before as materialized (
    select t.address
      from preau.account a cross join lateral preau.account_addresses(a.academy, a.id) t(address)
     where a.academy = $1 and a.id = $2 and a.version = $3
), changed as (
    update preau.account a set email = v.email, email_confirmed_at = now()
      from preau.pending_email v
     where a.academy = $1 and a.id = $2 and a.version = $3 and v.academy = $1 and v.id = $4 and v.account_id = $2
 returning a.academy, a.id, a.email
), used as (
    update preau.confirmation c set used_at = now()
      from changed
     where c.academy = $1 and c.id = $4 and c.used_at is null and c.superseded_at is null
 returning 1
), told as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, confirmation_id, message_id)
    select distinct on (lower(t.address)) changed.academy, changed.id, 'email_changed', 'mail', t.address, $4,
           substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from changed
     cross join lateral (select changed.email as address union all select before.address from before) t
     where t.address is not null
     order by lower(t.address)
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor)
    select academy, id, $5, 'person' from changed
)
select preau.require_unchanged((select count(*) from used), 1);

-- :query email_change_cancel
-- The person takes the demand back: its link leads nowhere.
-- :role link notify
-- $1 academy smallint
-- $2 id bigint
-- $3 remembered text
with over as (
    update preau.confirmation c set superseded_at = now()
     where c.academy = $1 and c.account_id = $2 and c.purpose = 'email_change' and c.used_at is null
       and c.superseded_at is null
 returning 1
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor)
    select $1, $2, $3, 'person' where exists (select from over)
)
select count(*) as cancelled from over;
