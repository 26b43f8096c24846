-- A delivery, staged by import_stage.sql, becomes the house's data: set by set, in one transaction. Only what differs is
-- written. The statements follow one another in this order (import_apply.c).

-- :query import_apply_analyze
-- So that the planner knows the size of what was staged.
-- :role import
-- :plain
analyze pg_temp.import_school, pg_temp.import_pupil, pg_temp.import_guardian, pg_temp.import_refused;

-- :query import_apply_once
-- A number given twice is taken once, the first time. Pupils and guardians share their numbers.
-- :role import
-- :plain
with school_again as (
    delete from pg_temp.import_school s
     using (select structure, min(n) as first from pg_temp.import_school group by structure having count(*) > 1) f
     where s.structure = f.structure and s.n > f.first
    returning s.file, s.line, s.structure as aaf_id
), pupil_again as (
    delete from pg_temp.import_pupil p
     using (select aaf_id, min(n) as first from pg_temp.import_pupil group by aaf_id having count(*) > 1) f
     where p.aaf_id = f.aaf_id and p.n > f.first
    returning p.file, p.line, p.aaf_id
), guardian_again as (
    delete from pg_temp.import_guardian g
     using (select aaf_id, min(n) as first from pg_temp.import_guardian group by aaf_id having count(*) > 1
            union all
            select aaf_id, -1 from pg_temp.import_pupil) f
     where g.aaf_id = f.aaf_id and g.n > f.first
    returning g.file, g.line, g.aaf_id
), every as (
    select 'EtabEducNat' as category, file, line, aaf_id from school_again
    union all select 'Eleve', file, line, aaf_id from pupil_again
    union all select 'PersRelEleve', file, line, aaf_id from guardian_again
), counted as (
    insert into pg_temp.import_counter select category, 'refused', count(*) from every group by category
)
insert into pg_temp.import_problem (file, line, category, aaf_id, code)
select file, line, category, aaf_id::text, 'aaf_id_repeated' from every;

-- :query import_apply_other_profile
-- A number that was a guardian's cannot become a pupil's, nor the contrary: nobody's account changes hands.
-- :role import
-- :plain
with pupil as (
    delete from pg_temp.import_pupil s using preau.person p, pg_temp.import_now now
     where (p.academy, p.degree, p.aaf_id) = (now.academy, now.degree, s.aaf_id) and p.profile <> 'eleve'
    returning s.file, s.line, s.aaf_id
), guardian as (
    delete from pg_temp.import_guardian s using preau.person p, pg_temp.import_now now
     where (p.academy, p.degree, p.aaf_id) = (now.academy, now.degree, s.aaf_id) and p.profile <> 'responsable'
    returning s.file, s.line, s.aaf_id
), every as (
    select 'Eleve' as category, file, line, aaf_id from pupil
    union all select 'PersRelEleve', file, line, aaf_id from guardian
), counted as (
    insert into pg_temp.import_counter select category, 'refused', count(*) from every group by category
)
insert into pg_temp.import_problem (file, line, category, aaf_id, code)
select file, line, category, aaf_id::text, 'aaf_id_repeated' from every;

-- :query import_apply_places
-- Where structures are: those of the delivery, and those known that it refused.
-- :role import
-- :plain
create temporary table import_place on commit drop as
select structure, uai from pg_temp.import_school
union
select k.structure, k.uai
  from preau.school k, pg_temp.import_now now
 where k.academy = now.academy and k.degree = now.degree
   and exists (select from pg_temp.import_refused f where f.category = 'EtabEducNat' and f.aaf_id = k.structure)
   and not exists (select from pg_temp.import_school s where s.structure = k.structure or s.uai = k.uai);

-- :query import_apply_pupils_nowhere
-- Pupils of a school that is nowhere are refused.
-- :role import
-- :plain
with gone as (
    delete from pg_temp.import_pupil p
     where not exists (select from pg_temp.import_place s where s.structure = p.structure)
    returning p.file, p.line, p.aaf_id, p.structure
), counted as (
    insert into pg_temp.import_counter select 'Eleve', 'refused', count(*) from gone
), kept as (
    insert into pg_temp.import_refused select 'Eleve', aaf_id from gone
)
insert into pg_temp.import_problem (file, line, category, aaf_id, attribute, code, value)
select file, line, 'Eleve', aaf_id::text, 'ENTPersonStructRattach', 'school_unknown', structure::text from gone;

