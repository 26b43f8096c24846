-- "I am not this pupil's legal guardian": said by a guardian who opens an account, of a child whom AAF attaches to it.

-- Of the two records, not of the account: it holds whatever account the guardian's record gets, and however often AAF delivers the
-- attachment, also when that was gone for a time. Only the school takes it out of force; only records that are erased take it along.
create table preau.disclaimed_child (
    claim        bigint   not null, -- the same for what was said at once: a child may have a record in each degree
    academy      smallint not null,
    degree       smallint not null,
    guardian_id  bigint   not null,
    pupil_id     bigint   not null,
    disclaimed_at timestamptz not null default now(),
    dismissed_at timestamptz, -- the school said that the attachment is right
    dismissed_by bigint references preau.administrator,
    primary key (claim, academy, degree, guardian_id, pupil_id),
    foreign key (academy, degree, guardian_id) references preau.person (academy, degree, aaf_id) on delete cascade,
    foreign key (academy, degree, pupil_id) references preau.person (academy, degree, aaf_id) on delete cascade,
    check ((dismissed_at is null) = (dismissed_by is null))
);
create unique index disclaimed_child_in_force on preau.disclaimed_child (academy, degree, guardian_id, pupil_id)
    where dismissed_at is null;
create index disclaimed_child_by_guardian on preau.disclaimed_child (academy, degree, guardian_id);
create index disclaimed_child_by_pupil on preau.disclaimed_child (academy, degree, pupil_id);
create sequence preau.disclaimed_child_claim;
grant select, insert on preau.disclaimed_child to preau_link;
grant usage on sequence preau.disclaimed_child_claim to preau_link;
grant select, update (dismissed_at, dismissed_by) on preau.disclaimed_child to preau_notify;
grant select on preau.disclaimed_child to preau_portal;

-- By which guardians see their children and act for them. Who administers sees all of preau.guardianship.
create view preau.acting_guardianship as
select g.academy, g.degree, g.pupil_id, g.guardian_id
  from preau.guardianship g
 where not exists (select from preau.disclaimed_child d
                    where (d.academy, d.degree, d.guardian_id, d.pupil_id) = (g.academy, g.degree, g.guardian_id, g.pupil_id)
                      and d.dismissed_at is null);
grant select on preau.acting_guardianship to preau_link, preau_notify, preau_portal;

create or replace view preau.attached_pupil as
select distinct r.account_academy as guardian_academy, r.account_id as guardian_id,
       p.account_academy as academy, p.account_id as id
  from preau.person r
  join preau.acting_guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (g.academy, g.degree, g.pupil_id)
 where r.profile = 'responsable' and p.profile = 'eleve' and r.departed_at is null and p.departed_at is null
   and r.account_id is not null and p.account_id is not null;
