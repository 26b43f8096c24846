-- What a staged delivery comes to, before anything of the house is changed: on the session's own tables, reading the
-- store's. The statements follow one another in this order (import_apply.c).

-- :query import_prepare_analyze
-- So that the planner knows the size of what was staged; of import_now, too, that it is one row. Of the columns, those by which
-- it is joined and chosen: each takes its place in the catalogue.
-- :role import
-- :plain
analyze pg_temp.import_now (kind), pg_temp.import_school (structure, is_partial),
    pg_temp.import_pupil (n, aaf_id, structure, is_partial), pg_temp.import_guardian (n, aaf_id, match_key, is_partial),
    pg_temp.import_refused, pg_temp.import_absent, pg_temp.import_late (n, profile, aaf_id),
    pg_temp.import_deleted (n, category, aaf_id);

-- :query import_prepare_unsettled
-- Persons with whom something is wrong that only the whole could tell: they are looked at again next time.
-- :role import
-- :plain
create temporary table import_unsettled (profile preau.profile not null, aaf_id bigint not null);

-- :query import_prepare_requests
-- The requests of a delta, in order. One that came late, and was held for the same before it was known that this is a
-- delta, is not staged; it counts where it takes back what was staged before it.
-- :role import
-- :plain
create temporary table import_request as
select 'Eleve' as category, p.aaf_id, p.n, p.is_partial from pg_temp.import_pupil p, pg_temp.import_now now
 where now.kind = 'delta'
union all
select 'PersRelEleve', g.aaf_id, g.n, g.is_partial from pg_temp.import_guardian g, pg_temp.import_now now
 where now.kind = 'delta'
union all
select 'EtabEducNat', s.structure, s.n, s.is_partial from pg_temp.import_school s, pg_temp.import_now now
 where now.kind = 'delta'
union all
select d.category, d.aaf_id, d.n, false from pg_temp.import_deleted d
union all
select case l.profile when 'eleve' then 'Eleve' else 'PersRelEleve' end, l.aaf_id, l.n, false
  from pg_temp.import_late l, pg_temp.import_now now
 where now.kind = 'delta' and l.was_same
   and (exists (select from pg_temp.import_pupil p where l.profile = 'eleve' and p.aaf_id = l.aaf_id and p.n < l.n)
        or exists (select from pg_temp.import_guardian g
                    where l.profile = 'responsable' and g.aaf_id = l.aaf_id and g.n < l.n));

-- :query import_prepare_modify_again
-- A modification that does not list all is completed by what the store holds: after another request for the same record
-- it would undo that one.
-- :role import
-- :plain
with again as (
    delete from pg_temp.import_request r
     where r.is_partial
       and exists (select from pg_temp.import_request b
                    where (b.category, b.aaf_id) = (r.category, r.aaf_id) and b.n < r.n)
    returning r.n
), pupil as (
    delete from pg_temp.import_pupil p using again a where p.n = a.n
    returning 'Eleve' as category, p.file, p.line, p.aaf_id
), guardian as (
    delete from pg_temp.import_guardian g using again a where g.n = a.n
    returning 'PersRelEleve' as category, g.file, g.line, g.aaf_id
), school as (
    delete from pg_temp.import_school s using again a where s.n = a.n
    returning 'EtabEducNat' as category, s.file, s.line, s.structure
), every as (
    select * from pupil union all select * from guardian union all select * from school
), counted as (
    insert into pg_temp.import_counter select category, 'refused', count(*) from every group by category
)
insert into pg_temp.import_problem (file, line, category, aaf_id, code)
select file, line, category, aaf_id::text, 'modify_again' from every;

