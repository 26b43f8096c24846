-- A guardian who opens an account by SMS (guide 1.1, second scheme).

-- :query registration_begin
-- Keeps what was typed, once for each request; nobody is looked for.
-- :role link
-- $1 request uuid
-- $2 match_name text
-- $3 mobile text
-- $4 lifetime interval
-- $5 purpose text
-- $6 asked_from text
insert into preau.registration as r (request_id, match_name, mobile, expires_at, purpose, asked_from, trace)
values ($1, $2, $3, now() + $4, $5, $6, substring(current_setting('application_name') from '[0-9a-f]{32}$'))
on conflict (request_id) do update set request_id = r.request_id
returning id;

-- :query registration_begin_vouched
-- The same of who FranceConnect vouches for: names and identity now, the mobile next.
-- :role link
-- $1 request uuid
-- $2 names text[]
-- $3 issuer text
-- $4 subject text
-- $5 lifetime interval
insert into preau.registration as r (request_id, match_name, also_named, issuer, subject, state, expires_at)
values ($1, coalesce(($2)[1], '-'), coalesce(($2)[2:], '{}'), $3, $4, 'vouched', now() + $5) -- no name has a hyphen as it is matched
on conflict (request_id) do update set request_id = r.request_id
returning id;

-- :query registration_begin_for
-- From the desk of an account: the names of its records, and the mobile that is given, as long as its password stands. No row when it has no record.
-- :role link
-- $1 request uuid
-- $2 academy smallint
-- $3 account_id bigint
-- $4 mobile text
-- $5 lifetime interval
insert into preau.registration as r (request_id, match_name, also_named, mobile, for_academy, for_account, for_credential_at, expires_at, trace)
select $1, own.names[1], own.names[2:], $4, $2, $3, c.changed_at, now() + $5, substring(current_setting('application_name') from '[0-9a-f]{32}$')
  from (select array_agg(distinct replace(p.search_name, ' ', '')) as names
          from preau.person p
         where p.account_academy = $2 and p.account_id = $3 and p.profile = 'responsable') own
  join preau.credential c on (c.academy, c.account_id) = ($2, $3)
 where own.names is not null
on conflict (request_id) do update set request_id = r.request_id
returning id;

-- :query registration_give_mobile
-- The mobile of who FranceConnect vouches for, once: the code that is sent to it is made from the registration, and is to prove no other
-- number. No row when it is too late.
-- :role link
-- $1 id bigint
-- $2 mobile text
-- $3 lifetime interval
-- $4 asked_from text
update preau.registration
   set state = 'waiting', mobile = $2, asked_from = $4, asked_at = now(), due_at = now(), expires_at = now() + $3,
       trace = substring(current_setting('application_name') from '[0-9a-f]{32}$')
 where id = $1 and state = 'vouched' and expires_at > now()
returning id;

-- :query registration_claim
-- Codes that are due, for who sends them. Who is nobody gets none, now and later; nor does a number that was sent as many today as this asker may have
-- sent to it, or as all may: an asker is a network or, at a desk, an account, and what strangers ask for is nothing to the desks. Said in the statement that looks, so that no code of theirs is ever right. Past its lease a code is due again: the same one, so that two SMS
-- say the same. A code that is asked for at a desk goes to whatever number was given there. A number that was one's is told, however many codes strangers had
-- sent to it. Before a first code count also those of later numbers that were sent, for a mobile may be given long after its number.
-- :role link
-- $1 limit bigint
-- $2 lease interval
-- $3 a_day bigint
-- $4 a_day_of_all bigint
-- $5 mobile_validity interval
with due as (
    select id, mobile, attempts, purpose, asked_from, for_academy, for_account from preau.registration
     where state = 'waiting' and due_at <= now()
     order by due_at
     limit $1
       for no key update skip locked
), judged as (
    select d.id, case d.purpose when 'open' then exists (select from preau.registration_record m where m.registration = d.id)
                             when 'recovery' then exists (select from preau.recovery_account m where m.registration = d.id and m.mobile_confirmed_at > now() - $5)
                             else true end as is_known,
           (select count(*) >= $4 or $3 <= count(*) filter (where s.asked_from is not distinct from d.asked_from
                                                    and (s.for_academy, s.for_account) is not distinct from (d.for_academy, d.for_account))
              from preau.registration s
             where s.mobile = d.mobile and s.asked_at > now() - interval '1 day' and (s.for_account is null) = (d.for_account is null)
               and (s.id < d.id or s.id > d.id and s.attempts > 0 and d.attempts = 0)
               and s.purpose <> 'mobile_changed' and s.state not in ('nobody', 'flooded'))
           and d.purpose <> 'mobile_changed' as is_flooded
      from due d
), claimed as (
    update preau.registration r
       set state = case when not j.is_known then 'nobody' when j.is_flooded then 'flooded' else r.state end,
           due_at = now() + $2, attempts = r.attempts + 1, delivery = null
      from judged j where r.id = j.id
 returning r.id, r.mobile, r.attempts, r.expires_at, r.trace, r.purpose = 'mobile_changed' as is_notice, j.is_known, j.is_flooded
)
select id, mobile, attempts, expires_at, trace, is_notice, is_known, is_flooded from claimed;

