-- Whose accounts belong to a school: the one place that says it. A pupil enrolled there and, in both degrees, the legal
-- guardians of such a pupil; none of those who left. degree and aaf_id name the record that makes it so.
create view preau.school_account as
select e.academy, e.uai, p.account_academy, p.account_id, p.profile, p.degree, p.aaf_id
  from preau.enrolment e
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
 where p.departed_at is null and p.account_id is not null
 union all
select e.academy, e.uai, r.account_academy, r.account_id, r.profile, r.degree, r.aaf_id
  from preau.enrolment e
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
  join preau.guardianship g on (g.academy, g.degree, g.pupil_id) = (e.academy, e.degree, e.pupil_id)
  join preau.person r on (r.academy, r.degree, r.aaf_id) = (g.academy, g.degree, g.guardian_id)
 where p.departed_at is null and r.departed_at is null and r.account_id is not null;
comment on view preau.school_account is 'a guardian stands once for each pupil of the school';
grant select on preau.school_account to preau_notify, preau_portal;
