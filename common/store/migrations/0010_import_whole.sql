-- What the import needs to compare instead of write, to merge, to hold, to let go.

-- person.digest is from here on that of the record's values as AAF wrote them: what is the same is not even checked again,
-- unless something was wrong with it (checked again, for the report) or with what it names (staged again, since that may be
-- there by now). All are read anew once.
-- A guardian's row is kept whether or not a pupil names it as legal: a later delta may. Only guardianship gives rights.
alter table preau.person
    add column told boolean not null default false, -- something was found wrong with the record itself
    add column unsettled boolean not null default false, -- what it names was not all there
    add column match_key bytea check (length(match_key) = 16); -- of a guardian: name, first name, mail, mobile; null when one is missing
-- Room on each page for the few of a night whose address or digest alone changes: their indexes then stay as they are, which
-- is most of what a night would write.
alter table preau.person set (fillfactor = 90);
-- An academy's pupils, or guardians, in order: a night walks along them all, and should touch nobody else. Its columns never
-- change. It must not begin like the primary key: in a house never analysed the planner takes either for as good, and the foreign
-- keys to a person, checked through this one, read half an academy for each row. Nor with the profile, of which it knows as little.
create index person_by_profile on preau.person (degree, profile, academy, aaf_id);
-- Nothing looks for persons by name or by mobile but among those of a school, and each index is one page more to write for
-- most changes of a person.
drop index preau.person_by_name, preau.person_by_mobile;
create index person_by_match_key on preau.person (match_key) where match_key is not null;

-- What AAF calls a structure, as its record says it. A school is one of them, or several with one UAI; an office is none.
-- Pupils name a structure: when one of them changes its UAI, leaves or comes, its pupils are known, and no others.
create table preau.structure (
    academy     smallint not null references preau.academy,
    degree      smallint not null check (degree in (1, 2)),
    number      bigint   not null, -- ENTStructureJointure
    uai         text     not null check (uai ~ '^[0-9]{7}[A-Z]$'),
    name        text     not null,
    kind        text     not null,
    city        text     not null,
    mail        text,
    departed_at timestamptz, -- its pupils, who are refused from then on, stay where they were
    primary key (academy, degree, number)
);
insert into preau.structure (academy, degree, number, uai, name, kind, city, mail, departed_at)
select academy, degree, structure, uai, name, kind, city, mail, departed_at from preau.school;
alter table preau.enrolment add column structure bigint;
update preau.enrolment e set structure = s.structure from preau.school s where (s.academy, s.uai) = (e.academy, e.uai);
alter table preau.enrolment alter column structure set not null;
alter table preau.school drop column structure, drop column digest;
grant select, insert, update on preau.structure to preau_import;

-- An account none of whose records is attached to a school any more, since when (guide 1.1: who leaves). It is closed
-- after the grace period, erased later.
alter table preau.account add column detached_at timestamptz;
create index account_detached on preau.account (detached_at) where detached_at is not null and closed_at is null;
create index account_closed on preau.account (closed_at) where closed_at is not null;

-- Identifiers are given in a short transaction of their own, before the run's: so that academies do not wait for one
-- another, and that a run that died gives the same ones when it is done again.
alter table preau.identifier
    add column degree smallint,
    add column aaf_id bigint; -- the record that it was given for, in the account's academy
create table preau.import_reservation ( -- given, and their accounts not made yet
    academy       smallint not null,
    degree        smallint not null,
    first_account bigint   not null,
    last_account  bigint   not null,
    primary key (academy, degree, first_account)
);

-- A record that was given the account of another one of the same person. Each can be undone, and is then never done again.
create table preau.account_merge (
    id           bigint generated always as identity primary key,
    academy      smallint not null, -- the record
    degree       smallint not null,
    aaf_id       bigint   not null,
    from_academy smallint, -- the account that it had; null: none had been made
    from_account bigint,
    into_academy smallint not null,
    into_account bigint   not null,
    evidence     text     not null check (evidence in ('same_contact', 'same_ine')),
    run_id       bigint references preau.import_run on delete set null,
    merged_at    timestamptz not null default now(),
    undone_at    timestamptz,
    undone_by    text,
    check ((from_academy is null) = (from_account is null)),
    check ((undone_at is null) = (undone_by is null))
);
create index account_merge_by_record on preau.account_merge (academy, degree, aaf_id);
create index account_merge_by_account on preau.account_merge (into_academy, into_account);

