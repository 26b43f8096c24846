-- A child whom a guardian disclaimed while opening the account, and whom the school gives back once it is open: the opening never asked for its
-- birth date. It is the guardian's again when that was given.

alter table preau.disclaimed_child
    add column must_prove boolean not null default false, -- the account was open when the school gave the child back
    add column proved_at timestamptz; -- the birth date was given
grant update (proved_at) on preau.disclaimed_child to preau_link;
grant update (must_prove) on preau.disclaimed_child to preau_notify;

-- As 0029 made it, but for these.
create or replace view preau.acting_guardianship as
select g.academy, g.degree, g.pupil_id, g.guardian_id
  from preau.guardianship g
 where not exists (select from preau.disclaimed_child d
                    where (d.academy, d.degree, d.guardian_id, d.pupil_id) = (g.academy, g.degree, g.guardian_id, g.pupil_id)
                      and (d.dismissed_at is null or d.must_prove and d.proved_at is null));

-- Whose birth date is to be given, of which account: the records of one child have the same claim. Proved ones too, since a form is sent twice.
create view preau.returned_child as
select r.account_academy, r.account_id, d.claim, d.academy, d.degree, d.pupil_id, d.guardian_id, d.proved_at
  from preau.disclaimed_child d
  join preau.guardianship g on (g.academy, g.degree, g.guardian_id, g.pupil_id) = (d.academy, d.degree, d.guardian_id, d.pupil_id)
  join preau.person r on (r.academy, r.degree, r.aaf_id) = (d.academy, d.degree, d.guardian_id)
  join preau.person c on (c.academy, c.degree, c.aaf_id) = (d.academy, d.degree, d.pupil_id)
 where d.dismissed_at is not null and d.must_prove and r.departed_at is null and c.departed_at is null;
grant select on preau.returned_child to preau_link, preau_portal;