-- :query import_prepare_delete_unknown
-- What a delta deletes must be known, or have come before.
-- :role import
-- :plain
with unknown as (
    delete from pg_temp.import_deleted d
     using pg_temp.import_now now
     where not exists (select from pg_temp.import_request b
                        where (b.category, b.aaf_id) = (d.category, d.aaf_id) and b.n < d.n)
       and not exists (select from preau.person k
                        where (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, d.aaf_id)
                          and k.departed_at is null
                          and k.profile = case d.category when 'Eleve' then 'eleve'::preau.profile else 'responsable' end
                          and d.category in ('Eleve', 'PersRelEleve'))
       and not exists (select from preau.structure k
                        where (k.academy, k.degree, k.number) = (now.academy, now.degree, d.aaf_id)
                          and k.departed_at is null and d.category = 'EtabEducNat')
    returning d.category, d.file, d.line, d.aaf_id
), counted as (
    insert into pg_temp.import_counter select category, 'refused', count(*) from unknown group by category
)
insert into pg_temp.import_problem (file, line, category, aaf_id, code)
select file, line, category, aaf_id::text, 'delete_unknown' from unknown;

-- :query import_prepare_last
-- In a delta the last request for a record is the one that counts.
-- :role import
-- :plain
with last as (
    select category, aaf_id, max(n) as n from pg_temp.import_request group by category, aaf_id having count(*) > 1
), school as (
    delete from pg_temp.import_school s using last l
     where l.category = 'EtabEducNat' and l.aaf_id = s.structure and s.n < l.n returning 'EtabEducNat' as category
), pupil as (
    delete from pg_temp.import_pupil p using last l
     where l.category = 'Eleve' and l.aaf_id = p.aaf_id and p.n < l.n returning 'Eleve' as category
), guardian as (
    delete from pg_temp.import_guardian g using last l
     where l.category = 'PersRelEleve' and l.aaf_id = g.aaf_id and g.n < l.n returning 'PersRelEleve' as category
), deleted as (
    delete from pg_temp.import_deleted d using last l
     where (l.category, l.aaf_id) = (d.category, d.aaf_id) and d.n < l.n returning d.category
)
insert into pg_temp.import_counter
select category, 'ignored', count(*)
  from (select category from school union all select category from pupil union all select category from guardian
        union all select category from deleted) e
 group by category;

-- :query import_prepare_modify_unknown
-- A modification of a structure that nobody knows must say at least what it is called and where it is.
-- :role import
-- :plain
with unknown as (
    delete from pg_temp.import_school s
     using pg_temp.import_now now
     where s.is_partial and (s.uai is null or s.name is null)
       and not exists (select from preau.structure k
                        where (k.academy, k.degree, k.number) = (now.academy, now.degree, s.structure)
                          and k.departed_at is null)
    returning s.file, s.line, s.structure
), counted as (
    insert into pg_temp.import_counter select 'EtabEducNat', 'refused', count(*) from unknown
)
insert into pg_temp.import_problem (file, line, category, aaf_id, code)
select file, line, 'EtabEducNat', structure::text, 'modify_unknown' from unknown;

-- :query import_prepare_modified
-- What modifications of structures leave as it is.
-- :role import
-- :plain
update pg_temp.import_school s
   set uai = coalesce(s.uai, b.uai), name = coalesce(s.name, b.name), kind = coalesce(s.kind, b.kind, 'autre'),
       city = coalesce(s.city, b.city, ''), mail = case when s.leaves_mail then b.mail else s.mail end
  from (select p.n, k.*
          from pg_temp.import_school p
         cross join pg_temp.import_now now
          left join preau.structure k on (k.academy, k.degree, k.number) = (now.academy, now.degree, p.structure)
                                     and k.departed_at is null
         where p.is_partial) b
 where b.n = s.n;

-- :query import_prepare_delta_absent
-- Absence means nothing in a delta: who leaves is named.
-- :role import
-- :plain
delete from pg_temp.import_absent a using pg_temp.import_now now where now.kind = 'delta';

