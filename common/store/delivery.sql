-- The outbox of mails: what is owed, who is sending it, what became of it.

-- :query delivery_reserve
-- Sets mails that are due aside for who will send them soon, oldest first: they still wait, and may be cancelled, but are due to
-- nobody else before the lease is over. So is, again, what a dead sender had taken. The Message-ID is made once and kept, so
-- that a mail sent twice is recognised; until then message_id is the request that owes the mail, which stays in it: the relay's log is
-- followed by the same number as ours. Answers all that its text needs; link_is_dead: the link was used, replaced or is out of
-- date, or the address is no longer the account's. has_moved: what the school sends is for an address that is by now not, or not only, this account's. A mail goes to the guardian alone, past the head: it names every child, whose dates of birth the opening will ask for.
-- reminder: what a reminder tells, one a line, of schools that are the administrator's now; null when there are none, or no
-- reminder is wanted any more.
-- The inner limit is for the planner, which keeps one plan for all: it takes an unknown one for a tenth of the table.
-- That an account was joined to another is told to both, though one is closed by that: with the name and the identifier of where its records are now.
-- A kind of mail is asked for within what it alone needs, so that nothing of it is looked up for the others.
-- :role notify
-- $1 limit bigint
-- $2 lease interval
-- $3 domain text
with due as (
    select ctid
      from (select ctid
              from preau.delivery
             where done_at is null and due_at <= now() and (taken_until is null or taken_until <= now()) and channel = 'mail'
               and kind in ('notification', 'activation', 'email_change', 'email_change_asked', 'email_changed',
                            'password_reset', 'password_changed', 'forgotten_identifier', 'forgotten_password',
                            'not_opened', 'guardian_reset', 'franceconnect_linked', 'franceconnect_unlinked',
                            'accounts_joined', 'accounts_separated', 'account_opened', 'mobile_changed', 'contacts_forgotten', 'reminder')
             order by due_at
             limit 64
               for no key update skip locked) first
     limit $1
), reserved as (
    update preau.delivery d
       set state = 'waiting', taken_until = null, due_at = now() + $2,
           may_have_left = d.may_have_left or d.state = 'taken', -- whoever had it said nothing
           message_id = case when d.message_id like '%@%' then d.message_id
               else d.academy || '.' || d.id || '.'
                    || coalesce(substring(d.message_id from '^[0-9a-f]{32}$'), replace(gen_random_uuid()::text, '-', '')) || '@' || $3 end
     where d.ctid = any(array(select ctid from due))
 returning d.*
)
select t.academy, t.id, t.attempts, t.created_at, t.kind, t.recipient, t.message_id, t.account_id, t.confirmation_id,
       reminder.lines as reminder,
       coalesce(t.batch_academy, 0) as batch_academy, coalesce(t.batch_id, 0) as batch_id,
       a.profile::text, a.password::text, a.state in ('en_cours', 'active') as is_opened, a.origin = 'franceconnect' as is_by_franceconnect, a.origin = 'etablissement' as is_by_school, coalesce(stays.login, a.login) as login,
       a.closed_at is not null and t.kind not in ('accounts_joined', 'accounts_separated') as is_closed, a.notification_expires_at,
       cr.sealed, coalesce(who.nom, stays.nom, ad.name, '') as nom, coalesce(who.prenom, stays.prenom, '') as prenom,
       coalesce(children.names, '') as children, coalesce(s.name, '') as school, coalesce(s.city, '') as city,
       coalesce(b.uai, (select m.uai from preau.school_account m
                         where m.account_academy = t.academy and m.account_id = t.account_id limit 1), reminder.uai, '') as uai,
       exists (select from preau.delivery e
                where e.academy = t.academy and e.account_id = t.account_id and e.kind = 'notification'
                  and (e.state = 'sent' or e.may_have_left) and e.created_at < t.created_at) as is_repeat,
       case when t.kind in ('activation', 'forgotten_password')
                 then k.id is null or k.used_at is not null or k.superseded_at is not null
                      or k.expires_at <= now() or k.email <> t.recipient
                      or (k.purpose = 'password' and k.credential_at is distinct from cr.changed_at)
            when t.kind = 'email_change' then pending.waits is null else false end
         or (t.kind in ('forgotten_identifier', 'forgotten_password')
             and (a.email_confirmed_at is null or a.email is distinct from t.recipient)) as link_is_dead,
       t.kind in ('notification', 'not_opened')
       and case when a.email is not null and a.email_confirmed_at is not null then lower(a.email) <> lower(t.recipient)
                else not exists (
                    select from preau.person own
                     where own.account_academy = t.academy and own.account_id = t.account_id and own.departed_at is null
                       and lower(own.mail) = lower(t.recipient)
                       and (exists (select from preau.anothers_address v -- looked up, not joined
                                     where (v.academy, v.degree, v.aaf_id) = (own.academy, own.degree, own.aaf_id))) is false)
            end as has_moved,
       k.expires_at as link_expires_at, coalesce(k.email, '') as new_email
  from reserved t
  left join preau.account a on a.academy = t.academy and a.id = t.account_id
  left join preau.administrator ad on ad.id = t.administrator_id
  left join preau.credential cr on cr.academy = t.academy and cr.account_id = t.account_id
  left join preau.confirmation k on k.academy = t.academy and k.id = t.confirmation_id
  left join lateral (
        select true as waits
          from preau.pending_email v
         where t.kind = 'email_change'
           and v.academy = t.academy and v.account_id = t.account_id and v.id = t.confirmation_id and v.email = t.recipient
         limit 1) pending on true
  left join preau.batch b on b.academy = t.batch_academy and b.id = t.batch_id
  left join preau.school s on s.academy = b.academy and s.uai = b.uai
  left join lateral (
        select nom, prenom from preau.person p
         where p.account_academy = t.academy and p.account_id = t.account_id
         order by p.departed_at nulls first, p.academy, p.degree, p.aaf_id limit 1) who on true
  left join lateral (
        select p.nom, p.prenom, i.login
          from preau.account_join j
          join preau.account_merge m on m.join_id = j.id and m.undone_at is null
          join preau.person p on (p.academy, p.degree, p.aaf_id) = (m.academy, m.degree, m.aaf_id)
          join preau.account i on (i.academy, i.id) = (p.account_academy, p.account_id)
         where t.kind = 'accounts_joined'
           and j.from_academy = t.academy and j.from_account = t.account_id and j.undone_at is null
         order by j.id desc
         limit 1) stays on true
  left join lateral (
        select string_agg(c.prenom, E'\n' order by c.birth_date, c.prenom) as names
          from (select distinct c.academy, c.degree, c.aaf_id, c.prenom, c.birth_date
                  from preau.person r
                  join preau.acting_guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
                  join preau.person c on (c.academy, c.degree, c.aaf_id) = (g.academy, g.degree, g.pupil_id)
                 where r.account_academy = t.academy and r.account_id = t.account_id
                   and r.departed_at is null and c.departed_at is null) c) children on true
  left join lateral (
        select string_agg(concat_ws(E'\t', l.uai, l.profile, l.accounts, to_char(l.first_day, 'YYYY-MM-DD'),
                                    to_char(l.last_day, 'YYYY-MM-DD'), l.class, place.name, place.city),
                          E'\n' order by l.place) as lines,
               min(l.uai) as uai
          from preau.reminder_choice c
          join preau.reminder_line l on (l.academy, l.delivery_id) = (t.academy, t.id)
          join preau.school place on (place.academy, place.uai) = (l.school_academy, l.uai)
         where t.kind = 'reminder' and c.administrator_id = t.administrator_id
           and exists (select from preau.administered_school v
                        where v.administrator_id = c.administrator_id and v.academy = l.school_academy and v.uai = l.uai
                          and v.profile = l.profile)) reminder on true;

