-- What the head's pages show of a school's accounts (guide 4 to 6). Read only.
--
-- Who belongs to a school: the pupils enrolled there and, in both degrees, their legal guardians.

-- :query listing_school
-- One school, if the administrator may administer it; nothing otherwise, as if it did not exist. guardians, pupils: whose
-- accounts there may be seen. has_others: there are more schools to choose from.
-- :role portal
-- $1 administrator bigint
-- $2 uai text
select s.academy, s.uai, s.name, s.city, s.degree, may.guardians, may.pupils,
       exists (select from preau.administered_school v
                 join preau.school o on (o.academy, o.uai) = (v.academy, v.uai) and o.departed_at is null
                where v.administrator_id = $1 and (o.academy, o.uai) <> (s.academy, s.uai)) as has_others
  from preau.school s
 cross join lateral (
        select bool_or(v.profile = 'responsable') as guardians, bool_or(v.profile = 'eleve') as pupils
          from preau.administered_school v
         where v.administrator_id = $1 and (v.academy, v.uai) = (s.academy, s.uai)) may
 where s.uai = $2 and s.departed_at is null and (may.guardians or may.pupils);

-- :query listing_guardians
-- A page of the guardians' accounts of a school, with how many there are in all; email is where a notification goes:
-- the confirmed address, else that of the school's record. A word of $3 is looked for in the
-- guardian's and the children's names, in any order. Of related people: first name, tab, name, one a line.
-- :role portal
-- $1 academy smallint
-- $2 uai text
-- $3 words text[]
-- $4 class text
-- $5 state text
-- $6 origin text
-- $7 mail text
-- $8 limit bigint
-- $9 offset bigint
with here as (
    select r.account_academy as academy, r.account_id as id, min(r.nom) as nom, min(r.prenom) as prenom,
           min(r.search_name) as search_name, string_agg(distinct p.prenom || E'\t' || p.nom, E'\n') as related,
           string_agg(distinct p.search_name, ' ') as related_search,
           string_agg(distinct nullif(e.class, ''), ', ') as classes, bool_or($4 in ('', e.class)) as in_class,
           (array_agg(r.mail order by r.mail is null, r.degree desc, r.aaf_id))[1] as aaf_email,
           min(r.mobile) as aaf_mobile
      from preau.enrolment e
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
      join preau.guardianship g on (g.academy, g.degree, g.pupil_id) = (e.academy, e.degree, e.pupil_id)
      join preau.person r on (r.academy, r.degree, r.aaf_id) = (g.academy, g.degree, g.guardian_id)
     where e.academy = $1 and e.uai = $2
       and p.departed_at is null and r.departed_at is null and r.account_id is not null
     group by r.account_academy, r.account_id
)
select a.academy, a.id, h.nom, h.prenom, h.related, coalesce(h.classes, '') as classes, a.login, a.state::text,
       a.origin::text, preau.notification_address(a.email, a.email_confirmed_at, h.aaf_email) as email,
       case when a.email_confirmed_at is null then a.email end as unconfirmed_email, coalesce(a.mobile, h.aaf_mobile) as mobile, a.notified_at,
       a.notification_expires_at, count(*) over () as total
  from here h
  join preau.account a on (a.academy, a.id) = (h.academy, h.id)
 where a.closed_at is null and h.in_class
   and ($5 = '' or a.state::text = $5)
   and ($6 = '' or a.origin::text = $6)
   and ($7 = '' or ($7 = 'avec') = (preau.notification_address(a.email, a.email_confirmed_at, h.aaf_email) is not null))
   and not exists (select from unnest($3) word where position(word in h.search_name || ' ' || h.related_search) = 0)
 order by h.search_name, a.id
 limit $8 offset $9;