-- :query import_apply_links
-- The links that pupils name, each once.
-- :role import
-- :plain
create temporary table import_link on commit drop as
select distinct on (p.aaf_id, l.guardian_id) p.aaf_id as pupil_id, l.guardian_id, l.lien, p.file, p.line,
       exists (select from pg_temp.import_guardian g where g.aaf_id = l.guardian_id)
       or (exists (select from pg_temp.import_refused f where f.category = 'PersRelEleve' and f.aaf_id = l.guardian_id)
           and exists (select from preau.person k, pg_temp.import_now now
                        where (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, l.guardian_id)
                          and k.profile = 'responsable')) as is_known
  from pg_temp.import_pupil p, unnest(p.guardians, p.liens) with ordinality as l(guardian_id, lien, rank)
 order by p.aaf_id, l.guardian_id, l.rank;

-- :query import_apply_links_to_nobody
-- Links to guardians who are not there are told and dropped.
-- :role import
-- :plain
with gone as (
    delete from pg_temp.import_link where not is_known returning pupil_id, guardian_id, file, line
), counted as (
    insert into pg_temp.import_counter select 'Eleve', 'reported', count(*) from gone
)
insert into pg_temp.import_problem (file, line, category, aaf_id, attribute, code, value)
select g.file, g.line, 'Eleve', g.pupil_id::text,
       case now.degree when 1 then 'ENTEleveAutoriteParentale' else 'ENTElevePersRelEleve' end, 'guardian_unknown',
       g.guardian_id::text
  from gone g, pg_temp.import_now now;

-- :query import_apply_pupils_of_nobody
-- Pupils whom a guardian names and who are not there are told.
-- :role import
-- :plain
with missing as (
    select g.file, g.line, g.aaf_id, l.pupil_id
      from pg_temp.import_guardian g, unnest(g.pupils) as l(pupil_id)
     where not exists (select from pg_temp.import_pupil p where p.aaf_id = l.pupil_id)
       and not exists (select from pg_temp.import_refused f where f.category = 'Eleve' and f.aaf_id = l.pupil_id)
), counted as (
    insert into pg_temp.import_counter select 'PersRelEleve', 'reported', count(*) from missing
)
insert into pg_temp.import_problem (file, line, category, aaf_id, attribute, code, value)
select m.file, m.line, 'PersRelEleve', m.aaf_id::text,
       case now.degree when 1 then 'ENTPersRelEleveEleve' else 'ENTAuxPersRelEleveEleve' end, 'pupil_unknown',
       m.pupil_id::text
  from missing m, pg_temp.import_now now;

-- :query import_apply_legal
-- The legal guardians: those whom a pupil of the delivery names, and those of pupils whose record was refused today.
-- :role import
-- :plain
create temporary table import_legal on commit drop as
select guardian_id from pg_temp.import_link
union
select k.guardian_id
  from preau.guardianship k, pg_temp.import_now now
 where k.academy = now.academy and k.degree = now.degree
   and exists (select from pg_temp.import_refused f where f.category = 'Eleve' and f.aaf_id = k.pupil_id)
   and not exists (select from pg_temp.import_pupil p where p.aaf_id = k.pupil_id);

-- :query import_apply_analyze_links
-- The same of what was made of it.
-- :role import
-- :plain
analyze pg_temp.import_place, pg_temp.import_link, pg_temp.import_legal;

-- :query import_apply_contacts
-- Who is nobody's legal guardian is let go: a contact has no account (AAF annexe 4bis).
-- :role import
-- :plain
with gone as (
    delete from pg_temp.import_guardian g
     where not exists (select from pg_temp.import_legal l where l.guardian_id = g.aaf_id)
    returning g.aaf_id
)
insert into pg_temp.import_counter select 'PersRelEleve', 'ignored', count(*) from gone;