-- :query delivery_step
-- Writes down mails that left, which is true whoever holds their lease by now, and lets others begin: those that were set aside
-- and still are as they were seen. Answers these. Rows are locked in the order of their numbers, as wherever several are, so
-- that nobody waits in a circle; arrays come by a select, since the planner keeps no plan that depends on how long they are.
-- :role notify link
-- $1 academies bigint[]
-- $2 numbers bigint[]
-- $3 attempts bigint[]
-- $4 have_left boolean[]
-- $5 lease interval
with locked as (
    select d.academy, d.id, g.attempt, g.has_left
      from unnest((select $1), (select $2), (select $3), (select $4)) as g (academy, number, attempt, has_left)
      join preau.delivery d on d.academy = g.academy and d.id = g.number
     order by d.academy, d.id
       for no key update of d
), stepped as (
    update preau.delivery d
       set state = case when l.has_left then 'sent' else 'taken' end,
           attempts = case when l.has_left then d.attempts else d.attempts + 1 end,
           taken_until = case when not l.has_left then now() + $5 end,
           done_at = case when l.has_left then now() end,
           reason = case when not l.has_left then d.reason end
      from locked l
     where d.academy = l.academy and d.id = l.id
       and (d.state = 'waiting' and (l.has_left or d.attempts = l.attempt) or d.state = 'taken' and l.has_left)
 returning d.academy, d.id, d.attempts, d.state
)
select academy, id, attempts from stepped where state = 'taken';

