-- Who an account is about: its own records of AAF (rank 0) and, for a guardian, the children that it acts for (rank 1): who, born
-- when, in which school and class. The one place that says whose birth dates an opening asks for, by whichever way it comes.
create function preau.people_of_account(smallint, bigint)
    returns table (rank integer, academy smallint, degree smallint, aaf_id bigint, nom text, prenom text, birth_date date, mail text,
                   school text, class text) language sql stable as $$
with own as (
    select p.* from preau.person p
     where p.account_academy = $1 and p.account_id = $2 and p.departed_at is null
), people as (
    select own.*, 0 as rank from own
    union
    select p.*, 1 as rank
      from own
      join preau.acting_guardianship g on (g.academy, g.degree, g.guardian_id) = (own.academy, own.degree, own.aaf_id)
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (g.academy, g.degree, g.pupil_id)
     where p.departed_at is null
)
select p.rank, p.academy, p.degree, p.aaf_id, p.nom, p.prenom, p.birth_date, p.mail, coalesce(s.name, ''), coalesce(e.class, '')
  from people p
  left join lateral (
        select uai, class from preau.enrolment e
         where (e.academy, e.degree, e.pupil_id) = (p.academy, p.degree, p.aaf_id) limit 1) e on p.rank = 1
  left join preau.school s on (s.academy, s.uai) = (p.academy, e.uai)
$$;
revoke execute on function preau.people_of_account from public;
grant execute on function preau.people_of_account to preau_link;
