-- What the head's lists ask (guide 5.1).

-- Whose accounts belong to a school, as school_account says, with what a list tells of each: whose it is, as the record has
-- it, the class and level of the pupil that makes it so, and to whom it is attached there. One row for each of these. All that a list
-- shows or looks for comes with one pass over a school.
create view preau.school_member as
select e.academy, e.uai, 'eleve'::preau.profile as profile, p.account_academy, p.account_id, p.degree, p.aaf_id, p.nom, p.prenom,
       p.search_name, p.mail, p.mobile, e.class, e.niveau, r.nom as relative_nom, r.prenom as relative_prenom,
       r.search_name as relative_search_name
  from preau.enrolment e
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
  left join preau.guardianship g on (g.academy, g.degree, g.pupil_id) = (e.academy, e.degree, e.pupil_id)
  left join preau.person r
    on (r.academy, r.degree, r.aaf_id) = (g.academy, g.degree, g.guardian_id) and r.departed_at is null
 where p.departed_at is null and p.account_id is not null
 union all
select e.academy, e.uai, 'responsable'::preau.profile, r.account_academy, r.account_id, r.degree, r.aaf_id, r.nom, r.prenom,
       r.search_name, r.mail, r.mobile, e.class, e.niveau, p.nom, p.prenom, p.search_name
  from preau.enrolment e
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
  join preau.guardianship g on (g.academy, g.degree, g.pupil_id) = (e.academy, e.degree, e.pupil_id)
  join preau.person r on (r.academy, r.degree, r.aaf_id) = (g.academy, g.degree, g.guardian_id)
 where p.departed_at is null and r.departed_at is null and r.account_id is not null;
comment on view preau.school_member is 'a profile that is not asked for costs nothing: it is a constant of its half';

-- What became of the last mail to each address of an account. came_back: it will not arrive there, whoever sends it; what
-- the house's own mail server refuses says nothing of the address.
create view preau.last_mail as
select distinct on (d.academy, d.account_id, d.recipient) d.academy, d.account_id, d.recipient, d.done_at, d.reason,
       d.state = 'failed' and d.reason in ('address_refused', 'message_refused', 'refused_for_now') as came_back
  from preau.delivery d
 where d.channel = 'mail' and d.state in ('sent', 'failed')
 order by d.academy, d.account_id, d.recipient, d.created_at desc, d.id desc;

grant select on preau.school_member, preau.last_mail to preau_portal;
grant select (last_sign_in_at) on preau.credential to preau_portal;

-- The accounts that an administrator ticks on a list, while going from page to page of it. Ends with the session.
create table preau.list_selection (
    digest     bytea    not null references preau.session on delete cascade,
    id         bigint   generated always as identity,
    academy    smallint not null, -- of the school
    uai        text     not null,
    profile    preau.profile not null,
    academies  smallint[] not null, -- of the accounts, beside their numbers
    numbers    bigint[] not null,
    primary key (digest, id),
    check (cardinality(academies) = cardinality(numbers) and cardinality(numbers) <= 5000)
);
grant select, insert, update, delete on preau.list_selection to preau_portal;