-- :query import_prepare_deleted
-- Who leaves by a delta; what is deleted and was never there changes nothing.
-- :role import
-- :plain
with without as (
    insert into pg_temp.import_counter
    select d.category, 'ignored', count(*)
      from pg_temp.import_deleted d, pg_temp.import_now now
     where not exists (select from preau.person k
                        where (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, d.aaf_id)
                          and k.departed_at is null and d.category in ('Eleve', 'PersRelEleve'))
       and not exists (select from preau.structure k
                        where (k.academy, k.degree, k.number) = (now.academy, now.degree, d.aaf_id)
                          and k.departed_at is null and d.category = 'EtabEducNat')
     group by d.category
)
insert into pg_temp.import_absent (profile, aaf_id)
select distinct k.profile, k.aaf_id
  from pg_temp.import_deleted d
 cross join pg_temp.import_now now
  join preau.person k on (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, d.aaf_id)
 where d.category in ('Eleve', 'PersRelEleve') and k.departed_at is null
   and k.profile = case d.category when 'Eleve' then 'eleve'::preau.profile else 'responsable' end;

-- :query import_prepare_refused_stay
-- Who is refused today has not left, whatever became of the record.
-- :role import
-- :plain
delete from pg_temp.import_absent a
 using pg_temp.import_refused f, pg_temp.import_now now
 where now.kind = 'complete' and f.aaf_id = a.aaf_id
   and f.category = case a.profile when 'eleve' then 'Eleve' else 'PersRelEleve' end;

-- :query import_prepare_other_profile
-- A number that was a guardian's cannot become a pupil's, nor the contrary: nobody's account changes hands.
-- :role import
-- :plain
with pupil as (
    delete from pg_temp.import_pupil s using preau.person p, pg_temp.import_now now
     where (p.academy, p.degree, p.aaf_id) = (now.academy, now.degree, s.aaf_id) and p.profile <> 'eleve'
    returning s.file, s.line, s.aaf_id
), guardian as (
    delete from pg_temp.import_guardian s
     using pg_temp.import_now now
     where exists (select from preau.person p
                    where (p.academy, p.degree, p.aaf_id) = (now.academy, now.degree, s.aaf_id)
                      and p.profile <> 'responsable')
        or (exists (select from pg_temp.import_pupil p where p.aaf_id = s.aaf_id)
            and not exists (select from preau.person p
                             where (p.academy, p.degree, p.aaf_id) = (now.academy, now.degree, s.aaf_id)))
    returning s.file, s.line, s.aaf_id
), every as (
    select 'Eleve' as category, file, line, aaf_id from pupil
    union all select 'PersRelEleve', file, line, aaf_id from guardian
), counted as (
    insert into pg_temp.import_counter select category, 'refused', count(*) from every group by category
)
insert into pg_temp.import_problem (file, line, category, aaf_id, code)
select file, line, category, aaf_id::text, 'aaf_id_repeated' from every;

-- :query import_prepare_places
-- Where structures are: those of the delivery, and those known that it refused or, being a delta, does not speak of.
-- Several may be at one UAI.
-- :role import
-- :plain
create temporary table import_place as
select structure, uai from pg_temp.import_school
union all
select k.number, k.uai
  from preau.structure k, pg_temp.import_now now
 where k.academy = now.academy and k.degree = now.degree and k.departed_at is null
   and (now.kind = 'delta'
        or exists (select from pg_temp.import_refused f where f.category = 'EtabEducNat' and f.aaf_id = k.number))
   and not exists (select from pg_temp.import_school s where s.structure = k.number)
   and not exists (select from pg_temp.import_deleted d where d.category = 'EtabEducNat' and d.aaf_id = k.number);

-- :query import_prepare_pupils_nowhere
-- Pupils of a school that is nowhere are refused: they stay as they were.
-- :role import
-- :plain
with gone as (
    delete from pg_temp.import_pupil p
     where not exists (select from pg_temp.import_place s where s.structure = p.structure)
    returning p.file, p.line, p.aaf_id, p.structure
), counted as (
    insert into pg_temp.import_counter select 'Eleve', 'refused', count(*) from gone
), at_structures as (
    insert into pg_temp.import_structure_counter select structure, 'refused', count(*) from gone group by structure
), kept as (
    insert into pg_temp.import_refused select 'Eleve', aaf_id from gone
), again as (
    insert into pg_temp.import_unsettled select 'eleve', aaf_id from gone
)
insert into pg_temp.import_problem (file, line, category, aaf_id, attribute, code, value)
select file, line, 'Eleve', aaf_id::text, 'ENTPersonStructRattach', 'school_unknown', structure::text from gone;