-- :query import_apply_services
-- Structures without any pupil are no schools: offices, circonscriptions. A school that lost its pupils stays one. Of
-- several structures with one UAI, the first describes the school.
-- :role import
-- :plain
with gone as (
    delete from pg_temp.import_school s
     where exists (select from pg_temp.import_school e where e.uai = s.uai and e.n < s.n)
        or not exists (select from pg_temp.import_pupil p
                         join pg_temp.import_place l on l.structure = p.structure
                        where l.uai = s.uai)
       and not exists (select from preau.school k, pg_temp.import_now now
                        where k.academy = now.academy and k.uai = s.uai and k.degree = now.degree)
    returning s.structure
)
insert into pg_temp.import_counter select 'EtabEducNat', 'ignored', count(*) from gone;

-- :query import_apply_free_structures
-- A school whose number AAF gave to another one lets it go.
-- :role import
-- :plain
update preau.school k
   set structure = -nextval('preau.account_number')
  from pg_temp.import_school s, pg_temp.import_now now
 where k.academy = now.academy and k.degree = now.degree and k.structure = s.structure and k.uai <> s.uai;

-- :query import_apply_schools
-- Schools, new and changed.
-- :role import
-- :plain
with difference as materialized (
    select s.*, k.uai is null as is_new
      from pg_temp.import_school s
     cross join pg_temp.import_now now
      left join preau.school k on k.academy = now.academy and k.uai = s.uai
     where k.uai is null
        or (k.degree = now.degree
            and (k.digest <> s.digest or k.structure <> s.structure or k.departed_at is not null))
), added as (
    insert into preau.school (academy, uai, degree, structure, name, kind, city, mail, digest)
    select now.academy, d.uai, now.degree, d.structure, d.name, d.kind, d.city, d.mail, d.digest
      from difference d, pg_temp.import_now now
     where d.is_new
    returning uai
), changed as (
    update preau.school k
       set structure = d.structure, name = d.name, kind = d.kind, city = d.city, mail = d.mail, digest = d.digest,
           departed_at = null
      from difference d, pg_temp.import_now now
     where not d.is_new and k.academy = now.academy and k.uai = d.uai
    returning k.uai
), departed as (
    update preau.school k
       set departed_at = now()
      from pg_temp.import_now now
     where k.academy = now.academy and k.degree = now.degree and k.departed_at is null
       and not exists (select from pg_temp.import_school s where s.uai = k.uai)
       and not exists (select from pg_temp.import_place p where p.uai = k.uai)
    returning k.uai
)
insert into pg_temp.import_counter
select 'EtabEducNat', 'added', (select count(*) from added)
union all select 'EtabEducNat', 'changed', (select count(*) from changed)
union all select 'EtabEducNat', 'departed', (select count(*) from departed)
union all select 'EtabEducNat', 'unchanged',
                 (select count(*) from pg_temp.import_school) - (select count(*) from difference);

-- :query import_apply_identifiers_lock
-- One run at a time chooses identifiers, until it commits.
-- :role import
-- :plain
select pg_advisory_xact_lock(1347568982);

-- :query import_apply_accounts_wanted
-- Who gets an account: legal guardians, and pupils of the second degree, who have none yet. Those who share a base take
-- the numbers that follow the last one given, in the order of the files.
-- :role import
-- :plain
create temporary table import_account on commit drop as
with wanted as (
    select g.aaf_id, 'responsable'::preau.profile as profile, g.base, g.n from pg_temp.import_guardian g
    union all
    select p.aaf_id, 'eleve', p.base, p.n from pg_temp.import_pupil p, pg_temp.import_now now where now.degree = 2
), without as (
    select w.* from wanted w
     where not exists (select from preau.person k, pg_temp.import_now now
                        where (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, w.aaf_id)
                          and k.account_id is not null)
), taken as (
    select b.base,
           (select coalesce(nullif(substr(i.login, length(b.base) + 1), '')::integer, 0)
              from preau.identifier i
             where rtrim(i.login, '0123456789') = b.base
             order by length(i.login) desc, i.login desc
             limit 1) as number
      from (select distinct base from without) b
), numbered as (
    select w.aaf_id, w.profile, w.n, w.base,
           coalesce(t.number + 1, 0) + row_number() over (partition by w.base order by w.n) - 1 as number
      from without w
      join taken t using (base)
)
select aaf_id, profile, base || case number when 0 then '' else number::text end as login,
       nextval('preau.account_number') as id
  from (select * from numbered order by n) o;