-- :query listing_pupils
-- A page of the pupils' accounts of a second degree school, as listing_guardians gives the guardians'.
-- :role portal
-- $1 academy smallint
-- $2 uai text
-- $3 words text[]
-- $4 class text
-- $5 state text
-- $6 origin text
-- $7 mail text
-- $8 limit bigint
-- $9 offset bigint
with here as (
    select p.account_academy as academy, p.account_id as id, min(p.nom) as nom, min(p.prenom) as prenom,
           min(p.search_name) as search_name,
           coalesce(string_agg(distinct r.prenom || E'\t' || r.nom, E'\n'), '') as related,
           coalesce(string_agg(distinct r.search_name, ' '), '') as related_search,
           string_agg(distinct nullif(e.class, ''), ', ') as classes, bool_or($4 in ('', e.class)) as in_class,
           (array_agg(p.mail order by p.mail is null, p.degree desc, p.aaf_id))[1] as aaf_email,
           min(p.mobile) as aaf_mobile
      from preau.enrolment e
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
      left join preau.guardianship g on (g.academy, g.degree, g.pupil_id) = (e.academy, e.degree, e.pupil_id)
      left join preau.person r
        on (r.academy, r.degree, r.aaf_id) = (g.academy, g.degree, g.guardian_id) and r.departed_at is null
     where e.academy = $1 and e.uai = $2 and p.departed_at is null and p.account_id is not null
     group by p.account_academy, p.account_id
)
select a.academy, a.id, h.nom, h.prenom, h.related, coalesce(h.classes, '') as classes, a.login, a.state::text,
       a.origin::text, preau.notification_address(a.email, a.email_confirmed_at, h.aaf_email) as email,
       case when a.email_confirmed_at is null then a.email end as unconfirmed_email, coalesce(a.mobile, h.aaf_mobile) as mobile, a.notified_at,
       a.notification_expires_at, count(*) over () as total
  from here h
  join preau.account a on (a.academy, a.id) = (h.academy, h.id)
 where a.closed_at is null and h.in_class
   and ($5 = '' or a.state::text = $5)
   and ($6 = '' or a.origin::text = $6)
   and ($7 = '' or ($7 = 'avec') = (preau.notification_address(a.email, a.email_confirmed_at, h.aaf_email) is not null))
   and not exists (select from unnest($3) word where position(word in h.search_name || ' ' || h.related_search) = 0)
 order by h.search_name, a.id
 limit $8 offset $9;

-- :query listing_classes
-- The classes of a school that have pupils.
-- :role portal
-- $1 academy smallint
-- $2 uai text
select distinct e.class
  from preau.enrolment e
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
 where e.academy = $1 and e.uai = $2 and e.class <> '' and p.departed_at is null
 order by e.class;

-- :query listing_children
-- The pupils attached to a guardian's account, wherever they go to school.
-- :role portal
-- $1 academy smallint
-- $2 account_id bigint
select p.nom, p.prenom, coalesce(s.name, '') as school, coalesce(e.class, '') as class
  from preau.person r
  join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (g.academy, g.degree, g.pupil_id)
  left join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (p.academy, p.degree, p.aaf_id)
  left join preau.school s on (s.academy, s.uai) = (e.academy, e.uai)
 where r.account_academy = $1 and r.account_id = $2 and r.departed_at is null and p.departed_at is null
 order by p.birth_date, p.prenom;

-- :query listing_person
-- Who an account belongs to, for the person's own desk, with the school where a pupil goes.
-- :role portal
-- $1 academy smallint
-- $2 account_id bigint
select a.profile::text, a.login, a.email, a.state::text, p.nom, p.prenom, coalesce(s.name, '') as school,
       coalesce(e.class, '') as class
  from preau.account a
  join preau.person p on (p.account_academy, p.account_id) = (a.academy, a.id)
  left join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (p.academy, p.degree, p.aaf_id)
  left join preau.school s on (s.academy, s.uai) = (e.academy, e.uai)
 where a.academy = $1 and a.id = $2
 order by p.departed_at nulls first, p.degree desc
 limit 1;