-- :query import_prepare_moved
-- Structures whose UAI is another one now and at which there are pupils, who go along: also of those that come back. The
-- limit keeps it one look for each of them.
-- :role import
-- :plain
create temporary table import_moved as
select k.number as structure, k.uai as from_uai, l.uai as to_uai
  from pg_temp.import_place l
 cross join pg_temp.import_now now
  join preau.structure k on (k.academy, k.degree, k.number) = (now.academy, now.degree, l.structure) and k.uai <> l.uai
 cross join lateral (select from preau.enrolment e
                      where (e.academy, e.uai) = (k.academy, k.uai) and e.degree = k.degree and e.structure = k.number
                      limit 1) e;

-- :query import_prepare_lost
-- Structures that are nowhere any more.
-- :role import
-- :plain
create temporary table import_lost as
select k.number as structure, k.uai
  from preau.structure k, pg_temp.import_now now
 where k.academy = now.academy and k.degree = now.degree and k.departed_at is null
   and not exists (select from pg_temp.import_place l where l.structure = k.number);

-- :query import_prepare_lost_analyze
-- Most nights none: so that the planner does not read all enrolments for them.
-- :role import
-- :plain
analyze pg_temp.import_place, pg_temp.import_moved, pg_temp.import_lost;

-- :query import_prepare_schools_gone
-- Pupils who did not change and whose structure is nowhere any more are refused too. Of their place in the files only the
-- file is known, their record was not looked at; and that not of thousands at once.
-- :role import
-- :plain
with every as (
    select e.pupil_id, k.structure,
           exists (select from pg_temp.import_refused f where f.category = 'Eleve' and f.aaf_id = e.pupil_id) as is_refused
      from pg_temp.import_lost k
     cross join pg_temp.import_now now
      join preau.enrolment e
        on (e.academy, e.uai) = (now.academy, k.uai) and e.degree = now.degree and e.structure = k.structure
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
     where p.departed_at is null
       and not exists (select from pg_temp.import_pupil s where s.aaf_id = e.pupil_id)
       and not exists (select from pg_temp.import_absent a where a.profile = 'eleve' and a.aaf_id = e.pupil_id)
), gone as (
    select pupil_id, structure from every where not is_refused
), counted as (
    insert into pg_temp.import_counter
    select 'Eleve', what, case what when 'refused' then c else -c end
      from (select count(*) as c from gone) s, (values ('refused'), ('unchanged')) w(what)
     where (select kind from pg_temp.import_now) = 'complete'
), at_structures as (
    insert into pg_temp.import_structure_counter
    select structure, what, case what when 'refused' then c else -c end
      from (select structure, count(*) as c from gone group by structure) s, (values ('refused'), ('unchanged')) w(what)
     where (select kind from pg_temp.import_now) = 'complete'
), again as (
    insert into pg_temp.import_unsettled select 'eleve', pupil_id from every
), kept as (
    insert into pg_temp.import_refused select 'Eleve', pupil_id from gone
)
insert into pg_temp.import_problem (file, line, category, aaf_id, attribute, code, value)
select case when (select count(*) from gone) < 5000 then coalesce((
              select min(f.number) from pg_temp.import_file f
               where f.category = 'Eleve' and g.pupil_id between f.first_id and f.last_id), 0) else 0 end,
       0, 'Eleve', g.pupil_id::text, 'ENTPersonStructRattach', 'school_unknown', g.structure::text
  from gone g;

