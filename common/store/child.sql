-- A guardian who helps a child whose account is attached to theirs.

-- :query child_list
-- The children of an active guardian's account who have one themselves, with their identifiers.
-- :role portal
-- $1 academy smallint
-- $2 guardian bigint
select a.academy, a.id, a.login, a.state::text, who.nom, who.prenom, coalesce(s.name, '') as school,
       coalesce(e.class, '') as class
  from preau.attached_pupil t
  join preau.account g on (g.academy, g.id) = (t.guardian_academy, t.guardian_id)
                      and g.state = 'active' and g.closed_at is null
  join preau.account a on (a.academy, a.id) = (t.academy, t.id) and a.closed_at is null
  join lateral (
        select p.* from preau.person p
         where (p.account_academy, p.account_id) = (a.academy, a.id) and p.departed_at is null
         order by p.degree desc, p.aaf_id limit 1) who on true
  left join lateral (
        select n.uai, n.class from preau.enrolment n
         where (n.academy, n.degree, n.pupil_id) = (who.academy, who.degree, who.aaf_id)
         order by n.uai limit 1) e on true
  left join preau.school s on (s.academy, s.uai) = (who.academy, e.uai)
 where t.guardian_academy = $1 and t.guardian_id = $2
 order by who.birth_date, who.prenom, a.academy, a.id;

-- :query child_load
-- One child's account, if it is attached to that active guardian's, and the answer that this request was given before, if it
-- was; with its password, unless that answer was of another child, or of a password that was replaced since.
-- :role link
-- $1 guardian_academy smallint
-- $2 guardian bigint
-- $3 academy smallint
-- $4 id bigint
-- $5 request uuid
select a.academy, a.id, a.version, a.profile::text, a.state::text, a.origin::text, a.password::text, a.login, a.email,
       a.email_confirmed_at, a.closed_at, a.notified_at, a.notification_expires_at, a.activated_at,
       exists (select from preau.person p
                where (p.account_academy, p.account_id) = (a.academy, a.id) and p.degree = 2) as in_second_degree,
       case when r.request_id is null
                 or r.answer = int2send(a.academy) || int8send(a.id) || timestamptz_send(c.changed_at)
            then c.sealed end as sealed,
       c.hash, c.changed_at as credential_changed_at, r.answer as stored_answer
  from preau.attached_pupil t
  join preau.account g on (g.academy, g.id) = (t.guardian_academy, t.guardian_id)
                      and g.state = 'active' and g.closed_at is null
  join preau.account a on (a.academy, a.id) = (t.academy, t.id)
  left join preau.credential c on (c.academy, c.account_id) = (a.academy, a.id)
  left join preau.request_answer r on r.request_id = $5
 where t.guardian_academy = $1 and t.guardian_id = $2 and t.academy = $3 and t.id = $4;

-- :query child_reset
-- The child's new provisional password: the account as decided, its sessions ended, told wherever it may be of
-- (tell_change), both accounts' lives, the answer kept: of which child, and of which password, which stays sealed in its place. Nothing when the child
-- is no longer attached.
-- :role link
-- $1 guardian_academy smallint
-- $2 guardian bigint
-- $3 academy smallint
-- $4 id bigint
-- $5 version bigint
-- $6 password text
-- $7 expires_at timestamptz
-- $8 sealed bytea
-- $9 changed_at timestamptz
-- $10 tell_change boolean
-- $11 request uuid
-- $12 method text
with attached as materialized (
    select t.academy, t.id
      from preau.attached_pupil t
     where t.guardian_academy = $1 and t.guardian_id = $2 and t.academy = $3 and t.id = $4
), changed as (
    update preau.account a
       set password = $6::text::preau.password_kind, notification_expires_at = $7
      from attached
     where (a.academy, a.id) = (attached.academy, attached.id) and a.version = $5
 returning a.academy, a.id
), resealed as (
    update preau.credential c set sealed = $8, hash = null, changed_at = $9
      from changed where (c.academy, c.account_id) = (changed.academy, changed.id)
 returning c.account_id
), ended as (
    delete from preau.session s using changed where (s.academy, s.account_id) = (changed.academy, changed.id)
), told as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, message_id)
    select changed.academy, changed.id, 'guardian_reset', 'mail', t.address,
           substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from changed, preau.account_addresses(changed.academy, changed.id) t(address)
     where $10
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor, detail)
    select academy, id, 'reset_by_guardian', 'guardian', jsonb_build_object('academy', $1, 'guardian', $2) from changed
     union all
    select $1, $2, 'child_helped', 'person', jsonb_build_object('academy', academy, 'child', id) from changed
), answered as (
    insert into preau.request_answer (request_id, method, answer)
    values ($11, $12, int2send($3::smallint) || int8send($4::bigint) || timestamptz_send($9::timestamptz))
)
select preau.require_unchanged((select count(*) from changed) + (select count(*) from resealed), 2);
