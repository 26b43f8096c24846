-- Children of whom a guardian said not to be the legal guardian, while the account was being opened.

-- :query disclaimed_add
-- What a guardian says of one of the children attached to the account, in each degree where the child has a record: known counts
-- those records, 0 when it is no child of theirs. Said again, it changes nothing. Stale when the account changed since it was loaded.
-- :role link
-- $1 academy smallint
-- $2 id bigint
-- $3 version bigint
-- $4 child_academy smallint
-- $5 degree smallint
-- $6 child bigint
with attached as (
    select g.academy, g.degree, g.guardian_id, g.pupil_id, c.search_name, c.birth_date
      from preau.person r
      join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
      join preau.person c on (c.academy, c.degree, c.aaf_id) = (g.academy, g.degree, g.pupil_id)
     where r.account_academy = $1 and r.account_id = $2 and r.profile = 'responsable'
       and r.departed_at is null and c.departed_at is null
), meant as (
    select a.* from attached a
      join attached n on (n.search_name, n.birth_date) = (a.search_name, a.birth_date)
     where (n.academy, n.degree, n.pupil_id) = ($4, $5, $6)
), added as (
    insert into preau.disclaimed_child (claim, academy, degree, guardian_id, pupil_id)
    select (select nextval('preau.disclaimed_child_claim')), m.academy, m.degree, m.guardian_id, m.pupil_id
      from (select distinct academy, degree, guardian_id, pupil_id from meant) m
        on conflict (academy, degree, guardian_id, pupil_id) where dismissed_at is null do nothing
 returning claim
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor, detail)
    select $1, $2, 'child_disclaimed', 'person', jsonb_build_object('claim', min(claim)) from added having count(*) > 0
)
select (select count(*) from meant) as known, (select count(*) from added) as added,
       preau.require_unchanged((select count(*) from preau.account a where a.academy = $1 and a.id = $2 and a.version = $3), 1)
           as unchanged;

-- :query disclaimed_list
-- The claims in force of which AAF still says otherwise, on pupils of a school: of one account, or with account 0 of all. A child
-- counts once, whoever of its records is meant. Newest first, so many, of so many in all.
-- :role portal
-- $1 academy smallint
-- $2 uai text
-- $3 account_academy smallint
-- $4 account_id bigint
-- $5 limit bigint
with claim as (
    select d.claim, r.account_academy, r.account_id, min(r.nom) as nom, min(r.prenom) as prenom, min(c.nom) as child_nom,
           min(c.prenom) as child_prenom, min(d.disclaimed_at) as at
      from preau.disclaimed_child d
      join preau.guardianship g on (g.academy, g.degree, g.pupil_id, g.guardian_id) = (d.academy, d.degree, d.pupil_id, d.guardian_id)
      join preau.enrolment e on (e.academy, e.degree, e.pupil_id, e.uai) = (d.academy, d.degree, d.pupil_id, $2)
      join preau.person r on (r.academy, r.degree, r.aaf_id) = (d.academy, d.degree, d.guardian_id)
      join preau.person c on (c.academy, c.degree, c.aaf_id) = (d.academy, d.degree, d.pupil_id)
     where d.academy = $1 and d.dismissed_at is null and r.departed_at is null and c.departed_at is null
       and r.account_id is not null and ($4 = 0::bigint or (r.account_academy, r.account_id) = ($3, $4))
     group by d.claim, r.account_academy, r.account_id
)
select k.claim, k.account_academy as academy, k.account_id as id, k.nom, k.prenom, k.child_nom, k.child_prenom, k.at,
       count(*) over () as total
  from claim k
 order by k.at desc, k.claim
 limit $5;

-- :query disclaimed_dismiss
-- The school says that the attachment is right: the child is the guardian's again, of an account that was opened without its birth date
-- once that is given (returned.sql), or is about to be by a registration that was told the dates of the other children, or is told them right now, with the memory of it and the entry of the audit trail. The account is written too, though it
-- stays the same: an opening at the same time is stale, or is seen here; of a claim that is one of this account's on a pupil of the school, else known is 0. Said again, it changes nothing.
-- :role notify
-- $1 academy smallint
-- $2 uai text
-- $3 account_academy smallint
-- $4 account_id bigint
-- $5 claim bigint
-- $6 administrator bigint
-- $7 audited text
-- $8 trace text
with here as (
    select d.claim, count(*) filter (where d.dismissed_at is null) as open
      from preau.disclaimed_child d
      join preau.person r on (r.academy, r.degree, r.aaf_id) = (d.academy, d.degree, d.guardian_id)
      join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (d.academy, d.degree, d.pupil_id)
     where d.claim = $5 and r.account_academy = $3 and r.account_id = $4 and e.academy = $1 and e.uai = $2
     group by d.claim
), touched as (
    update preau.account a set email = a.email
      from here where a.academy = $3 and a.id = $4 and here.open > 0
 returning a.state in ('en_cours', 'active')
           or exists (select from preau.registration v -- asked for no date of this child
                       where v.expires_at > now()
                         and (v.state = 'confirmed' and (v.academy, v.account_id) = (a.academy, a.id)
                              or v.state = 'proven' and exists (select from preau.registration_match m
                                                                 where m.registration = v.id
                                                                   and (m.account_academy, m.account_id) = (a.academy, a.id))))
              and exists (select from preau.person r -- else it was this child's that was given
                            join preau.acting_guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
                            join preau.person c on (c.academy, c.degree, c.aaf_id) = (g.academy, g.degree, g.pupil_id)
                           where (r.account_academy, r.account_id) = (a.academy, a.id)
                             and r.departed_at is null and c.departed_at is null) as must_prove
), changed as (
    update preau.disclaimed_child d set dismissed_at = now(), dismissed_by = $6, must_prove = touched.must_prove
      from here, touched where d.claim = here.claim and d.dismissed_at is null
 returning d.claim
), done as (
    select count(*) > 0 as is_done from changed
), remembered as (
    insert into preau.account_event (academy, account_id, action, administrator_id, actor, detail)
    select $3, $4, 'child_restored', $6, 'administrator', jsonb_build_object('uai', $2, 'claim', $5) from done where is_done
)
select (select count(*) from here) as known, d.is_done,
       case when d.is_done then preau.audit_write($1, $6, null, $7, $2, $3, $4, '{}', $8) end as audited
  from done d;
