-- What an administrator gives to a member of staff: a school, for a profile and a time (the view administered_school says
-- what counts). Rows of administrator_scope that have a giver.

-- :query delegation_standing
-- Whether an administrator has a school by other than a gift, with the role; no row when the school is not there or not
-- in scope at all.
-- :role link
-- $1 administrator bigint
-- $2 academy smallint
-- $3 uai text
select a.role::text, s.name as school
  from preau.administrator a
  join preau.school s on s.academy = $2 and s.uai = $3 and s.departed_at is null
 where a.id = $1 and a.disabled_at is null
   and exists (select from preau.administrator_scope own
                where own.administrator_id = a.id and own.giver_id is null
                  and (own.academy is null
                       or (own.academy = s.academy and (own.uai is null or own.uai = s.uai))));

-- :query delegation_list
-- Who was given a school, in the time to come too, the first to begin first; what is over is left out. counts: the giver
-- still may. renewable: as in delegation_renew_password.
-- :role link
-- $1 academy smallint
-- $2 uai text
select d.id, a.login, a.name, coalesce(d.profile::text, '') as profile, d.from_at, d.until_at, g.name as giver, d.given_at,
       a.disabled_at is null and g.disabled_at is null
       and exists (select from preau.administrator_scope own
                    where own.administrator_id = g.id and own.giver_id is null
                      and (own.academy is null
                           or (own.academy = d.academy and (own.uai is null or own.uai = d.uai)))) as counts,
       a.role = 'delegue' and a.disabled_at is null and a.last_sign_in_at is null and a.password_is_provisional
       and not exists (select from preau.administrator_scope o
                        where o.administrator_id = a.id
                          and (o.giver_id is null or (o.academy, o.uai) is distinct from (d.academy, d.uai))) as renewable
  from preau.administrator_scope d
  join preau.administrator a on a.id = d.administrator_id
  join preau.administrator g on g.id = d.giver_id
 where d.academy = $1 and d.uai = $2 and d.until_at > now()
 order by d.from_at, a.name, d.id
 limit 500;

-- :query delegation_find
-- Who is meant by a login or a mail address; of several, the one whose login it is.
-- :role link
-- :scans
-- $1 text text
select a.id, a.login, a.name, a.role::text, a.disabled_at is not null as disabled
  from preau.administrator a
 where a.login = $1 or lower(a.mail) = $1
 order by a.login = $1 desc, a.id
 limit 1;

-- :query delegation_give
-- Gives a school, with the entry of the audit trail; the same given twice is one.
-- :role link
-- $1 giver bigint
-- $2 administrator bigint
-- $3 academy smallint
-- $4 uai text
-- $5 profile text
-- $6 from_at timestamptz
-- $7 until_at timestamptz
-- $8 from_day text
-- $9 until_day text
-- $10 audited text
-- $11 trace text
with given as (
    insert into preau.administrator_scope (administrator_id, academy, uai, profile, from_at, until_at, giver_id)
    values ($2, $3, $4, $5::text::preau.profile, $6, $7, $1)
    on conflict do nothing
 returning id
), there as (
    select id, true as is_new from given
     union all
    select s.id, false from preau.administrator_scope s
     where s.administrator_id = $2 and s.academy = $3 and s.uai = $4 and s.giver_id = $1 and s.from_at = $6 and s.until_at = $7
       and s.profile is not distinct from $5::text::preau.profile
)
select t.id, case when t.is_new then
           preau.audit_write($3, $1, null, $10, $4, null, null,
                             jsonb_build_object('delegation', t.id, 'administrator', $2, 'profile', $5, 'from', $8, 'until', $9),
                             $11) end as audited
  from there t;

-- :query delegation_give_new
-- The same to somebody who has no account yet; no row: the login was taken meanwhile.
-- :role link
-- $1 giver bigint
-- $2 login text
-- $3 name text
-- $4 mail text
-- $5 hash text
-- $6 academy smallint
-- $7 uai text
-- $8 profile text
-- $9 from_at timestamptz
-- $10 until_at timestamptz
-- $11 from_day text
-- $12 until_day text
-- $13 audited text
-- $14 trace text
with added as (
    insert into preau.administrator (login, name, mail, role, hash, password_is_provisional)
    values ($2, $3, $4, 'delegue', $5, true)
    on conflict (login) do nothing
 returning id
), given as (
    insert into preau.administrator_scope (administrator_id, academy, uai, profile, from_at, until_at, giver_id)
    select added.id, $6, $7, $8::text::preau.profile, $9, $10, $1 from added
 returning id, administrator_id
)
select g.id, preau.audit_write($6, $1, null, $13, $7, null, null,
                               jsonb_build_object('delegation', g.id, 'administrator', g.administrator_id, 'new_account', true,
                                                  'profile', $8, 'from', $11, 'until', $12), $14) as audited
  from given g;

-- :query delegation_take_back
-- Ends what was given of a school, at once: each request asks the view. With the entry of the audit trail. No row: there is
-- none such.
-- :role link
-- $1 academy smallint
-- $2 uai text
-- $3 id bigint
-- $4 administrator bigint
-- $5 audited text
-- $6 trace text
with ended as (
    delete from preau.administrator_scope
     where id = $3 and academy = $1 and uai = $2 and giver_id is not null
 returning id, administrator_id
)
select e.id, preau.audit_write($1, $4, null, $5, $2, null, null,
                               jsonb_build_object('delegation', e.id, 'administrator', e.administrator_id), $6) as audited
  from ended e;

-- :query delegation_renew_password
-- Another first password for who was given a school and never signed in, with the entry of the audit trail. No row: not for
-- this one. Nor for who has anything by another school or by other than a gift: whom a school lets in, it must not come to
-- hold the keys that others gave.
-- :role link
-- $1 academy smallint
-- $2 uai text
-- $3 id bigint
-- $4 hash text
-- $5 changed_at timestamptz
-- $6 administrator bigint
-- $7 audited text
-- $8 trace text
with renewed as (
    update preau.administrator a set hash = $4, credential_at = $5
      from preau.administrator_scope d
     where d.id = $3 and d.academy = $1 and d.uai = $2 and d.giver_id is not null and a.id = d.administrator_id
       and a.role = 'delegue' and a.disabled_at is null and a.last_sign_in_at is null and a.password_is_provisional
       and not exists (select from preau.administrator_scope o
                        where o.administrator_id = a.id
                          and (o.giver_id is null or (o.academy, o.uai) is distinct from (d.academy, d.uai)))
 returning a.id, a.login, a.name
), ended as (
    delete from preau.session s using renewed r where s.administrator_id = r.id
)
select r.login, r.name,
       preau.audit_write($1, $6, null, $7, $2, null, null, jsonb_build_object('delegation', $3, 'administrator', r.id), $8) as audited
  from renewed r;

-- :query delegation_erase_old
-- What has been over for a year.
-- :role link
-- :scans
delete from preau.administrator_scope where until_at < now() - interval '365 days';
