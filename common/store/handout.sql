-- The accounts of a school that an administrator chose, with all that a printed list or a spreadsheet shows of them.
-- Read only, and never a password. The school is walked from its pupils, as its list is; what was asked for is looked up by hash
-- (is true keeps it from being joined), so that the time is bounded whatever the planner believes of the tables.

-- :query handout_guardians
-- The guardians' accounts asked for that belong to the school, whatever their state: one row for each of its pupils
-- whom the account is guardian of. No row at all when the administrator may not administer the school’s guardians.
-- sheet_class: the class under which the account’s sheet is sorted (document_claim).
-- :role notify
-- $1 administrator bigint
-- $2 academy smallint
-- $3 uai text
-- $4 academies smallint[]
-- $5 numbers bigint[]
with here as (
    select r.account_academy as academy, r.account_id as id, min(r.nom) over account as nom,
           min(r.prenom) over account as prenom, min(e.class) over account as sheet_class,
           first_value(r.mail) over first as mail, first_value(r.degree) over first as degree,
           first_value(r.aaf_id) over first as aaf_id,
           min(r.mobile) over account as mobile, p.degree as pupil_degree, p.aaf_id as pupil, p.nom as pupil_nom,
           p.prenom as pupil_prenom, e.class, e.niveau
      from preau.enrolment e
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
      join preau.guardianship g on (g.academy, g.degree, g.pupil_id) = (e.academy, e.degree, e.pupil_id)
      join preau.person r on (r.academy, r.degree, r.aaf_id) = (g.academy, g.degree, g.guardian_id)
     where e.academy = $2 and e.uai = $3 and p.departed_at is null and r.departed_at is null
       and ((r.account_academy, r.account_id) in (select w.academy, w.id from unnest($4, $5) as w(academy, id))) is true
    window account as (partition by r.account_academy, r.account_id),
           first as (account order by r.mail is null, r.degree desc, r.aaf_id)
)
select distinct on (a.academy, a.id, h.pupil_degree, h.pupil)
       s.name as school, s.city, a.academy, a.id, h.nom, h.prenom, h.pupil_degree, h.pupil, h.pupil_nom, h.pupil_prenom,
       h.class, h.niveau as level, '' as related, h.sheet_class,
       a.login, a.state::text, a.origin::text, preau.notification_address(a.email, a.email_confirmed_at, h.mail) as email,
       a.email is not null and a.email_confirmed_at is not null as is_own_email,
       a.email_confirmed_at is null and exists (
           select from preau.anothers_address v
            where (v.academy, v.degree, v.aaf_id) = ($2, h.degree, h.aaf_id)) as is_anothers,
       case when a.email_confirmed_at is null then a.email end as unconfirmed_email,
       coalesce(a.mobile, h.mobile) as mobile, a.notified_at,
       case when a.state <> 'non_distribue' and a.password = 'provisional' then a.notification_expires_at end as expires_at, a.activated_at
  from here h
  join preau.account a on (a.academy, a.id) = (h.academy, h.id) and a.closed_at is null
  join preau.school s on s.academy = $2 and s.uai = $3 and s.departed_at is null
 where exists (select from preau.administered_school v
                where v.administrator_id = $1 and (v.academy, v.uai) = (s.academy, s.uai)
                  and v.profile = 'responsable')
 order by a.academy, a.id, h.pupil_degree, h.pupil;

-- :query handout_pupils
-- The pupils' accounts, as handout_guardians gives the guardians': one row for each class of the school that the pupil
-- is in, with the guardians as related, one a line: first name, tab, name.
-- :role notify
-- $1 administrator bigint
-- $2 academy smallint
-- $3 uai text
-- $4 academies smallint[]
-- $5 numbers bigint[]
with here as (
    select p.account_academy as academy, p.account_id as id, min(p.nom) over account as nom,
           min(p.prenom) over account as prenom, min(e.class) over account as sheet_class,
           first_value(p.mail) over first as mail, first_value(p.degree) over first as degree,
           first_value(p.aaf_id) over first as aaf_id,
           min(p.mobile) over account as mobile, p.academy as pupil_academy, p.degree as pupil_degree,
           p.aaf_id as pupil, e.class, e.niveau
      from preau.enrolment e
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
     where e.academy = $2 and e.uai = $3 and p.departed_at is null
       and ((p.account_academy, p.account_id) in (select w.academy, w.id from unnest($4, $5) as w(academy, id))) is true
    window account as (partition by p.account_academy, p.account_id),
           first as (account order by p.mail is null, p.degree desc, p.aaf_id)
)
select distinct on (a.academy, a.id, h.class)
       s.name as school, s.city, a.academy, a.id, h.nom, h.prenom, h.pupil_degree, h.pupil, h.nom as pupil_nom,
       h.prenom as pupil_prenom, h.class, h.niveau as level, coalesce(g.names, '') as related, h.sheet_class,
       a.login, a.state::text, a.origin::text, preau.notification_address(a.email, a.email_confirmed_at, h.mail) as email,
       a.email is not null and a.email_confirmed_at is not null as is_own_email,
       a.email_confirmed_at is null and exists (
           select from preau.anothers_address v
            where (v.academy, v.degree, v.aaf_id) = ($2, h.degree, h.aaf_id)) as is_anothers,
       case when a.email_confirmed_at is null then a.email end as unconfirmed_email,
       coalesce(a.mobile, h.mobile) as mobile, a.notified_at,
       case when a.state <> 'non_distribue' and a.password = 'provisional' then a.notification_expires_at end as expires_at, a.activated_at
  from here h
  join preau.account a on (a.academy, a.id) = (h.academy, h.id) and a.closed_at is null
  join preau.school s on s.academy = $2 and s.uai = $3 and s.departed_at is null
  left join lateral (
        select string_agg(distinct r.prenom || E'\t' || r.nom, E'\n') as names
          from preau.guardianship l
          join preau.person r on (r.academy, r.degree, r.aaf_id) = (l.academy, l.degree, l.guardian_id)
                             and r.departed_at is null
         where (l.academy, l.degree, l.pupil_id) = (h.pupil_academy, h.pupil_degree, h.pupil)) g on true
 where exists (select from preau.administered_school v
                where v.administrator_id = $1 and (v.academy, v.uai) = (s.academy, s.uai)
                  and v.profile = 'eleve')
 order by a.academy, a.id, h.class, h.pupil_degree desc, h.pupil;