-- :query import_prepare_links
-- The links that pupils name, each once.
-- :role import
-- :plain
create temporary table import_link as
select distinct on (p.aaf_id, l.guardian_id) p.aaf_id as pupil_id, l.guardian_id, l.lien, p.file, p.line
  from pg_temp.import_pupil p, unnest(p.guardians, p.liens) with ordinality as l(guardian_id, lien, rank)
 order by p.aaf_id, l.guardian_id, l.rank;

-- :query import_prepare_links_analyze
-- The same of the links.
-- :role import
-- :plain
analyze pg_temp.import_link, pg_temp.import_unsettled;

-- :query import_prepare_links_to_nobody
-- Links to guardians who are not there are told and dropped. Who is there: in the delivery, or known and not gone, or
-- known and refused today.
-- :role import
-- :plain
with gone as (
    delete from pg_temp.import_link l
     using pg_temp.import_now now
     where not exists (select from pg_temp.import_guardian g where g.aaf_id = l.guardian_id)
       and not exists (select from preau.person k
                        where (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, l.guardian_id)
                          and k.profile = 'responsable'
                          and (case when k.departed_at is null
                               then not exists (select from pg_temp.import_absent a
                                                 where a.profile = 'responsable' and a.aaf_id = k.aaf_id)
                               else exists (select from pg_temp.import_refused f
                                             where f.category = 'PersRelEleve' and f.aaf_id = k.aaf_id) end))
    returning l.pupil_id, l.guardian_id, l.file, l.line, now.degree
), counted as (
    insert into pg_temp.import_counter select 'Eleve', 'reported', count(*) from gone
), again as (
    insert into pg_temp.import_unsettled select distinct 'eleve'::preau.profile, pupil_id from gone
)
insert into pg_temp.import_problem (file, line, category, aaf_id, attribute, code, value)
select g.file, g.line, 'Eleve', g.pupil_id::text,
       case g.degree when 1 then 'ENTEleveAutoriteParentale' else 'ENTElevePersRelEleve' end, 'guardian_unknown',
       g.guardian_id::text
  from gone g;

-- :query import_prepare_links_to_refused
-- A link to somebody who had left and whose record, come back, is refused stands; but only a look tells whether that one is
-- there tomorrow. The limit makes it one look for each record refused, however many the planner believes to have left.
-- :role import
-- :plain
insert into pg_temp.import_unsettled
select distinct 'eleve'::preau.profile, l.pupil_id
  from pg_temp.import_refused f
  join pg_temp.import_link l on l.guardian_id = f.aaf_id
 cross join pg_temp.import_now now
 cross join lateral (select k.profile, k.departed_at
                       from preau.person k
                      where (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, f.aaf_id)
                      limit 1) k
 where f.category = 'PersRelEleve' and k.profile = 'responsable' and k.departed_at is not null
   and not exists (select from pg_temp.import_guardian g where g.aaf_id = f.aaf_id);

-- :query import_prepare_pupils_of_nobody
-- Pupils whom a guardian names and who are not there are told. Who is absent is asked by "not in", a table in memory: by "not
-- exists" all of them would be read for each pupil.
-- :role import
-- :plain
with missing as (
    select g.file, g.line, g.aaf_id, l.pupil_id, now.degree
      from pg_temp.import_now now, pg_temp.import_guardian g, unnest(g.pupils) as l(pupil_id)
     where not exists (select from pg_temp.import_pupil p where p.aaf_id = l.pupil_id)
       and not exists (select from pg_temp.import_refused f where f.category = 'Eleve' and f.aaf_id = l.pupil_id)
       and not exists (select from preau.person k
                        where (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, l.pupil_id)
                          and k.profile = 'eleve' and k.departed_at is null
                          and k.aaf_id not in (select a.aaf_id from pg_temp.import_absent a where a.profile = 'eleve'))
), counted as (
    insert into pg_temp.import_counter select 'PersRelEleve', 'reported', count(*) from missing
), again as (
    insert into pg_temp.import_unsettled select distinct 'responsable'::preau.profile, aaf_id from missing
)
insert into pg_temp.import_problem (file, line, category, aaf_id, attribute, code, value)
select m.file, m.line, 'PersRelEleve', m.aaf_id::text,
       case m.degree when 1 then 'ENTPersRelEleveEleve' else 'ENTAuxPersRelEleveEleve' end, 'pupil_unknown',
       m.pupil_id::text
  from missing m;

