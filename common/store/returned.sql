-- Children whom a guardian disclaimed and the school gave back once the account was open: theirs when their birth date was given.

-- :query returned_list
-- Whose birth date is to be given still, once each, without it.
-- :role portal
-- $1 academy smallint
-- $2 account_id bigint
select distinct on (t.claim) t.academy, t.degree, t.pupil_id as aaf_id, p.nom, p.prenom, coalesce(s.name, '') as school
  from preau.returned_child t
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (t.academy, t.degree, t.pupil_id)
  left join lateral (
        select n.uai from preau.enrolment n
         where (n.academy, n.degree, n.pupil_id) = (t.academy, t.degree, t.pupil_id)
         order by n.uai limit 1) e on true
  left join preau.school s on (s.academy, s.uai) = (t.academy, e.uai)
 where t.account_academy = $1 and t.account_id = $2 and t.proved_at is null
 order by t.claim, t.degree desc;

-- :query returned_load
-- What a birth date given for one of them is judged by. No row: it is none of them.
-- :role link
-- $1 account_academy smallint
-- $2 account_id bigint
-- $3 academy smallint
-- $4 degree smallint
-- $5 aaf_id bigint
select p.birth_date, bool_and(t.proved_at is not null) as is_proved
  from preau.returned_child t
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (t.academy, t.degree, t.pupil_id)
  join preau.account a on (a.academy, a.id) = (t.account_academy, t.account_id) and a.state = 'active' and a.closed_at is null
 where t.account_academy = $1 and t.account_id = $2 and t.academy = $3 and t.degree = $4 and t.pupil_id = $5
 group by p.birth_date;

-- :query returned_prove
-- The birth date was given: the child is the guardian's again, with all its records, and it is remembered. Again, it changes nothing.
-- :role link
-- $1 account_academy smallint
-- $2 account_id bigint
-- $3 academy smallint
-- $4 degree smallint
-- $5 aaf_id bigint
with given as (
    select distinct t.claim from preau.returned_child t
     where t.account_academy = $1 and t.account_id = $2 and t.academy = $3 and t.degree = $4 and t.pupil_id = $5
), proved as (
    update preau.disclaimed_child d set proved_at = now()
      from given where d.claim = given.claim and d.must_prove and d.proved_at is null
 returning d.claim
)
insert into preau.account_event (academy, account_id, action, actor, detail)
select $1, $2, 'child_proved', 'person', jsonb_build_object('claim', min(claim)) from proved having count(*) > 0;
