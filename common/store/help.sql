-- What people ask for who cannot sign in: kept by linkd without looking at anybody, answered by notifyd with mails.

-- :query help_ask
-- Keeps what was asked, once for each request. The same whether or not there is such a person.
-- :role link
-- $1 request uuid
-- $2 wanted text
-- $3 subject text
-- $4 known boolean
insert into preau.help_request (request_id, wanted, subject, known, trace)
values ($1, $2, $3, $4, substring(current_setting('application_name') from '[0-9a-f]{32}$')) on conflict do nothing;

-- :query help_load
-- Forgets requests that nobody answered within a day: who still wants help asked again. The oldest of the others, with the accounts that each is about: those of a confirmed address, or the one of an identifier. One
-- row an account; of a request without any, one row without an account. address: where the school would notify it.
-- :role notify
-- $1 requests bigint
-- $2 accounts bigint
with forgotten as (
    delete from preau.help_request where asked_at < now() - interval '1 day'
)
select h.id as request, h.trace, h.wanted, a.academy, a.id, a.version, a.profile::text, a.state::text, a.origin::text, a.password::text,
       a.login, a.email, a.email_confirmed_at, a.closed_at, a.notified_at, a.notification_expires_at, a.activated_at,
       exists (select from preau.person p
                where (p.account_academy, p.account_id) = (a.academy, a.id) and p.degree = 2) as in_second_degree,
       preau.notification_address(a.email, a.email_confirmed_at, aaf.mail) as address
  from (select id, wanted, subject, trace from preau.help_request
         where asked_at >= now() - interval '1 day'
         order by id limit $1) h
  left join lateral (
        (select b.* from preau.account b
          where h.wanted = 'identifier' and lower(b.email) = lower(h.subject) and b.email_confirmed_at is not null
          order by b.academy, b.id limit $2)
        union all
        select b.* from preau.account b where h.wanted <> 'identifier' and b.login = h.subject) a on true
  left join lateral (
        select p.mail from preau.person p
         where (p.account_academy, p.account_id) = (a.academy, a.id) and p.departed_at is null and p.mail is not null
           and not exists (select from preau.anothers_address v
                            where (v.academy, v.degree, v.aaf_id) = (p.academy, p.degree, p.aaf_id))
         order by p.degree desc, p.aaf_id limit 1) aaf on true
 order by h.id, a.academy, a.id;

-- :query help_apply
-- A request answered: the row gone, each account owed its mail unless it had as many of that kind within a day (twice as many
-- for a browser that is known, so that strangers do not use up what is the person's), an older activation link ended (those to
-- another password all stand: whoever asks again keeps nobody from theirs), the memory of it. All or nothing; nothing at all when somebody else answered it. Stale when an account changed since it was
-- loaded.
-- :role notify
-- $1 request bigint
-- $2 per_day bigint
-- $3 academies smallint[]
-- $4 numbers bigint[]
-- $5 versions bigint[]
-- $6 kinds text[]
-- $7 recipients text[]
-- $8 purposes text[]
-- $9 link_expiries timestamptz[]
-- $10 events text[]
with answered as (
    delete from preau.help_request where id = $1 returning id, known
), wanted as (
    select w.*, answered.known
      from unnest($3, $4, $5, $6, $7, $8, $9, $10)
             as w(academy, id, version, kind, recipient, purpose, expires_at, event), answered
), same as (
    select w.*, c.changed_at as credential_at
      from wanted w
      join preau.account a on (a.academy, a.id, a.version) = (w.academy, w.id, w.version)
      left join preau.credential c on (c.academy, c.account_id) = (a.academy, a.id)
), fit as (
    select s.*
      from same s
     where (select count(*) from preau.delivery d
             where d.academy = s.academy and d.account_id = s.id and d.kind = s.kind
               and d.created_at > now() - interval '1 day') < $2 * case when s.known then 2 else 1 end
), older as (
    update preau.confirmation c set superseded_at = now()
      from fit f
     where (c.academy, c.account_id, c.purpose) = (f.academy, f.id, f.purpose) and f.purpose <> 'password'
       and c.used_at is null and c.superseded_at is null
), link as (
    insert into preau.confirmation (academy, account_id, purpose, email, expires_at, credential_at)
    select academy, id, purpose, recipient, expires_at, case when purpose = 'password' then credential_at end
      from fit where purpose is not null
 returning academy, account_id, id
), owed as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, confirmation_id, message_id)
    select f.academy, f.id, f.kind, 'mail', f.recipient, l.id, substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from fit f
      left join link l on (l.academy, l.account_id) = (f.academy, f.id)
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor)
    select academy, id, event, 'person' from fit
)
select (select count(*) from answered) as answered, (select count(*) from fit) as owed,
       preau.require_unchanged((select count(*) from same), (select count(*) from wanted)) as unchanged;