-- :query import_prepare_unlinked
-- Links of pupils who did not change to guardians who left: told, and to be dropped.
-- :role import
-- :plain
create temporary table import_unlinked as
select k.pupil_id, k.guardian_id
  from pg_temp.import_absent a
 cross join pg_temp.import_now now
  join preau.guardianship k on (k.academy, k.degree, k.guardian_id) = (now.academy, now.degree, a.aaf_id)
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (k.academy, k.degree, k.pupil_id)
 where a.profile = 'responsable' and p.departed_at is null
   and not exists (select from pg_temp.import_pupil s where s.aaf_id = k.pupil_id)
   and not exists (select from pg_temp.import_absent b where b.profile = 'eleve' and b.aaf_id = k.pupil_id);

-- :query import_prepare_unlinked_told
-- The same, into the report.
-- :role import
-- :plain
with counted as (
    insert into pg_temp.import_counter select 'Eleve', 'reported', count(*) from pg_temp.import_unlinked
), again as (
    insert into pg_temp.import_unsettled select distinct 'eleve'::preau.profile, pupil_id from pg_temp.import_unlinked
)
insert into pg_temp.import_problem (file, line, category, aaf_id, attribute, code, value)
select case when (select count(*) from pg_temp.import_unlinked) < 5000 then coalesce((
              select min(f.number) from pg_temp.import_file f
               where f.category = 'Eleve' and u.pupil_id between f.first_id and f.last_id), 0) else 0 end,
       0, 'Eleve', u.pupil_id::text,
       case now.degree when 1 then 'ENTEleveAutoriteParentale' else 'ENTElevePersRelEleve' end, 'guardian_unknown',
       u.guardian_id::text
  from pg_temp.import_unlinked u, pg_temp.import_now now;

-- :query import_prepare_left_alone
-- Guardians who did not change and whose pupil left may still name that pupil: they are looked at next time.
-- :role import
-- :plain
insert into pg_temp.import_unsettled
select distinct 'responsable'::preau.profile, k.guardian_id
  from pg_temp.import_absent a
 cross join pg_temp.import_now now
  join preau.guardianship k on (k.academy, k.degree, k.pupil_id) = (now.academy, now.degree, a.aaf_id)
 where a.profile = 'eleve'
   and not exists (select from pg_temp.import_guardian s where s.aaf_id = k.guardian_id)
   and not exists (select from pg_temp.import_absent b where b.profile = 'responsable' and b.aaf_id = k.guardian_id);

-- :query import_prepare_peopled
-- Where pupils are or come. A structure that never had any is no school: offices, circonscriptions.
-- :role import
-- :plain
create temporary table import_peopled as
select l.uai
  from (select distinct structure from pg_temp.import_pupil) p
  join pg_temp.import_place l on l.structure = p.structure
union
select to_uai from pg_temp.import_moved;

-- :query import_prepare_legal
-- Who is a legal guardian: of a pupil who changed, or still of one who did not.
-- :role import
-- :plain
create temporary table import_legal as
select guardian_id from pg_temp.import_link
union
select k.guardian_id
  from pg_temp.import_guardian g
 cross join pg_temp.import_now now
  join preau.guardianship k on (k.academy, k.degree, k.guardian_id) = (now.academy, now.degree, g.aaf_id)
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (k.academy, k.degree, k.pupil_id)
 where p.departed_at is null
   and not exists (select from pg_temp.import_pupil s where s.aaf_id = k.pupil_id)
   and not exists (select from pg_temp.import_absent a where a.profile = 'eleve' and a.aaf_id = k.pupil_id);

-- :query import_prepare_legal_analyze
-- The same of these.
-- :role import
-- :plain
analyze pg_temp.import_legal, pg_temp.import_unlinked;
