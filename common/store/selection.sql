-- What an administrator does to accounts of a school that were selected: loaded with all that decides, moved in one
-- statement.

-- :query selection_load
-- The accounts asked for, those that exist, belong to the school and are of a profile that the administrator may
-- administer there in full, the others by number only; no row at all when the school is not the administrator's. The first row holds what the request was answered before.
-- :role notify
-- $1 administrator bigint
-- $2 academy smallint
-- $3 uai text
-- $4 academies smallint[]
-- $5 numbers bigint[]
-- $6 request uuid
-- $7 method text
select w.academy as wanted_academy, w.id as wanted_id, a.id is not null as is_here, a.academy, a.id, a.version,
       a.profile::text, a.state::text, a.origin::text, a.password::text, a.login, a.email, a.email_confirmed_at,
       a.closed_at, a.notified_at, a.notification_expires_at, a.activated_at,
       exists (select from preau.person p
                where (p.account_academy, p.account_id) = (a.academy, a.id) and p.degree = 2) as in_second_degree,
       preau.notification_address(a.email, a.email_confirmed_at, here.mail) as notification_address,
       a.email_confirmed_at is null and exists (
           select from preau.anothers_address v
            where (v.academy, v.degree, v.aaf_id) = (s.academy, here.degree, here.aaf_id)) as is_anothers,
       case when w.rank = 1 then
           (select r.answer from preau.request_answer r where r.request_id = $6 and r.method = $7) end as stored_answer,
       case when w.rank = 1 then (select b.id from preau.batch b where b.request_id = $6) end as stored_batch
  from preau.school s
 cross join (select u.academy, u.id, row_number() over (order by u.academy, u.id) as rank
               from (select distinct academy, id from unnest($4, $5) as given(academy, id)) u) w
  left join lateral (
        select p.degree, p.aaf_id, p.mail
          from preau.person p
         where p.account_academy = w.academy and p.account_id = w.id and p.departed_at is null
           and p.academy = s.academy
           and (exists (select from preau.enrolment e
                         where (e.academy, e.degree, e.pupil_id, e.uai) = (p.academy, p.degree, p.aaf_id, s.uai))
                or exists (select from preau.guardianship g
                             join preau.person c on (c.academy, c.degree, c.aaf_id) = (g.academy, g.degree, g.pupil_id)
                             join preau.enrolment e
                               on (e.academy, e.degree, e.pupil_id, e.uai) = (g.academy, g.degree, g.pupil_id, s.uai)
                            where (g.academy, g.degree, g.guardian_id) = (p.academy, p.degree, p.aaf_id)
                              and c.departed_at is null))
         order by p.mail is null, p.degree desc, p.aaf_id
         limit 1) here on true
  left join preau.account a
    on a.academy = w.academy and a.id = w.id and here.degree is not null
   and exists (select from preau.administered_school v
                where v.administrator_id = $1 and (v.academy, v.uai, v.profile) = (s.academy, s.uai, a.profile))
 where s.academy = $2 and s.uai = $3 and s.departed_at is null
   and exists (select from preau.administered_school v
                where v.administrator_id = $1 and (v.academy, v.uai) = (s.academy, s.uai))
 order by w.rank;

