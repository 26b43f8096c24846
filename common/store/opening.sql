-- Signing in, opening an account, changing a password: what linkd reads and writes.

-- :query opening_sign_in
-- The account of an identifier, with its password, sealed or hashed.
-- :role link
-- $1 login text
select a.academy, a.id, a.version, a.profile::text, a.state::text, a.origin::text, a.password::text, a.login, a.email,
       a.email_confirmed_at, a.closed_at, a.notified_at, a.notification_expires_at, a.activated_at,
       exists (select from preau.person p
                where (p.account_academy, p.account_id) = (a.academy, a.id) and p.degree = 2) as in_second_degree,
       c.sealed, c.hash, c.changed_at as credential_changed_at, null::bytea as stored_answer
  from preau.account a
  left join preau.credential c on (c.academy, c.account_id) = (a.academy, a.id)
 where a.login = $1;

-- :query opening_account
-- One account with its password, and the answer that this request was given before, if it was.
-- :role link
-- $1 academy smallint
-- $2 id bigint
-- $3 request uuid
select a.academy, a.id, a.version, a.profile::text, a.state::text, a.origin::text, a.password::text, a.login, a.email,
       a.email_confirmed_at, a.closed_at, a.notified_at, a.notification_expires_at, a.activated_at,
       exists (select from preau.person p
                where (p.account_academy, p.account_id) = (a.academy, a.id) and p.degree = 2) as in_second_degree,
       c.sealed, c.hash, c.changed_at as credential_changed_at, (select answer from preau.request_answer where request_id = $3) as stored_answer
  from preau.account a
  left join preau.credential c on (c.academy, c.account_id) = (a.academy, a.id)
 where a.academy = $1 and a.id = $2;

-- :query opening_people
-- The person of an account and, for a guardian, the children attached to it: who, born when, in which school and class.
-- :role link
-- $1 academy smallint
-- $2 id bigint
select p.* from preau.people_of_account($1, $2) p order by p.rank, p.birth_date, p.prenom, p.degree, p.aaf_id;

-- :query opening_signed_in
-- Remembers when the person last signed in.
-- :role link
-- $1 academy smallint
-- $2 id bigint
update preau.credential set last_sign_in_at = now() where academy = $1 and account_id = $2;

-- :query opening_rehashed
-- The same password at today's cost: sessions stay, since nothing was replaced.
-- :role link notify
-- $1 academy smallint
-- $2 id bigint
-- $3 before text
-- $4 hash text
update preau.credential set hash = $4 where academy = $1 and account_id = $2 and hash = $3;

-- :query opening_birth_dates_refused
-- How many birth dates were refused since the school last notified the account, or since it was activated.
-- :role link
-- $1 academy smallint
-- $2 id bigint
select count(*) as refused
  from preau.account a
  join preau.account_event e on (e.academy, e.account_id) = (a.academy, a.id)
 where a.academy = $1 and a.id = $2 and e.action = 'birth_date_refused'
   and e.at > coalesce(greatest(a.notified_at, a.activated_at), '-infinity');

-- :query opening_birth_date_refused
-- Remembers, for the school that alone can correct it, that a date given is not AAF's: of a try that was counted. So many, and the school
-- must notify anew.
-- :role link
-- $1 academy smallint
-- $2 id bigint
-- $3 subject text
insert into preau.account_event (academy, account_id, action, actor)
select $1, $2, 'birth_date_refused', 'person' from preau.attempt t where t.subject = $3;