-- :query delivery_put_off
-- The mail did not leave this time and is due again later, if it is still this try's; or it is not wanted any more, and ends
-- here, unless some try may have delivered it: answers which, and nothing when it is another's by now. A pause, and not a moment:
-- the sender's clock may be wrong, and a mail that it put off would then stay put off.
-- :role notify
-- $1 academy smallint
-- $2 id bigint
-- $3 attempt integer
-- $4 pause interval
-- $5 reason text
-- $6 may_have_left boolean
-- $7 reason_unwanted text
-- $8 remembered text
with tried as (
    update preau.delivery d
       set state = case when d.unwanted and not (d.may_have_left or $6) then 'cancelled' else 'waiting' end,
           done_at = case when d.unwanted and not (d.may_have_left or $6) then now() end,
           reason = case when d.unwanted and not (d.may_have_left or $6) then $7 else $5 end,
           taken_until = null, due_at = now() + $4, may_have_left = d.may_have_left or $6
     where academy = $1 and id = $2 and attempts = $3 and state = 'taken'
 returning d.academy, d.account_id, d.batch_academy, d.batch_id, d.state
), remembered as (
    insert into preau.account_event (academy, account_id, action, administrator_id, actor, detail)
    select t.academy, t.account_id, $8, b.cancelled_by, 'administrator', jsonb_build_object('uai', b.uai, 'batch', b.id)
      from tried t
      join preau.batch b on b.academy = t.batch_academy and b.id = t.batch_id
     where t.state = 'cancelled'
       for share of b -- as whoever cancelled left it: this statement may have begun before, and waited for its mail.
                      -- A key share would answer the row of that moment
)
select state = 'cancelled' as is_cancelled from tried;

-- :query delivery_held
-- Mails that were set aside and did not begin, since their domain has enough or their sender stops: due at another time. What
-- somebody has under his hands at this moment stays as he leaves it.
-- :role notify link
-- $1 academies bigint[]
-- $2 numbers bigint[]
-- $3 attempts bigint[]
-- $4 due timestamptz[]
with held as (
    select d.academy, d.id, h.due_at
      from unnest((select $1), (select $2), (select $3), (select $4)) as h (academy, number, attempt, due_at)
      join preau.delivery d on d.academy = h.academy and d.id = h.number and d.attempts = h.attempt and d.state = 'waiting'
       for no key update of d skip locked
)
update preau.delivery d
   set due_at = least(h.due_at, now() + interval '1 hour') -- a sender's clock that is wrong holds no mail for ever
  from held h
 where d.academy = h.academy and d.id = h.id;

-- :query delivery_ended
-- The mail will not leave: failed, or cancelled, and why; if it is still this try's, or was only set aside.
-- :role notify link
-- $1 academy smallint
-- $2 id bigint
-- $3 attempt integer
-- $4 state text
-- $5 reason text
-- $6 may_have_left boolean
update preau.delivery d set state = $4, taken_until = null, done_at = now(), reason = $5, may_have_left = d.may_have_left or $6
 where academy = $1 and id = $2 and attempts = $3 and state in ('waiting', 'taken');

-- :query delivery_backlog
-- What waits, by channel, and since when the oldest does; "help": what people asked for who cannot sign in, and no mail is owed for yet.
-- :role notify
-- :scans
select channel::text as what, count(*) as waiting, min(created_at) as oldest
  from preau.delivery
 where done_at is null
 group by channel
 union all
select 'help', count(*), min(asked_at) from preau.help_request;