-- :query selection_apply
-- What was decided for the accounts of a selection, all or nothing: the accounts moved, new provisional passwords
-- stored, sessions ended and what an opening left undone where one was made (docs/decisions/0020), the batch and what it owes to each, who is told of a reset, the memory
-- of it, the entry of the audit trail, which names the account when it is the only one, the answer kept. Answers the batch;
-- without a channel there is none.
-- :role notify
-- $1 academy smallint
-- $2 uai text
-- $3 channel text
-- $4 reset boolean
-- $5 administrator bigint
-- $6 action text
-- $7 request uuid
-- $8 method text
-- $9 answer bytea
-- $10 academies smallint[]
-- $11 numbers bigint[]
-- $12 versions bigint[]
-- $13 states text[]
-- $14 origins text[]
-- $15 passwords text[]
-- $16 notified timestamptz[]
-- $17 expiries timestamptz[]
-- $18 sealed bytea[]
-- $19 recipients text[]
-- $20 told boolean[]
-- $21 audited text
-- $22 trace text
-- $23 forget boolean
-- $24 forgotten text
with wanted as (
    select * from unnest($10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        as w(academy, id, version, state, origin, password, notified_at, expires_at, sealed, recipient, told)
), changed as (
    update preau.account a
       set state = w.state::preau.account_state, origin = w.origin::preau.account_origin,
           password = w.password::preau.password_kind, notified_at = w.notified_at,
           notification_expires_at = w.expires_at,
           email = case when $23 and a.email_confirmed_at is not null or a.state = 'en_cours' and w.sealed is not null then null else a.email end,
           email_confirmed_at = case when not $23 then a.email_confirmed_at end,
           mobile = case when not $23 then a.mobile end, mobile_confirmed_at = case when not $23 then a.mobile_confirmed_at end
      from wanted w
     where a.academy = w.academy and a.id = w.id and a.version = w.version
 returning a.academy, a.id
), resealed as (
    update preau.credential c set sealed = w.sealed, hash = null, changed_at = now()
      from wanted w
     where c.academy = w.academy and c.account_id = w.id and w.sealed is not null
 returning c.account_id
), ended as (
    delete from preau.session s using wanted w
     where s.academy = w.academy and s.account_id = w.id and w.sealed is not null
), half_open as ( -- by whoever knew the password of before: neither their address nor its link counts any more
    update preau.confirmation c set superseded_at = now()
      from wanted w
     where (c.academy, c.account_id) = (w.academy, w.id) and w.sealed is not null and c.purpose = 'activation'
       and c.used_at is null and c.superseded_at is null
), batched as (
    insert into preau.batch (academy, uai, request_id, administrator_id, channel, reset, total, profiles)
    select $1, $2, $7, $5, $3, $4, count(*), array_agg(distinct a.profile)
      from wanted w
      join preau.account a on (a.academy, a.id) = (w.academy, w.id)
     where $3 is not null
    having count(*) > 0
 returning academy, id
), owed as (
    insert into preau.delivery (academy, account_id, batch_academy, batch_id, kind, channel, recipient, message_id)
    select w.academy, w.id, b.academy, b.id, 'notification', $3, w.recipient, $22 from wanted w, batched b
), security as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, message_id)
    select w.academy, w.id, 'password_reset', 'mail', t.address, $22
      from wanted w cross join lateral preau.account_addresses(w.academy, w.id) t(address)
     where w.told and lower(t.address) is distinct from lower(w.recipient) -- who reads that one has the notification
), before as materialized ( -- what was confirmed, of who is to forget it
    select a.academy, a.id, case when a.email_confirmed_at is not null then a.email end as email, a.mobile, own.mail
      from wanted w
      join preau.account a on (a.academy, a.id) = (w.academy, w.id)
      left join lateral (
            select p.mail from preau.person p
             where (p.account_academy, p.account_id) = (a.academy, a.id) and p.departed_at is null and p.mail is not null
               and not exists (select from preau.anothers_address v
                                where (v.academy, v.degree, v.aaf_id) = (p.academy, p.degree, p.aaf_id))
             order by p.degree desc, p.aaf_id limit 1) own on true
     where $23 and (a.email_confirmed_at is not null or a.mobile is not null)
), links as (
    update preau.confirmation c set superseded_at = now()
      from before b
     where $23 and (c.academy, c.account_id) = (b.academy, b.id) and c.used_at is null and c.superseded_at is null
), proofs as (
    update preau.registration r set expires_at = now()
      from before b
     where $23
       and ((r.academy, r.account_id) = (b.academy, b.id) and r.purpose = 'recovery'
            or (r.for_academy, r.for_account) = (b.academy, b.id) and r.purpose = 'mobile')
       and r.expires_at > now()
), contacts_told as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, message_id)
    select distinct on (b.academy, b.id, lower(t.address)) b.academy, b.id, 'contacts_forgotten', 'mail', t.address, $22
      from before b
     cross join lateral (values (b.email), (b.mail)) t(address)
     where t.address is not null
     order by b.academy, b.id, lower(t.address)
), number_told as (
    insert into preau.registration (request_id, purpose, match_name, mobile, for_academy, for_account, for_credential_at, expires_at, trace)
    select gen_random_uuid(), 'mobile_changed', '-', b.mobile, b.academy, b.id, now(), now() + interval '1 day', substring($22 from '^[0-9a-f]{32}$')
      from before b
     where b.mobile is not null
), contacts_remembered as (
    insert into preau.account_event (academy, account_id, action, administrator_id, actor, detail)
    select b.academy, b.id, $24, $5, 'administrator', jsonb_build_object('uai', $2) from before b
), remembered as (
    insert into preau.account_event (academy, account_id, action, administrator_id, actor, detail)
    select w.academy, w.id, $6, $5, 'administrator',
           jsonb_strip_nulls(jsonb_build_object('uai', $2, 'channel', $3, 'batch', (select id from batched)))
      from wanted w
), answered as (
    insert into preau.request_answer (request_id, method, answer) values ($7, $8, $9)
)
select (select id from batched) as batch,
       preau.require_unchanged((select count(*) from changed) + (select count(*) from resealed),
                               (select count(*) + count(w.sealed) from wanted w)) as unchanged,
       preau.audit_write($1, $5, null, $21, $2, (select min(w.academy) from wanted w having count(*) = 1),
                         (select min(w.id) from wanted w having count(*) = 1),
                         jsonb_build_object('accounts', (select count(*) from wanted), 'channel', $3,
                                            'batch', (select id from batched),
                                            'reset', (select nullif(count(w.sealed), 0) from wanted w),
                                            'contacts', case when $23 then 'forgotten' end), $22) as audited;