-- :query opening_apply
-- A life cycle's outcome by the person: the account moved, the chosen password stored, the activation mail owed when an
-- address is given, the link that proved the person used up (0: none did), FranceConnect's identity linked (null: none is; one whose account is closed may pass to another), the password replaced by one that nobody was given (sealed; null: it is not), other sessions ended, the peer that vouched for the person told (null: none did), the identifier mailed to whomever it may be of (tell_opening), the answer kept: all or nothing. Who recovered a password by SMS (no link proved it) is signed in at once.
-- :role link
-- $1 academy smallint
-- $2 id bigint
-- $3 version bigint
-- $4 state text
-- $5 origin text
-- $6 password text
-- $7 activated_at timestamptz
-- $8 hash text
-- $9 email text
-- $10 link_expires_at timestamptz
-- $11 action text
-- $12 request uuid
-- $13 method text
-- $14 answer bytea
-- $15 end_sessions boolean
-- $16 tell_change boolean
-- $17 changed_at timestamptz
-- $18 proof bigint
-- $19 issuer text
-- $20 subject text
-- $21 sealed bytea
-- $22 notification_expires_at timestamptz
-- $23 peer text
-- $24 tell_opening boolean
with changed as (
    update preau.account
       set state = $4::text::preau.account_state, origin = $5::text::preau.account_origin, password = $6::text::preau.password_kind,
           activated_at = $7, notification_expires_at = $22,
           email = case when $9 is not null then $9 when $11 in ('open_sms', 'open_franceconnect', 'open_aten', 'open_ent') and email_confirmed_at is null then null else email end,
           email_confirmed_at = case when $9 is null then email_confirmed_at end
     where academy = $1 and id = $2 and version = $3
 returning academy, id
), hashed as (
    update preau.credential c
       set sealed = case when p.is_replaced then $21 else c.sealed end, hash = case when p.is_replaced then $8 else c.hash end,
           changed_at = case when p.is_replaced then $17 else c.changed_at end,
           last_sign_in_at = case when p.signs_in then now() else c.last_sign_in_at end
      from changed, (select $8 is not null or $21 is not null as is_replaced,
                            $11 in ('open_sms', 'open_franceconnect', 'open_aten', 'open_ent') or $11 = 'recover_password' and $18 = 0 as signs_in) p
     where (c.academy, c.account_id) = (changed.academy, changed.id) and (p.is_replaced or p.signs_in)
), older as (
    update preau.confirmation c set superseded_at = now()
      from changed
     where (c.academy, c.account_id) = (changed.academy, changed.id) and ($9 is not null or $11 in ('open_sms', 'open_aten', 'open_ent') or $11 = 'open_franceconnect' and c.purpose = 'activation')
       and c.used_at is null and c.superseded_at is null
), followed as (
    update preau.confirmation c set used_at = now()
      from changed
     where c.academy = changed.academy and c.id = $18 and c.account_id = changed.id
       and c.used_at is null and c.superseded_at is null
 returning c.id
), link as (
    insert into preau.confirmation (academy, account_id, purpose, email, expires_at)
    select academy, id, 'activation', $9, $10 from changed where $9 is not null
 returning academy, account_id, id, email
), mail as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, confirmation_id, message_id)
    select academy, account_id, 'activation', 'mail', email, id, substring(current_setting('application_name') from '[0-9a-f]{32}$') from link
), told_change as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, message_id)
    select changed.academy, changed.id, case when $19 is null then 'password_changed' else 'franceconnect_linked' end, 'mail', t.address,
           substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from changed, preau.account_addresses(changed.academy, changed.id) t(address)
     where $16
), told_opening as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, message_id)
    select changed.academy, changed.id, 'account_opened', 'mail', t.address,
           substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from changed, preau.account_addresses(changed.academy, changed.id) t(address)
     where $24 and lower(t.address) is distinct from lower($9) -- who reads that one has the link
), linked as (
    insert into preau.franceconnect_identity as f (academy, account_id, issuer, subject)
    select academy, id, $19, $20 from changed where $19 is not null
    on conflict (issuer, subject) do update set academy = excluded.academy, account_id = excluded.account_id, linked_at = now()
     where exists (select from preau.account a where (a.academy, a.id) = (f.academy, f.account_id) and a.closed_at is not null)
 returning 1
), ended as (
    delete from preau.session s using changed
     where (s.academy, s.account_id) = (changed.academy, changed.id) and $15
), told as (
    insert into preau.account_event (academy, account_id, action, actor, detail)
    select academy, id, $11, 'person', jsonb_strip_nulls(jsonb_build_object('peer', $23::text)) from changed
), answered as (
    insert into preau.request_answer (request_id, method, answer) values ($12, $13, $14)
)
select preau.require_unchanged((select count(*) from changed) + (select count(*) from followed) + (select count(*) from linked),
                               1 + ($18 <> 0)::integer + ($19 is not null)::integer);

-- :query opening_erase_answers
-- Answers older than anybody asks again for.
-- :role link notify
delete from preau.request_answer where created_at < now() - interval '1 day';

-- :query opening_schools
-- The schools that an account belongs to: told to who proved to be its owner.
-- :role link
-- $1 academy smallint
-- $2 id bigint
select distinct s.name
  from preau.school_account m
  join preau.school s on (s.academy, s.uai) = (m.academy, m.uai)
 where m.account_academy = $1 and m.account_id = $2 and s.departed_at is null
 order by s.name
 limit 8;
