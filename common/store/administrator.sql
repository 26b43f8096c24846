-- Administrators: heads, delegates, integrators, assistance, operators. How they prove who they are: see
-- second_factor.sql.

-- :query administrator_by_login
-- The administrator of a login, one row a scope: academy null is the nation, uai null the whole academy.
-- :role link
-- $1 login text
select a.id, a.login, a.name, coalesce(a.mail, '') as mail, a.role::text, a.hash, a.last_sign_in_at,
       a.disabled_at is not null as disabled, a.credential_at, a.password_is_provisional, a.totp_sealed, a.totp_since,
       (select count(*) from preau.administrator_recovery r
         where r.administrator_id = a.id and r.used_at is null) as recovery_left,
       s.administrator_id is not null as scoped, s.academy, s.uai, s.profile::text, s.giver_id, s.from_at, s.until_at,
       s.by_aaf, f.academy as aaf_academy, f.aaf_id
  from preau.administrator a
  left join preau.administrator_scope s on s.administrator_id = a.id
  left join preau.administrator_aaf f on f.administrator_id = a.id
 where a.login = $1
 order by s.academy nulls first, s.uai nulls first, s.from_at nulls first, s.id;

-- :query administrator_by_id
-- The same, by number.
-- :role link
-- $1 id bigint
select a.id, a.login, a.name, coalesce(a.mail, '') as mail, a.role::text, a.hash, a.last_sign_in_at,
       a.disabled_at is not null as disabled, a.credential_at, a.password_is_provisional, a.totp_sealed, a.totp_since,
       (select count(*) from preau.administrator_recovery r
         where r.administrator_id = a.id and r.used_at is null) as recovery_left,
       s.administrator_id is not null as scoped, s.academy, s.uai, s.profile::text, s.giver_id, s.from_at, s.until_at,
       s.by_aaf, f.academy as aaf_academy, f.aaf_id
  from preau.administrator a
  left join preau.administrator_scope s on s.administrator_id = a.id
  left join preau.administrator_aaf f on f.administrator_id = a.id
 where a.id = $1
 order by s.academy nulls first, s.uai nulls first, s.from_at nulls first, s.id;

-- :query administrator_list
-- All of them, one row a scope.
-- :role link
-- :scans
select a.id, a.login, a.name, coalesce(a.mail, '') as mail, a.role::text, a.last_sign_in_at,
       a.disabled_at is not null as disabled, a.credential_at, a.password_is_provisional, a.totp_since,
       s.administrator_id is not null as scoped, s.academy, s.uai, s.profile::text, s.giver_id, s.from_at, s.until_at,
       s.by_aaf, f.academy as aaf_academy, f.aaf_id
  from (select * from preau.administrator order by login limit 1000) a
  left join preau.administrator_scope s on s.administrator_id = a.id
  left join preau.administrator_aaf f on f.administrator_id = a.id
 order by a.login, s.academy nulls first, s.uai nulls first, s.from_at nulls first, s.id;

-- :query administrator_scopes
-- The role and the own scopes of one who may still sign in, one row a scope: academy null is the nation, uai null the
-- whole academy.
-- :role import
-- $1 id bigint
select a.role::text, s.academy, s.uai
  from preau.administrator a
  join preau.administrator_scope s on s.administrator_id = a.id
 where a.id = $1 and a.disabled_at is null and s.giver_id is null
 order by s.academy, s.uai;

-- :query administrator_signed_in
-- Remembers when, and writes the entry of the audit trail. portal: by which one of an academy, null by the password.
-- :role link
-- $1 id bigint
-- $2 audited text
-- $3 trace text
-- $4 portal text
with signed_in as (
    update preau.administrator set last_sign_in_at = now() where id = $1 returning id
)
select preau.audit_write(null, id, null, $2, null, null, null, jsonb_build_object('portal', $4), $3) as audited from signed_in;

-- :query administrator_add
-- A new administrator with a scope: academies[i] 0 is the nation, uais[i] null the whole academy; or with a person of AAF to
-- follow (head_academy 0: none). With the entry of the audit trail, in the chain of the academy if there is only one.
-- :role link
-- $1 login text
-- $2 name text
-- $3 mail text
-- $4 role text
-- $5 hash text
-- $6 academies smallint[]
-- $7 uais text[]
-- $8 password_is_provisional boolean
-- $9 audited text
-- $10 trace text
-- $11 by text
-- $12 head_academy smallint
-- $13 head bigint
with added as (
    insert into preau.administrator (login, name, mail, role, hash, password_is_provisional)
    values ($1, $2, $3, $4::text::preau.administrator_role, $5, $8)
    on conflict (login) do nothing
 returning id
), scoped as (
    insert into preau.administrator_scope (administrator_id, academy, uai)
    select distinct added.id, nullif(s.academy, 0), s.uai from added, unnest($6, $7) s(academy, uai)
), followed as (
    insert into preau.administrator_aaf (administrator_id, academy, aaf_id)
    select added.id, $12::smallint, $13::bigint from added where $12::smallint > 0
)
select id, preau.audit_write((select case when min(academy) = max(academy) then min(academy) else 0 end
                                from (select unnest($6) union all select $12 where $12 > 0) as s(academy)),
                             0, $11, $9, (select min(s.uai) from unnest($7) as s(uai) having count(*) = 1), null, null,
                             jsonb_build_object('administrator', id, 'role', $4, 'scopes', cardinality($6),
                                                'aaf', case when $12 > 0 then concat($12, ':', $13) end), $10) as audited
  from added;

