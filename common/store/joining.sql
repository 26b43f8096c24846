-- A guardian's second account, joined from the desk to the one that stays; what was joined, and parted again by an operator.

-- :query joining_prove
-- The password of the other account was right: kept until it is confirmed, once for each request.
-- :role link
-- $1 request uuid
-- $2 academy smallint
-- $3 account_id bigint
-- $4 other_academy smallint
-- $5 other_account bigint
-- $6 other_credential_at timestamptz
-- $7 is_of_paper boolean
-- $8 lifetime interval
insert into preau.account_join_proof as p (request_id, academy, account_id, other_academy, other_account, other_credential_at, is_of_paper, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, now() + $8)
on conflict (request_id) do update set request_id = p.request_id
returning id;

-- :query joining_load
-- A proof of this account's with what the rules ask of both: how they stand to each other (preau.account_pair), and their versions.
-- :role link
-- $1 id bigint
-- $2 academy smallint
-- $3 account_id bigint
select p.other_academy, p.other_account, p.is_of_paper, p.used_at is not null as is_used, o.login, a.login as own_login,
       p.expires_at <= now() or c.changed_at is distinct from p.other_credential_at as is_over,
       a.version as own_version, o.version as other_version, a.profile = 'responsable' and o.profile = 'responsable' as are_guardians,
       a.closed_at is not null or a.state <> 'active' as is_own_unfit, o.closed_at is not null as is_other_closed,
       r.names_agree, r.is_shared_child, r.was_parted, r.has_identity, r.has_other_identity
  from preau.account_join_proof p
  join preau.account a on (a.academy, a.id) = (p.academy, p.account_id)
  join preau.account o on (o.academy, o.id) = (p.other_academy, p.other_account)
  left join preau.credential c on (c.academy, c.account_id) = (p.other_academy, p.other_account)
 cross join lateral preau.account_pair(p.academy, p.account_id, p.other_academy, p.other_account) r
 where p.id = $1 and p.academy = $2 and p.account_id = $3;

-- :query joining_apply
-- The two become one. No row: the proof is over or was used.
-- :role link
-- :changes
-- $1 id bigint
-- $2 own_version bigint
-- $3 other_version bigint
select joined from preau.account_join($1, $2, $3) as joined where joined is not null;

-- :query joining_into
-- Was this account joined to another, and not parted from it since? Told to who gave its password.
-- :role link
-- $1 academy smallint
-- $2 account_id bigint
select exists (select from preau.account_merge m
                where m.from_academy = $1 and m.from_account = $2 and m.undone_at is null) as is_joined;

-- :query joining_list
-- What was joined, newest first: of all accounts, or of those that have or had this identifier. from_login, into_login: "" of an account that was erased.
-- records: that would go back.
-- :role link
-- $1 login text
-- $2 limit bigint
select j.id, coalesce(f.login, '') as from_login, coalesce(i.login, '') as into_login, j.evidence, j.joined_at,
       j.undone_at, coalesce(j.undone_by, '') as undone_by, coalesce(j.undone_reason, '') as undone_reason,
       (select count(*)
          from preau.account_merge m
          join preau.person p on (p.academy, p.degree, p.aaf_id) = (m.academy, m.degree, m.aaf_id)
                             and (p.account_academy, p.account_id) = (j.into_academy, j.into_account)
         where m.join_id = j.id and m.undone_at is null) as records
  from preau.account_join j
  left join preau.account f on (f.academy, f.id) = (j.from_academy, j.from_account)
  left join preau.account i on (i.academy, i.id) = (j.into_academy, j.into_account)
 where $1 = '' or $1 in (f.login, i.login)
    or (j.from_academy, j.from_account) = (select n.academy, n.account_id from preau.identifier n where n.login = $1)
    or (j.into_academy, j.into_account) = (select n.academy, n.account_id from preau.identifier n where n.login = $1)
 order by j.id desc
 limit $2;

-- :query joining_undo_load
-- What stands against parting two accounts: the one that was closed is erased, or some record is by now another account's. records: that would go back,
-- to which account.
-- :role link
-- $1 id bigint
select j.undone_at is not null as is_undone, coalesce(j.undone_reason, '') as undone_reason, j.from_academy, j.from_account, coalesce(f.login, '') as from_login, coalesce(i.login, '') as into_login,
       count(p.aaf_id) filter (where (p.account_academy, p.account_id) = (j.into_academy, j.into_account)) as records,
       count(p.aaf_id) filter (where (p.account_academy, p.account_id) is distinct from (j.into_academy, j.into_account)) as elsewhere
  from preau.account_join j
  left join preau.account f on (f.academy, f.id) = (j.from_academy, j.from_account)
  left join preau.account i on (i.academy, i.id) = (j.into_academy, j.into_account)
  left join preau.account_merge m on m.join_id = j.id and m.undone_at is null
  left join preau.person p on (p.academy, p.degree, p.aaf_id) = (m.academy, m.degree, m.aaf_id)
 where j.id = $1
 group by j.id, f.login, i.login;

-- :query joining_undo
-- Parts them, if as many records are there as the rules were asked for; the audit trail remembers it, with the reason. No row, or stale: it was done meanwhile.
-- :role link
-- :changes
-- $1 id bigint
-- $2 by text
-- $3 reason text
-- $4 records bigint
-- $5 audited text
-- $6 trace text
-- $7 sealed bytea
with wanted as materialized (
    select j.id, j.from_academy, j.from_account from preau.account_join j where j.id = $1 and j.undone_at is null
)
select preau.account_separate(w.id, $2, $3, $4, $7) as separated,
       preau.audit_write(w.from_academy, null, $2, $5, null, w.from_academy, w.from_account,
                         jsonb_build_object('join', w.id, 'reason', $3), $6) as audited
  from wanted w;

-- :query joining_resets
-- The pupils of the account that opened again to whom the other gave a password while the two were one: it may know these still.
-- :role link
-- $1 id bigint
select distinct a.login
  from preau.account_join j
  join preau.person r on (r.account_academy, r.account_id) = (j.from_academy, j.from_account)
  join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
  join preau.person c on (c.academy, c.degree, c.aaf_id) = (g.academy, g.degree, g.pupil_id)
  join preau.account a on (a.academy, a.id) = (c.account_academy, c.account_id)
  join preau.account_event e on (e.academy, e.account_id) = (a.academy, a.id) and e.action = 'reset_by_guardian'
                            and e.at >= j.joined_at and e.at <= j.undone_at
                            and ((e.detail ->> 'academy')::smallint, (e.detail ->> 'guardian')::bigint) = (j.into_academy, j.into_account)
 where j.id = $1
 order by a.login;

-- :query joining_erase_old
-- A day after its end a proof is of no use.
-- :role link
delete from preau.account_join_proof where expires_at < now() - interval '1 day';