create or replace function preau.tell_planner() returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
begin
    analyze preau.structure, preau.school, preau.account, preau.credential, preau.person, preau.enrolment, preau.guardianship;
end $$;

-- Runs: an archive is claimed by a move, checked without change, held for a person's word.
alter table preau.import_run
    alter column digest drop not null, -- a folder has none
    add column claim text, -- its name among the claimed ones
    add column mode text not null default 'apply' check (mode in ('apply', 'check')),
    add column records bigint not null default 0,
    add column previous_id bigint references preau.import_run on delete set null, -- the last integrated before it, of its degree
    add column decision text check (decision in ('approved', 'rejected')),
    add column decided_at timestamptz,
    add column decided_by text,
    drop constraint import_run_state_check,
    add constraint import_run_state_check
        check (state in ('running', 'applied', 'refused', 'failed', 'held', 'checked', 'repeated')),
    add constraint import_run_decision_whole
        check ((decision is null) = (decided_at is null) and (decision is null) = (decided_by is null));
create index import_run_by_claim on preau.import_run (academy, claim) where claim is not null;
create index import_run_waiting on preau.import_run (academy) where state in ('running', 'held');

create table preau.import_school_counter ( -- the figures of a run by school
    run_id   bigint  not null references preau.import_run on delete cascade,
    uai      text    not null,
    category text    not null,
    what     text    not null,
    count    bigint  not null,
    primary key (run_id, uai, category, what)
);

create table preau.school_guardians ( -- guardians who are there, with a child who is there and goes to the school
    academy smallint not null references preau.academy,
    degree  smallint not null check (degree in (1, 2)),
    uai     text     not null,
    count   bigint   not null check (count >= 0),
    primary key (academy, degree, uai)
);
insert into preau.school_guardians
select e.academy, e.degree, e.uai, count(distinct g.aaf_id)
  from preau.enrolment e
  join preau.person c on (c.academy, c.degree, c.aaf_id) = (e.academy, e.degree, e.pupil_id) and c.departed_at is null
  join preau.guardianship k on (k.academy, k.degree, k.pupil_id) = (e.academy, e.degree, e.pupil_id)
  join preau.person g on (g.academy, g.degree, g.aaf_id) = (k.academy, k.degree, k.guardian_id) and g.departed_at is null
 group by e.academy, e.degree, e.uai;

grant select, insert, update on preau.school_guardians to preau_import;
grant select, insert, update on preau.account_merge to preau_import;
grant select, insert on preau.import_school_counter to preau_import;
grant select, insert, delete on preau.import_reservation to preau_import;
grant delete on preau.account, preau.import_run, preau.person, preau.school to preau_import;
grant delete on preau.session to preau_import;
grant select (id, role, disabled_at) on preau.administrator to preau_import; -- whose academy an integrator may see
grant select on preau.administrator_scope to preau_import;
grant select on preau.account_merge to preau_portal, preau_ctl, preau_link, preau_notify;

-- Who had left before this was known begins the time of grace now (import_attach.sql says what attaches).
update preau.account a set detached_at = now()
 where not exists (select from preau.person p
                    where (p.account_academy, p.account_id) = (a.academy, a.id) and p.profile = 'eleve' and p.departed_at is null)
   and not exists (select from preau.person r
                     join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
                     join preau.person c on (c.academy, c.degree, c.aaf_id) = (g.academy, g.degree, g.pupil_id)
                    where (r.account_academy, r.account_id) = (a.academy, a.id) and r.profile = 'responsable'
                      and r.departed_at is null and c.departed_at is null);

-- What is erased after its time (docs/operators/conservation.md), and what its erasure looks for.
create index person_departed on preau.person (departed_at) where departed_at is not null;
create index delivery_by_confirmation on preau.delivery (academy, confirmation_id) where confirmation_id is not null;
create index account_merge_by_run on preau.account_merge (run_id) where run_id is not null;
create index import_run_by_previous on preau.import_run (previous_id) where previous_id is not null;
grant select (academy, account_id) on preau.session to preau_import;
grant update (degree, aaf_id) on preau.identifier to preau_import;