-- :query administrator_disable
-- No sign-in any more, no session; what the person gave to others ends with it, for good. With the entry of the audit trail
-- if it was not so before. No row: nobody has this login.
-- :role link
-- $1 login text
-- $2 by text
-- $3 audited text
-- $4 trace text
with found as (
    select id, disabled_at is null as changes from preau.administrator where login = $1 for update
), disabled as (
    update preau.administrator a set disabled_at = now() from found where a.id = found.id and found.changes
), ended as (
    delete from preau.session s using found where s.administrator_id = found.id returning 1
), taken_back as (
    delete from preau.administrator_scope g using found where g.giver_id = found.id returning 1
)
select f.id, case when f.changes then
           preau.audit_write(coalesce(p.chain, 0), 0, $2, $3, p.uai, null, null,
                             jsonb_build_object('administrator', f.id,
                                                'sessions', nullif((select count(*) from ended), 0),
                                                'delegations', nullif((select count(*) from taken_back), 0)), $4) end as audited
  from found f
  left join preau.audit_place p on p.administrator_id = f.id;

-- :query administrator_enable
-- The other way round. What was given and ended stays so.
-- :role link
-- $1 login text
-- $2 by text
-- $3 audited text
-- $4 trace text
with found as (
    select id, disabled_at is not null as changes from preau.administrator where login = $1 for update
), enabled as (
    update preau.administrator a set disabled_at = null from found where a.id = found.id and found.changes
)
select f.id, case when f.changes then
           preau.audit_write(coalesce(p.chain, 0), 0, $2, $3, p.uai, null, null, jsonb_build_object('administrator', f.id), $4)
       end as audited
  from found f
  left join preau.audit_place p on p.administrator_id = f.id;

-- :query administrator_scope_add
-- More of its own; what is there already stays. With the entry of the audit trail, where the access was given, if any was.
-- :role link
-- $1 id bigint
-- $2 academies smallint[]
-- $3 uais text[]
-- $4 by text
-- $5 audited text
-- $6 trace text
with added as (
    insert into preau.administrator_scope (administrator_id, academy, uai)
    select distinct $1::bigint, nullif(s.academy, 0), s.uai from unnest($2, $3) s(academy, uai)
    on conflict do nothing
 returning id
), counted as (
    select count(*) as changed from added
)
select c.changed, case when c.changed > 0 then
           preau.audit_write((select case when min(academy) = max(academy) then min(academy) else 0 end from unnest($2) as s(academy)),
                             0, $4, $5, (select min(s.uai) from unnest($3) as s(uai) having count(*) = 1), null, null,
                             jsonb_build_object('administrator', $1, 'scopes', c.changed), $6) end as audited
  from counted c;

-- :query administrator_scope_remove
-- Less of its own, never the last of it (changed is then -1, and nothing was done): what it gave to others of a school
-- that it has no more ends, for good. What it has by AAF is not taken from it here, and who follows AAF may have no other.
-- With the entry of the audit trail, where the access was, if any goes.
-- :role link
-- $1 id bigint
-- $2 academies smallint[]
-- $3 uais text[]
-- $4 by text
-- $5 audited text
-- $6 trace text
with own as (
    select sc.id, sc.academy, sc.uai,
           not sc.by_aaf
           and exists (select from unnest($2, $3) w(academy, uai)
                        where sc.academy is not distinct from nullif(w.academy, 0) and sc.uai is not distinct from w.uai) as goes
      from preau.administrator_scope sc
     where sc.administrator_id = $1 and sc.giver_id is null
), may as (
    select count(*) filter (where not goes) > 0 or count(*) filter (where goes) = 0
           or exists (select from preau.administrator_aaf f where f.administrator_id = $1) as go
      from own
), removed as (
    delete from preau.administrator_scope sc using own, may
     where sc.id = own.id and own.goes and may.go
 returning sc.id
), taken_back as (
    delete from preau.administrator_scope g using may
     where g.giver_id = $1 and may.go
       and not exists (select from own
                        where not own.goes
                          and (own.academy is null
                               or (own.academy = g.academy and (own.uai is null or own.uai = g.uai))))
 returning g.id
), counted as (
    select case when (select go from may) then (select count(*) from removed) else -1 end as changed
)
select c.changed, case when c.changed > 0 then
           preau.audit_write((select case when min(academy) = max(academy) then min(academy) else 0 end from unnest($2) as s(academy)),
                             0, $4, $5, (select min(s.uai) from unnest($3) as s(uai) having count(*) = 1), null, null,
                             jsonb_build_object('administrator', $1, 'scopes', c.changed,
                                                'delegations', nullif((select count(*) from taken_back), 0)), $6) end as audited
  from counted c;