-- :query selection_retry
-- What was decided for accounts of a batch whose mail or sheet did not leave, all or nothing: the accounts moved, each owed
-- its own once more, the memory of it, the entry of the audit trail, the answer kept. Tries count on, so that a late record of
-- an earlier one is known for what it is; a mail that may have left keeps its Message-ID, others are new mails.
-- :role notify
-- $1 academy smallint
-- $2 uai text
-- $3 batch bigint
-- $4 state text
-- $5 administrator bigint
-- $6 action text
-- $7 request uuid
-- $8 method text
-- $9 answer bytea
-- $10 academies smallint[]
-- $11 numbers bigint[]
-- $12 versions bigint[]
-- $13 states text[]
-- $14 origins text[]
-- $15 passwords text[]
-- $16 notified timestamptz[]
-- $17 expiries timestamptz[]
-- $18 recipients text[]
-- $19 audited text
-- $20 trace text
with wanted as (
    select * from unnest($10, $11, $12, $13, $14, $15, $16, $17, $18)
        as w(academy, id, version, state, origin, password, notified_at, expires_at, recipient)
), changed as (
    update preau.account a
       set state = w.state::preau.account_state, origin = w.origin::preau.account_origin,
           password = w.password::preau.password_kind, notified_at = w.notified_at,
           notification_expires_at = w.expires_at
      from wanted w
     where a.academy = w.academy and a.id = w.id and a.version = w.version
 returning a.academy, a.id
), owed as (
    update preau.delivery d
       set state = 'waiting', recipient = w.recipient, due_at = now(), created_at = now(), done_at = null, reason = null,
           unwanted = false, message_id = case when d.may_have_left then d.message_id else $20 end
      from wanted w
     where d.batch_academy = $1 and d.batch_id = $3 and d.academy = w.academy and d.account_id = w.id and d.state = $4
 returning d.id, d.channel
), remembered as (
    insert into preau.account_event (academy, account_id, action, administrator_id, actor, detail)
    select w.academy, w.id, $6, $5, 'administrator',
           jsonb_build_object('uai', $2, 'channel', (select min(channel) from owed), 'batch', $3)
      from wanted w
), answered as (
    insert into preau.request_answer (request_id, method, answer) values ($7, $8, $9)
)
select $3 as batch,
       preau.require_unchanged((select count(*) from changed) + (select count(*) from owed),
                               (select 2 * count(*) from wanted)) as unchanged,
       preau.audit_write($1, $5, null, $19, $2, null, null,
                         jsonb_build_object('accounts', (select count(*) from wanted),
                                            'channel', (select min(channel) from owed), 'batch', $3, 'rest', $4), $20)
           as audited;

-- :query selection_resend_activation
-- The activation mail again, to the address given: earlier links stop to count, a new one is owed, the answer kept; with
-- the entry of the audit trail.
-- :role notify link
-- $1 academy smallint
-- $2 id bigint
-- $3 version bigint
-- $4 email text
-- $5 expires_at timestamptz
-- $6 administrator bigint
-- $7 action text
-- $8 uai text
-- $9 request uuid
-- $10 method text
-- $11 answer bytea
-- $12 chain integer
-- $13 audited text
-- $14 new_address boolean
-- $15 trace text
with changed as (
    update preau.account set email = $4, email_confirmed_at = null
     where academy = $1 and id = $2 and version = $3
 returning academy, id
), older as (
    update preau.confirmation c set superseded_at = now()
      from changed
     where c.academy = changed.academy and c.account_id = changed.id and c.used_at is null and c.superseded_at is null
), link as (
    insert into preau.confirmation (academy, account_id, purpose, email, expires_at)
    select academy, id, 'activation', $4, $5 from changed
 returning academy, account_id, id, email
), mail as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, confirmation_id, message_id)
    select academy, account_id, 'activation', 'mail', email, id, $15 from link
), remembered as (
    insert into preau.account_event (academy, account_id, action, administrator_id, actor, detail)
    select academy, id, $7, $6, 'administrator', jsonb_build_object('uai', $8) from changed
), answered as (
    insert into preau.request_answer (request_id, method, answer) values ($9, $10, $11)
)
select preau.require_unchanged((select count(*) from changed), 1) as unchanged,
       preau.audit_write($12, $6, null, $13, $8, $1, $2, jsonb_build_object('new_address', nullif($14, false)), $15) as audited;

-- :query selection_show_password
-- The sealed provisional password of an account that was loaded, if it is still the same, with the memory of the display and
-- the entry of the audit trail: nothing is answered that is not remembered.
-- :role notify link
-- $1 academy smallint
-- $2 id bigint
-- $3 version bigint
-- $4 administrator bigint
-- $5 uai text
-- $6 chain integer
-- $7 audited text
-- $8 trace text
with shown as (
    select a.academy, a.id, c.sealed, a.notification_expires_at
      from preau.account a
      join preau.credential c on (c.academy, c.account_id) = (a.academy, a.id)
     where a.academy = $1 and a.id = $2 and a.version = $3 and c.sealed is not null
), remembered as (
    insert into preau.account_event (academy, account_id, action, administrator_id, actor, detail)
    select academy, id, 'password_shown', $4, 'administrator', jsonb_build_object('uai', $5) from shown
)
select s.sealed, s.notification_expires_at,
       preau.audit_write($6, $4, null, $7, $5, $1, $2, '{}', $8) as audited
  from shown s;
