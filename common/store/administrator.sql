-- Administrators: heads, delegates, integrators, assistance, operators.

-- :query administrator_sign_in
-- The administrator of a login, with the hash of the password.
-- :role link
-- $1 login text
select id, login, name, role::text, hash, disabled_at is not null as disabled from preau.administrator where login = $1;

-- :query administrator_signed_in
-- Remembers when.
-- :role link
-- $1 id bigint
update preau.administrator set last_sign_in_at = now() where id = $1;

-- :query administrator_add
-- A new administrator with a scope: academies[i] 0 is the nation, uais[i] null the whole academy.
-- :role link
-- $1 login text
-- $2 name text
-- $3 mail text
-- $4 role text
-- $5 hash text
-- $6 academies smallint[]
-- $7 uais text[]
with added as (
    insert into preau.administrator (login, name, mail, role, hash)
    values ($1, $2, $3, $4::text::preau.administrator_role, $5)
    on conflict (login) do nothing
 returning id
), scoped as (
    insert into preau.administrator_scope (administrator_id, academy, uai)
    select added.id, nullif(s.academy, 0), s.uai from added, unnest($6, $7) s(academy, uai)
)
select id from added;

-- :query administrator_list
-- All of them, one row a scope: academy null is the nation, uai null the whole academy.
-- :role link
-- :scans
select a.id, a.login, a.name, a.role::text, a.last_sign_in_at, a.disabled_at is not null as disabled,
       s.administrator_id is not null as scoped, s.academy, s.uai
  from (select * from preau.administrator order by login limit 1000) a
  left join preau.administrator_scope s on s.administrator_id = a.id
 order by a.login, s.academy, s.uai;

-- :query administrator_scopes
-- The role and the scopes of one who may still sign in, one row a scope: academy null is the nation, uai null the whole
-- academy.
-- :role import
-- $1 id bigint
select a.role::text, s.academy, s.uai
  from preau.administrator a
  join preau.administrator_scope s on s.administrator_id = a.id
 where a.id = $1 and a.disabled_at is null
 order by s.academy, s.uai;
