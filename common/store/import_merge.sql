-- Undoing a merge: a record that was given the account of another one of the same person gets an account of its own again
-- (import_merge.h). In one transaction, with the academy held.

-- :query import_merge_load
-- A merge with its record as it is now: which account it has, and whether the one it had before is still there. is_of_join: that one was joined
-- whole, with this record or with others, and is opened again so. No row when there is no such merge, or the record was erased.
-- :role import
-- $1 merge bigint
select m.academy, m.degree, m.aaf_id, m.undone_at is not null as is_undone, p.profile::text, p.nom, p.prenom,
       coalesce((p.account_academy, p.account_id) = (m.into_academy, m.into_account), false) as is_in_force,
       former.id is not null
       and exists (select from preau.account_join j
                    where (j.from_academy, j.from_account) = (m.from_academy, m.from_account) and j.undone_at is null) as is_of_join,
       m.into_academy, m.into_account, coalesce(own.login, '') as login, former.academy as former_academy,
       former.id as former_id, coalesce(former.login, '') as former_login
  from preau.account_merge m
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (m.academy, m.degree, m.aaf_id)
  left join preau.account own on (own.academy, own.id) = (p.account_academy, p.account_id)
  left join preau.account former on (former.academy, former.id) = (m.from_academy, m.from_account)
 where m.id = $1;

-- :query import_merge_identifiers_lock
-- One at a time chooses identifiers, until it commits: the same lock as the runs'.
-- :role import
select pg_advisory_xact_lock(1347568982);

-- :query import_merge_identifier
-- The identifier that follows the last one given of a base.
-- :role import
-- $1 base text
select $1 || coalesce((select coalesce(nullif(substr(i.login, length($1) + 1), '')::integer, 0) + 1
                         from preau.identifier i
                        where rtrim(i.login, '0123456789') = $1
                        order by length(i.login) desc, i.login desc
                        limit 1)::text, '') as login;

-- :query import_merge_account
-- An account of the record's own, with its identifier and the first line of its history.
-- :role import
-- $1 academy smallint
-- $2 degree smallint
-- $3 aaf_id bigint
-- $4 profile text
-- $5 login text
with created as (
    insert into preau.account (academy, profile, login) values ($1, $4::text::preau.profile, $5)
 returning academy, id, login
), identified as (
    insert into preau.identifier (login, academy, account_id, degree, aaf_id)
    select login, academy, id, $2, $3 from created
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor)
    select academy, id, 'created', 'operator' from created
)
select id from created;

-- :query import_merge_credential
-- Its sealed provisional password.
-- :role import
-- $1 academy smallint
-- $2 id bigint
-- $3 sealed bytea
insert into preau.credential (academy, account_id, sealed) values ($1, $2, $3);

-- :query import_merge_reopen
-- The account that the record had before is opened again as it was, if it was closed.
-- :role import
-- $1 academy smallint
-- $2 id bigint
-- $3 action text
with reopened as (
    update preau.account set closed_at = null
     where academy = $1 and id = $2 and closed_at is not null
 returning academy, id
)
insert into preau.account_event (academy, account_id, action, actor)
select academy, id, $3, 'operator' from reopened;

-- :query import_merge_undo
-- The record has the account given, the merge is undone, and both accounts and the audit trail remember it.
-- :role import
-- $1 merge bigint
-- $2 by text
-- $3 academy smallint
-- $4 id bigint
-- $5 audited text
-- $6 trace text
with undone as (
    update preau.account_merge set undone_at = clock_timestamp(), undone_by = $2
     where id = $1 and undone_at is null
 returning academy, degree, aaf_id, into_academy, into_account
), moved as (
    update preau.person p
       set account_academy = $3, account_id = $4, changed_at = now()
      from undone u
     where (p.academy, p.degree, p.aaf_id) = (u.academy, u.degree, u.aaf_id)
       and (p.account_academy, p.account_id) = (u.into_academy, u.into_account)
 returning p.aaf_id
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor, detail)
    select a.academy, a.id, 'merge_undone', 'operator', jsonb_build_object('merge', $1)
      from undone u, lateral (values (u.into_academy, u.into_account), ($3, $4)) as a(academy, id)
)
select preau.require_unchanged((select count(*) from moved), 1) as unchanged,
       preau.audit_write((select academy from undone), null, $2, $5, null, $3, $4, jsonb_build_object('merge', $1), $6) as audited;