-- :query registration_sent_lately
-- How many SMS were tried within the last hour, whoever asked and whoever took them: what the operator bounds. Of these, how many the
-- telephone took and how many not, by the reports, and by which provider most were lost. How many wait, and since when.
-- :role link
select lately.sent, lately.delivered, lately.undelivered, lately.lossy, queue.waiting, queue.oldest
  from (select coalesce(sum(greatest(attempts, messages)), 0) as sent,
               count(*) filter (where delivery = 'delivered') as delivered,
               count(*) filter (where delivery in ('refused', 'undelivered')) as undelivered,
               mode() within group (order by provider) filter (where delivery in ('refused', 'undelivered')) as lossy
          from preau.registration
         where asked_at > now() - interval '1 hour' and state not in ('nobody', 'flooded')) lately
 cross join (select count(*) as waiting, min(asked_at) as oldest
               from preau.registration
              where state = 'waiting') queue;

-- :query registration_told
-- What became of a code: sent, failed; or it is due again. messages: that may have left by this try. A report may have overtaken this, and
-- says more; one of them ends the waiting by itself.
-- :role link
-- $1 id bigint
-- $2 state text
-- $3 due_at timestamptz
-- $4 provider text
-- $5 messages smallint
update preau.registration
   set messages = messages + $5, provider = coalesce($4, provider),
       state = case when state = 'waiting' then $2 else state end,
       due_at = case when state = 'waiting' then $3 else due_at end,
       delivery = case when $2 = 'sent' then coalesce(delivery, 'sent') else delivery end
 where id = $1;

-- :query registration_report
-- What a provider tells of a try that it took. Delivered is the last word, of whichever try; bad news is news of the latest try
-- alone, and accepted only after nothing else. A code that came to the operator needs no other try, though the answer to this one
-- was lost. No row when it changes nothing.
-- :role link
-- $1 id bigint
-- $2 attempt smallint
-- $3 delivery text
update preau.registration
   set delivery = $3, state = case when state = 'waiting' and $3 in ('accepted', 'delivered') then 'sent' else state end
 where id = $1 and attempts >= $2 and coalesce(delivery, 'sent') <> 'delivered'
   and case $3 when 'delivered' then true
               when 'accepted' then coalesce(delivery, 'sent') = 'sent'
               else attempts = $2 and coalesce(delivery, 'sent') in ('sent', 'accepted') end
returning coalesce(trace, '') as trace;