-- :query import_apply_analyze_accounts
-- The same of the accounts to create.
-- :role import
-- :plain
analyze pg_temp.import_account;

-- :query import_apply_accounts
-- The accounts, with their identifiers and the first line of their history.
-- :role import
-- :plain
with created as (
    insert into preau.account (academy, id, profile, login)
    select now.academy, w.id, w.profile, w.login from pg_temp.import_account w, pg_temp.import_now now
    returning academy, id, login
), identified as (
    insert into preau.identifier (login, academy, account_id) select login, academy, id from created
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor)
    select academy, id, 'created', 'import' from created
)
insert into pg_temp.import_counter select 'account', 'added', count(*) from created;

-- :query import_apply_account_numbers
-- The accounts that need a provisional password.
-- :role import
-- :plain
copy (select id from pg_temp.import_account order by id) to stdout;

-- :query import_copy_credentials
-- Sealed provisional passwords.
-- :role import
-- :plain
copy preau.credential (academy, account_id, sealed) from stdin;

-- :query import_apply_persons
-- Pupils and guardians, new and changed; those who come back; those whom the delivery does not have any more. Those
-- whose record was refused today stay as they were.
-- :role import
-- :plain
with staged as (
    select 'eleve'::preau.profile as profile, aaf_id, ine, civilite, nom, prenom, search_name, birth_date, mail, mobile,
           adresse, code_postal, ville, pays, digest
      from pg_temp.import_pupil
    union all
    select 'responsable', aaf_id, null, civilite, nom, prenom, search_name, null, mail, mobile, adresse, code_postal,
           ville, pays, digest
      from pg_temp.import_guardian
), difference as materialized (
    select s.*, k.aaf_id is null as is_new, a.id as new_account
      from staged s
     cross join pg_temp.import_now now
      left join preau.person k on (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, s.aaf_id)
      left join pg_temp.import_account a on a.aaf_id = s.aaf_id
     where k.aaf_id is null or k.digest <> s.digest or k.departed_at is not null or a.id is not null
), added as (
    insert into preau.person (academy, degree, aaf_id, profile, ine, civilite, nom, prenom, search_name, birth_date,
                              mail, mobile, adresse, code_postal, ville, pays, digest, account_academy, account_id)
    select now.academy, now.degree, d.aaf_id, d.profile, d.ine, d.civilite, d.nom, d.prenom, d.search_name,
           d.birth_date, d.mail, d.mobile, d.adresse, d.code_postal, d.ville, d.pays, d.digest,
           case when d.new_account is not null then now.academy end, d.new_account
      from difference d, pg_temp.import_now now
     where d.is_new
    returning profile
), changed as (
    update preau.person k
       set ine = d.ine, civilite = d.civilite, nom = d.nom, prenom = d.prenom, search_name = d.search_name,
           birth_date = d.birth_date, mail = d.mail, mobile = d.mobile, adresse = d.adresse,
           code_postal = d.code_postal, ville = d.ville, pays = d.pays, digest = d.digest,
           account_academy = case when d.new_account is null then k.account_academy else now.academy end,
           account_id = coalesce(d.new_account, k.account_id), changed_at = now(), departed_at = null
      from difference d, pg_temp.import_now now
     where not d.is_new and (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, d.aaf_id)
    returning k.profile
), departed as (
    update preau.person k
       set departed_at = now()
      from pg_temp.import_now now
     where k.academy = now.academy and k.degree = now.degree and k.departed_at is null
       and case k.profile
           when 'eleve' then
               not exists (select from pg_temp.import_pupil p where p.aaf_id = k.aaf_id)
               and not exists (select from pg_temp.import_refused f where f.category = 'Eleve' and f.aaf_id = k.aaf_id)
           else
               not exists (select from pg_temp.import_guardian g where g.aaf_id = k.aaf_id)
               and not (exists (select from pg_temp.import_legal l where l.guardian_id = k.aaf_id)
                        and exists (select from pg_temp.import_refused f
                                     where f.category = 'PersRelEleve' and f.aaf_id = k.aaf_id))
           end
    returning k.profile
), counted as (
    select profile, 'added' as what, count(*) from added group by profile
    union all select profile, 'changed', count(*) from changed group by profile
    union all select profile, 'departed', count(*) from departed group by profile
    union all select s.profile, 'unchanged', count(*)
      from staged s
     where not exists (select from difference d where d.aaf_id = s.aaf_id)
     group by s.profile
)
insert into pg_temp.import_counter
select case profile when 'eleve' then 'Eleve' else 'PersRelEleve' end, what, count from counted;