-- :query registration_load
-- How far a registration is, and the account that it is about, once that was proved: the one that the others would be joined to. is_disputed: there
-- is none, for they may be two persons'. has_other: another in use was proved the same way, and stays as it is. is_recovery: by the mobile that the
-- account confirmed. What is asked at a desk alone (purpose mobile) is none.
-- :role link
-- $1 id bigint
select r.state, r.expires_at <= now() or coalesce(r.for_credential_at <> own.changed_at, false) as is_over, coalesce(r.academy, r.for_academy, found.academy, 0) as academy,
       coalesce(r.account_id, r.for_account, found.id, 0) as account_id, coalesce(a.state = 'active', false) as is_active, r.confirmed_at,
       coalesce(r.mobile, '') as mobile, r.issuer, r.subject, r.for_account is not null as is_of_desk, r.purpose = 'recovery' as is_recovery,
       case when r.state = 'proven' then exists (select from preau.registration_record m where m.registration = r.id and m.is_disputed)
            else false end as is_disputed,
       case when r.state = 'confirmed' and r.for_account is null and r.purpose = 'open'
            then exists (select from preau.registration_record m
                           join preau.account o on (o.academy, o.id) = (m.account_academy, m.account_id)
                          where m.registration = r.id and (o.academy, o.id) <> (r.academy, r.account_id) and o.state = 'active')
            else false end as has_other
  from preau.registration r
  left join lateral (
        select f.academy, f.id
          from preau.registration_record m
          join preau.account f on (f.academy, f.id) = (m.account_academy, m.account_id)
         where m.registration = r.id and r.state = 'proven'
         order by f.state desc, f.activated_at nulls last, f.academy, f.id
         limit 1) found on true
  left join preau.credential own on (own.academy, own.account_id) = (r.for_academy, r.for_account)
  left join preau.account a on (a.academy, a.id) = (coalesce(r.academy, r.for_academy, found.academy), coalesce(r.account_id, r.for_account, found.id))
 where r.id = $1 and r.purpose in ('open', 'recovery');

-- :query registration_try
-- Counts a code before it is judged. No row: none may be tried any more.
-- :role link
-- $1 id bigint
-- $2 tries smallint
update preau.registration set tries = tries + 1
 where id = $1 and tries < $2 and expires_at > now() and state in ('waiting', 'sent', 'nobody', 'flooded', 'failed')
returning id;

-- :query registration_prove
-- The code was right: what follows has a time of its own. No row when nobody can have been sent it. Of who forgot a password it says whose account
-- it is: nothing else is asked. The number is as old as it was: the code proves who has it, not who the person is (docs/decisions/0033).
-- :role link
-- $1 id bigint
-- $2 lifetime interval
-- $3 mobile_validity interval
with sent as (
    select r.id, r.purpose from preau.registration r
     where r.id = $1 and (r.state = 'sent' or r.state in ('waiting', 'failed') and r.attempts > 0)
), proven as (
    update preau.registration r set state = 'proven', expires_at = now() + $2
      from sent s
     where r.id = s.id and s.purpose = 'open' and exists (select from preau.registration_record m where m.registration = $1)
 returning r.id
), recovered as (
    update preau.registration r
       set state = 'confirmed', expires_at = now() + $2, confirmed_at = now(), academy = v.academy, account_id = v.id
      from sent s
      join preau.recovery_account v on v.registration = s.id and v.mobile_confirmed_at > now() - $3
     where r.id = s.id and r.purpose = 'recovery'
 returning r.id
)
select id from proven union all select id from recovered;

-- :query registration_people
-- The person and the children, of all the records of all the accounts that it is about, for the password opens them all.
-- :role link
-- $1 id bigint
select distinct p.*
  from (select distinct account_academy, account_id from preau.registration_record where registration = $1) m
 cross join lateral preau.people_of_account(m.account_academy, m.account_id) p
 order by p.rank, p.birth_date, p.prenom, p.academy, p.degree, p.aaf_id;

-- :query registration_confirm
-- The children were named: the accounts become one. No row when it is too late. Of registrations one after the other, for registration_join
-- waits for nobody who works on accounts: two that end at the same moment would each be an import to the other. Who had the turn gives back
-- its other locks a moment later; an import is not waited for longer than that.
-- :role link
-- :changes
-- $1 id bigint
-- $2 lifetime interval
with turn as materialized (
    select $1::bigint as registration, pg_advisory_xact_lock(1347568986)
), free as materialized (
    select registration, set_config('lock_timeout', '50ms', true),
           pg_advisory_xact_lock(1347568982), pg_advisory_xact_lock(1347568983), pg_advisory_xact_lock(1347568985)
      from turn
)
select joined from free, preau.registration_join(free.registration, $2) as joined where joined is not null;

-- :query registration_erase_old
-- A day after its end nothing of a registration is of use: names and a number of who may be nobody's parent.
-- :role link
delete from preau.registration where expires_at < now() - interval '1 day';