-- :query import_apply_enrolments
-- Where the pupils of the delivery go to school. Those who left, and those refused today, keep what they had.
-- :role import
-- :plain
with wanted as (
    select now.academy, now.degree, p.aaf_id, s.uai, p.class, p.niveau
      from pg_temp.import_pupil p
      join pg_temp.import_place s on s.structure = p.structure
     cross join pg_temp.import_now now
), gone as (
    delete from preau.enrolment e
     using pg_temp.import_pupil p, pg_temp.import_now now
     where (e.academy, e.degree, e.pupil_id) = (now.academy, now.degree, p.aaf_id)
       and not exists (select from wanted w where w.aaf_id = e.pupil_id and w.uai = e.uai)
), difference as materialized (
    select w.*
      from wanted w
      left join preau.enrolment e
        on (e.academy, e.degree, e.pupil_id, e.uai) = (w.academy, w.degree, w.aaf_id, w.uai)
     where e.pupil_id is null or (e.class, e.niveau) <> (w.class, w.niveau)
)
insert into preau.enrolment (academy, degree, pupil_id, uai, class, niveau)
select academy, degree, aaf_id, uai, class, niveau from difference
on conflict (academy, degree, pupil_id, uai) do update set class = excluded.class, niveau = excluded.niveau;

-- :query import_apply_guardianships
-- Who is whose legal guardian, for the pupils of the delivery.
-- :role import
-- :plain
with gone as (
    delete from preau.guardianship k
     using pg_temp.import_pupil p, pg_temp.import_now now
     where (k.academy, k.degree, k.pupil_id) = (now.academy, now.degree, p.aaf_id)
       and not exists (select from pg_temp.import_link l
                        where l.pupil_id = k.pupil_id and l.guardian_id = k.guardian_id)
), difference as materialized (
    select now.academy, now.degree, l.pupil_id, l.guardian_id, l.lien
      from pg_temp.import_link l
     cross join pg_temp.import_now now
      left join preau.guardianship k
        on (k.academy, k.degree, k.pupil_id, k.guardian_id) = (now.academy, now.degree, l.pupil_id, l.guardian_id)
     where k.pupil_id is null or k.lien <> l.lien
)
insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien)
select academy, degree, pupil_id, guardian_id, lien from difference
on conflict (academy, degree, pupil_id, guardian_id) do update set lien = excluded.lien;

-- :query import_apply_tell_planner
-- Others plan their reads by what is there now.
-- :role import
-- :plain
select preau.tell_planner();

-- :query import_apply_problems
-- The report: the first hundred thousand, in the order of the files.
-- :role import
-- :plain
insert into preau.import_refusal (run_id, sequence, file, line, category, aaf_id, attribute, code, value)
select now.run, row_number() over (order by p.file, p.line, p.attribute, p.code, p.value), coalesce(f.name, ''),
       p.line, p.category, p.aaf_id, p.attribute, p.code, p.value
  from pg_temp.import_problem p
 cross join pg_temp.import_now now
  left join pg_temp.import_file f on f.number = p.file
 order by 2
 limit 100000;

-- :query import_apply_end
-- The run has become the house's data, with its figures.
-- :role import
-- :plain
update preau.import_run r
   set state = 'applied', finished_at = clock_timestamp(), degree = now.degree, kind = now.kind,
       generated_on = now.generated_on,
       counters = (select coalesce(jsonb_object_agg(category, figures), '{}')
                     from (select category, jsonb_object_agg(what, count) as figures
                             from (select category, what, sum(count)::bigint as count
                                     from pg_temp.import_counter group by category, what having sum(count) > 0) s
                            group by category) c)
  from pg_temp.import_now now
 where r.id = now.run and r.state = 'running';
