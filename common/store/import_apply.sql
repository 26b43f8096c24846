-- A delivery, staged (import_stage.sql) and prepared (import_prepare.sql), with its accounts (import_accounts.sql),
-- becomes the house's data: set by set, in one transaction. Only what differs is written. The statements follow one
-- another in this order (import_apply.c).

-- :query import_apply_plan
-- Of tables that nobody ever filled the planner knows nothing: it takes all of an academy for one row, and would look each
-- of them up among all others. The first load of a house joins whole sets, by hash, until the transaction ends.
-- :role import
-- :plain
select set_config('enable_nestloop', 'off', true)
 where (select count(distinct s.tablename) from pg_catalog.pg_stats s
         where s.schemaname = 'preau' and s.tablename in ('person', 'enrolment', 'guardianship', 'account')) < 4;

-- :query import_apply_structures
-- Structures, new and changed.
-- :role import
-- :plain
insert into preau.structure (academy, degree, number, uai, name, kind, city, mail)
select now.academy, now.degree, s.structure, s.uai, s.name, s.kind, s.city, s.mail
  from pg_temp.import_school s
 cross join pg_temp.import_now now
  left join preau.structure k on (k.academy, k.degree, k.number) = (now.academy, now.degree, s.structure)
 where k.number is null or k.departed_at is not null
    or (k.uai, k.name, k.kind, k.city, k.mail) is distinct from (s.uai, s.name, s.kind, s.city, s.mail)
on conflict (academy, degree, number) do update
   set uai = excluded.uai, name = excluded.name, kind = excluded.kind, city = excluded.city, mail = excluded.mail,
       departed_at = null;

-- :query import_apply_structures_lost
-- Those that are nowhere any more.
-- :role import
-- :plain
update preau.structure k
   set departed_at = now()
  from pg_temp.import_lost l, pg_temp.import_now now
 where (k.academy, k.degree, k.number) = (now.academy, now.degree, l.structure);

-- :query import_apply_schools
-- Schools: where a structure is and pupils are, or were. Of several structures with one UAI, the smallest number describes
-- the school. Figures are those of the records: one that describes no school is without object; a school that follows its
-- structure to another UAI is changed, not gone.
-- :role import
-- :plain
with described as materialized (
    select distinct on (k.uai) k.*
      from preau.structure k, pg_temp.import_now now
     where k.academy = now.academy and k.degree = now.degree and k.departed_at is null
     order by k.uai, k.number
), wanted as materialized (
    select d.*, k.uai is null as is_new,
           k.degree = d.degree
           and (k.departed_at is not null or (k.name, k.kind, k.city, k.mail) is distinct from (d.name, d.kind, d.city, d.mail))
               as is_otherwise,
           exists (select from pg_temp.import_moved m where m.structure = d.number) as is_moved
      from described d
      left join preau.school k on (k.academy, k.uai) = (d.academy, d.uai)
     where k.degree = d.degree or exists (select from pg_temp.import_peopled p where p.uai = d.uai)
), added as (
    insert into preau.school (academy, uai, degree, name, kind, city, mail)
    select academy, uai, degree, name, kind, city, mail from wanted where is_new
), changed as (
    update preau.school k
       set name = w.name, kind = w.kind, city = w.city, mail = w.mail, departed_at = null
      from wanted w
     where w.is_otherwise and (k.academy, k.uai) = (w.academy, w.uai)
), departed as (
    update preau.school k
       set departed_at = now()
      from pg_temp.import_now now
     where k.academy = now.academy and k.degree = now.degree and k.departed_at is null
       and not exists (select from described d where d.uai = k.uai)
    returning k.uai
), record as (
    select case when w.is_moved or w.is_otherwise then 'changed'
                when w.is_new then 'added'
                when w.number is not null then 'unchanged' else 'ignored' end as what
      from pg_temp.import_school s
      left join wanted w on w.number = s.structure
    union all
    select case when row_number() over (partition by l.uai) = 1 and p.uai is not null then 'departed' else 'ignored' end
      from pg_temp.import_deleted d
      join pg_temp.import_lost l on l.structure = d.aaf_id
      left join departed p on p.uai = l.uai
     where d.category = 'EtabEducNat'
    union all
    select 'departed'
      from departed p, pg_temp.import_now now
     where now.kind = 'complete'
       and not exists (select from wanted w join pg_temp.import_moved m on m.structure = w.number where m.from_uai = p.uai)
)
insert into pg_temp.import_counter select 'EtabEducNat', what, count(*) from record group by what;

-- :query import_apply_outcomes
-- What becomes of each staged person. A record that says otherwise what it said before changes nothing but its digest.
-- :role import
-- :plain
create temporary table import_outcome as
select 'eleve'::preau.profile as profile, s.aaf_id,
       case when k.aaf_id is null then 'added'
            when k.departed_at is not null
              or (k.ine, k.civilite, k.nom, k.prenom, k.birth_date, k.mail, k.mobile, k.adresse, k.code_postal, k.ville, k.pays)
                 is distinct from
                 (s.ine, s.civilite, s.nom, s.prenom, s.birth_date, s.mail, s.mobile, s.adresse, s.code_postal, s.ville, s.pays)
            then 'changed' else 'unchanged' end as outcome,
       k.departed_at is not null as is_back,
       (k.digest, k.told, k.unsettled) is distinct from (s.digest, s.told, t.aaf_id is not null) as is_otherwise,
       t.aaf_id is not null as unsettled
  from pg_temp.import_pupil s
 cross join pg_temp.import_now now
  left join (select distinct aaf_id from pg_temp.import_unsettled where profile = 'eleve') t on t.aaf_id = s.aaf_id
  left join preau.person k on (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, s.aaf_id)
union all
select 'responsable', s.aaf_id,
       case when k.aaf_id is null then 'added'
            when k.departed_at is not null
              or (k.civilite, k.nom, k.prenom, k.mail, k.mobile, k.adresse, k.code_postal, k.ville, k.pays)
                 is distinct from
                 (s.civilite, s.nom, s.prenom, s.mail, s.mobile, s.adresse, s.code_postal, s.ville, s.pays)
            then 'changed' else 'unchanged' end,
       k.departed_at is not null,
       (k.digest, k.told, k.match_key, k.unsettled) is distinct from (s.digest, s.told, s.match_key, t.aaf_id is not null),
       t.aaf_id is not null
  from pg_temp.import_guardian s
 cross join pg_temp.import_now now
  left join (select distinct aaf_id from pg_temp.import_unsettled where profile = 'responsable') t on t.aaf_id = s.aaf_id
  left join preau.person k on (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, s.aaf_id);

-- :query import_apply_outcomes_analyze
-- The same of what becomes of them.
-- :role import
-- :plain
analyze pg_temp.import_outcome;

-- :query import_apply_new_pupils
-- Pupils, new: laid down in the order in which every night walks along them.
-- :role import
-- :plain
insert into preau.person (academy, degree, aaf_id, profile, ine, civilite, nom, prenom, search_name, birth_date, mail,
                          mobile, adresse, code_postal, ville, pays, digest, told, unsettled, account_academy, account_id,
                          changed_at)
select now.academy, now.degree, s.aaf_id, 'eleve', s.ine, s.civilite, s.nom, s.prenom, s.search_name, s.birth_date,
       s.mail, s.mobile, s.adresse, s.code_postal, s.ville, s.pays, s.digest, s.told, o.unsettled, a.account_academy, a.account_id,
       now()
  from pg_temp.import_pupil s
  join pg_temp.import_outcome o on o.aaf_id = s.aaf_id and o.outcome = 'added'
 cross join pg_temp.import_now now
  left join pg_temp.import_settled a on a.aaf_id = s.aaf_id
 order by s.aaf_id;

-- :query import_apply_new_guardians
-- Guardians, new.
-- :role import
-- :plain
insert into preau.person (academy, degree, aaf_id, profile, civilite, nom, prenom, search_name, mail, mobile, adresse,
                          code_postal, ville, pays, digest, told, unsettled, match_key, account_academy, account_id,
                          changed_at)
select now.academy, now.degree, s.aaf_id, 'responsable', s.civilite, s.nom, s.prenom, s.search_name, s.mail, s.mobile,
       s.adresse, s.code_postal, s.ville, s.pays, s.digest, s.told, o.unsettled, s.match_key, a.account_academy, a.account_id,
       now()
  from pg_temp.import_guardian s
  join pg_temp.import_outcome o on o.aaf_id = s.aaf_id and o.outcome = 'added'
 cross join pg_temp.import_now now
  left join pg_temp.import_settled a on a.aaf_id = s.aaf_id
 order by s.aaf_id;

-- :query import_apply_changed_pupils
-- Pupils who changed or come back, and those whose record says the same in another way.
-- :role import
-- :plain
update preau.person k
   set ine = s.ine, civilite = s.civilite, nom = s.nom, prenom = s.prenom, search_name = s.search_name,
       birth_date = s.birth_date, mail = s.mail, mobile = s.mobile, adresse = s.adresse, code_postal = s.code_postal,
       ville = s.ville, pays = s.pays, digest = s.digest, told = s.told, unsettled = o.unsettled, departed_at = null,
       changed_at = case o.outcome when 'changed' then now() else k.changed_at end
  from pg_temp.import_pupil s, pg_temp.import_outcome o, pg_temp.import_now now
 where o.aaf_id = s.aaf_id and (o.outcome = 'changed' or (o.outcome = 'unchanged' and o.is_otherwise))
   and (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, s.aaf_id);

-- :query import_apply_changed_guardians
-- The same of guardians.
-- :role import
-- :plain
update preau.person k
   set civilite = s.civilite, nom = s.nom, prenom = s.prenom, search_name = s.search_name, mail = s.mail,
       mobile = s.mobile, adresse = s.adresse, code_postal = s.code_postal, ville = s.ville, pays = s.pays,
       digest = s.digest, told = s.told, unsettled = o.unsettled, match_key = s.match_key, departed_at = null,
       changed_at = case o.outcome when 'changed' then now() else k.changed_at end
  from pg_temp.import_guardian s, pg_temp.import_outcome o, pg_temp.import_now now
 where o.aaf_id = s.aaf_id and (o.outcome = 'changed' or (o.outcome = 'unchanged' and o.is_otherwise))
   and (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, s.aaf_id);

-- :query import_apply_known_accounts
-- Persons known before who have an account from now on.
-- :role import
-- :plain
update preau.person k
   set account_academy = a.account_academy, account_id = a.account_id
  from pg_temp.import_settled a, pg_temp.import_now now
 where (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, a.aaf_id) and k.account_id is null;

-- :query import_apply_departed
-- Those who left keep what they had (guide 1.1), until retention lets it go.
-- :role import
-- :plain
with departed as (
    update preau.person k
       set departed_at = now()
      from pg_temp.import_absent a, pg_temp.import_now now
     where (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, a.aaf_id) and k.departed_at is null
    returning k.profile
)
insert into pg_temp.import_counter
select case profile when 'eleve' then 'Eleve' else 'PersRelEleve' end, 'departed', count(*) from departed group by profile;

-- :query import_apply_unsettled
-- The others with whom something is wrong that only the whole could tell: their own records did not change.
-- :role import
-- :plain
update preau.person k
   set unsettled = true
  from pg_temp.import_unsettled t, pg_temp.import_now now
 where (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, t.aaf_id) and k.profile = t.profile
   and not k.unsettled;

-- :query import_apply_link_changes
-- Guardians whose links changed.
-- :role import
-- :plain
create temporary table import_relinked (guardian_id bigint not null);

-- :query import_apply_moved
-- Pupils who did not change go along with their structure, and nobody else who is at the same UAI.
-- :role import
-- :plain
with there as (
    delete from preau.enrolment e
     using pg_temp.import_moved m, pg_temp.import_now now
     where (e.academy, e.uai) = (now.academy, m.from_uai) and e.degree = now.degree and e.structure = m.structure
       and exists (select from preau.enrolment o
                    where (o.academy, o.degree, o.pupil_id, o.uai) = (e.academy, e.degree, e.pupil_id, m.to_uai))
)
update preau.enrolment e
   set uai = m.to_uai
  from pg_temp.import_moved m, pg_temp.import_now now
 where (e.academy, e.uai) = (now.academy, m.from_uai) and e.degree = now.degree and e.structure = m.structure
   and not exists (select from pg_temp.import_pupil s where s.aaf_id = e.pupil_id)
   and not exists (select from preau.enrolment o
                    where (o.academy, o.degree, o.pupil_id, o.uai) = (e.academy, e.degree, e.pupil_id, m.to_uai));

-- :query import_apply_enrolments
-- Where the pupils who were looked at go to school. Those who left, and those refused today, keep what they had.
-- :role import
-- :plain
with wanted as (
    select now.academy, now.degree, p.aaf_id, s.uai, p.structure, p.class, p.niveau
      from pg_temp.import_pupil p
      join pg_temp.import_place s on s.structure = p.structure
     cross join pg_temp.import_now now
), gone as (
    delete from preau.enrolment e
     using wanted w
     where (e.academy, e.degree, e.pupil_id) = (w.academy, w.degree, w.aaf_id) and e.uai <> w.uai
), difference as materialized (
    select w.*
      from wanted w
      left join preau.enrolment e
        on (e.academy, e.degree, e.pupil_id, e.uai) = (w.academy, w.degree, w.aaf_id, w.uai)
     where e.pupil_id is null or (e.structure, e.class, e.niveau) <> (w.structure, w.class, w.niveau)
), changed as (
    update pg_temp.import_outcome o set outcome = 'changed'
      from difference d
     where o.aaf_id = d.aaf_id and o.outcome = 'unchanged'
)
insert into preau.enrolment (academy, degree, pupil_id, uai, structure, class, niveau)
select academy, degree, aaf_id, uai, structure, class, niveau from difference
on conflict (academy, degree, pupil_id, uai) do update
   set structure = excluded.structure, class = excluded.class, niveau = excluded.niveau;

-- :query import_apply_guardianships
-- Who is whose legal guardian, for the pupils who were looked at; and links to guardians who left.
-- :role import
-- :plain
with gone as (
    delete from preau.guardianship k
     using pg_temp.import_pupil p, pg_temp.import_now now
     where (k.academy, k.degree, k.pupil_id) = (now.academy, now.degree, p.aaf_id)
       and not exists (select from pg_temp.import_link l
                        where l.pupil_id = k.pupil_id and l.guardian_id = k.guardian_id)
    returning k.pupil_id, k.guardian_id
), unlinked as (
    delete from preau.guardianship k
     using pg_temp.import_unlinked u, pg_temp.import_now now
     where (k.academy, k.degree, k.pupil_id, k.guardian_id) = (now.academy, now.degree, u.pupil_id, u.guardian_id)
), difference as materialized (
    select now.academy, now.degree, l.pupil_id, l.guardian_id, l.lien
      from pg_temp.import_link l
     cross join pg_temp.import_now now
      left join preau.guardianship k
        on (k.academy, k.degree, k.pupil_id, k.guardian_id) = (now.academy, now.degree, l.pupil_id, l.guardian_id)
     where k.pupil_id is null or k.lien <> l.lien
), changed as (
    update pg_temp.import_outcome o set outcome = 'changed'
      from (select pupil_id from gone union select pupil_id from difference) d
     where o.aaf_id = d.pupil_id and o.outcome = 'unchanged'
), relinked as (
    insert into pg_temp.import_relinked
    select guardian_id from gone
    union
    select d.guardian_id
      from difference d
     where not exists (select from pg_temp.import_outcome o where o.aaf_id = d.guardian_id and o.outcome = 'added')
)
insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien)
select academy, degree, pupil_id, guardian_id, lien from difference
on conflict (academy, degree, pupil_id, guardian_id) do update set lien = excluded.lien;

-- :query import_apply_relinked_analyze
-- The same of guardians whose links changed.
-- :role import
-- :plain
analyze pg_temp.import_relinked;

-- :query import_apply_match_lock
-- One run at a time looks for others' records of the same person, until it commits: the later one then sees them.
-- :role import
-- :plain
select pg_advisory_xact_lock(1347568983);

-- :query import_apply_touched_accounts
-- The accounts whose attachment may be another one now.
-- :role import
-- :plain
insert into pg_temp.import_touched_account (academy, id)
with record as (
    select aaf_id from pg_temp.import_absent
    union
    select aaf_id from pg_temp.import_outcome where is_back
    union
    select guardian_id from pg_temp.import_relinked
    union
    select u.guardian_id from pg_temp.import_unlinked u
    union
    select s.aaf_id from pg_temp.import_settled s
     where s.evidence is not null and not exists (select from pg_temp.import_account a where a.id = s.account_id)
    union
    select k.guardian_id
      from pg_temp.import_now now
      join (select aaf_id from pg_temp.import_absent where profile = 'eleve'
            union select aaf_id from pg_temp.import_outcome where is_back and profile = 'eleve') p on true
      join preau.guardianship k on (k.academy, k.degree, k.pupil_id) = (now.academy, now.degree, p.aaf_id)
)
select k.account_academy as academy, k.account_id as id
  from record r
 cross join pg_temp.import_now now
  join preau.person k on (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, r.aaf_id)
 where k.account_id is not null;

-- :query import_apply_match
-- Records that turn out to be of one person who has two accounts: if one of these was never handed out, its record goes
-- over to the other. Both in use stay apart until the person proves it. An account that was opened again is looked at for
-- all that became the same while it was closed.
-- :role import
-- :plain
create temporary table import_merging as
with looked as (
    select aaf_id from pg_temp.import_outcome where outcome <> 'unchanged' or is_otherwise
    union
    select aaf_id from pg_temp.import_settled
    union
    select k.aaf_id
      from pg_temp.import_touched_account t
     cross join pg_temp.import_now now
      join preau.person k on (k.account_academy, k.account_id) = (t.academy, t.id)
     where t.is_reopened and k.academy = now.academy and k.degree = now.degree and k.departed_at is null
), record as (
    select k.*
      from looked t
     cross join pg_temp.import_now now
      join preau.person k on (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, t.aaf_id)
     where k.account_id is not null
       and not exists (select from preau.account_merge m
                        where (m.academy, m.degree, m.aaf_id) = (k.academy, k.degree, k.aaf_id) and m.undone_at is not null)
), same as (
    select k.academy, k.degree, k.aaf_id, k.account_academy, k.account_id, 'same_contact' as evidence,
           o.academy as other_academy, o.degree as other_degree, o.aaf_id as other_aaf_id,
           o.account_academy as other_account_academy, o.account_id as other_account_id
      from record k
      join preau.person o on o.match_key = k.match_key
     where k.profile = 'responsable' and o.profile = 'responsable'
    union all
    select k.academy, k.degree, k.aaf_id, k.account_academy, k.account_id, 'same_ine',
           o.academy, o.degree, o.aaf_id, o.account_academy, o.account_id
      from record k
      join preau.person o on o.ine = k.ine
     where k.profile = 'eleve' and o.profile = 'eleve' and o.birth_date = k.birth_date
), ranked as (
    select p.*, a.state, b.state as other_state
      from same p
      join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id)
      join preau.account b on (b.academy, b.id) = (p.other_account_academy, p.other_account_id)
     where (p.account_academy, p.account_id) <> (p.other_account_academy, p.other_account_id)
       and a.closed_at is null and b.closed_at is null
       and not exists (select from preau.account_merge m
                        where (m.academy, m.degree, m.aaf_id) = (p.other_academy, p.other_degree, p.other_aaf_id)
                          and m.undone_at is not null)
)
select distinct on (academy, degree, aaf_id) *
  from (select academy, degree, aaf_id, evidence, account_academy as from_academy, account_id as from_account,
               other_account_academy as into_academy, other_account_id as into_account,
               other_state <> 'non_distribue' as is_handed_out
          from ranked
         where state = 'non_distribue'
           and (other_state <> 'non_distribue' or (account_academy, account_id) > (other_account_academy, other_account_id))
        union all
        select other_academy, other_degree, other_aaf_id, evidence, other_account_academy, other_account_id, account_academy,
               account_id, state <> 'non_distribue'
          from ranked
         where other_state = 'non_distribue'
           and (state <> 'non_distribue' or (other_account_academy, other_account_id) > (account_academy, account_id))) m
 order by academy, degree, aaf_id, is_handed_out desc, into_academy, into_account;

-- :query import_apply_merge
-- The same, done.
-- :role import
-- :plain
with moved as (
    update preau.person k
       set account_academy = m.into_academy, account_id = m.into_account
      from pg_temp.import_merging m
     where (k.academy, k.degree, k.aaf_id) = (m.academy, m.degree, m.aaf_id)
       and (k.account_academy, k.account_id) = (m.from_academy, m.from_account)
    returning k.academy, k.degree, k.aaf_id, m.from_academy, m.from_account, m.into_academy, m.into_account,
              m.evidence
), remembered as (
    insert into preau.account_merge (academy, degree, aaf_id, from_academy, from_account, into_academy, into_account, evidence, run_id)
    select v.*, now.run from moved v, pg_temp.import_now now
)
insert into pg_temp.import_counter
select case evidence when 'same_ine' then 'Eleve' else 'PersRelEleve' end, 'merged', count(*) from moved group by evidence;

-- :query import_apply_merged_accounts
-- Then those that a record left or came to, alone: the others were looked at.
-- :role import
-- :plain
with before as (
    delete from pg_temp.import_touched_account
)
insert into pg_temp.import_touched_account (academy, id)
select from_academy, from_account from pg_temp.import_merging
union
select into_academy, into_account from pg_temp.import_merging;

-- :query import_apply_counters
-- What became of the persons who were looked at.
-- :role import
-- :plain
insert into pg_temp.import_counter
select case profile when 'eleve' then 'Eleve' else 'PersRelEleve' end, outcome, count(*)
  from pg_temp.import_outcome group by profile, outcome;

-- :query import_apply_school_counters
-- The same by school: pupils where they are, or at the structure that they name, also one that is nowhere any more;
-- guardians who are refused at the schools of their children as the store knows them. The others: import_guardians.sql.
-- :role import
-- :plain
insert into pg_temp.import_uai_counter (uai, category, what, count)
select coalesce(p.uai, k.uai), 'Eleve', c.what, sum(c.count)
  from pg_temp.import_structure_counter c
 cross join pg_temp.import_now now
  left join pg_temp.import_place p on p.structure = c.structure
  left join preau.structure k on (k.academy, k.degree, k.number) = (now.academy, now.degree, c.structure)
 where p.uai is not null or k.uai is not null
 group by coalesce(p.uai, k.uai), c.what
union all
select e.uai, 'Eleve', o.outcome, count(*)
  from pg_temp.import_outcome o
 cross join pg_temp.import_now now
  join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (now.academy, now.degree, o.aaf_id)
 where o.profile = 'eleve'
 group by e.uai, o.outcome
union all
select e.uai, 'Eleve', 'departed', count(*)
  from pg_temp.import_absent a
 cross join pg_temp.import_now now
  join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (now.academy, now.degree, a.aaf_id)
 where a.profile = 'eleve'
 group by e.uai
union all
select e.uai, 'PersRelEleve', 'refused', count(distinct o.aaf_id)
  from (select aaf_id from pg_temp.import_refused where category = 'PersRelEleve'
        union all select aaf_id from pg_temp.import_again where profile = 'responsable') o
 cross join pg_temp.import_now now
  join preau.guardianship k on (k.academy, k.degree, k.guardian_id) = (now.academy, now.degree, o.aaf_id)
  join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (k.academy, k.degree, k.pupil_id)
 group by e.uai;

-- :query import_apply_tell_planner
-- Others plan their reads by what is there now.
-- :role import
-- :plain
select preau.tell_planner();

-- :query import_report_counters_out
-- The figures, to be kept over a rollback.
-- :role import
-- :plain
copy (select category, what, sum(count) from pg_temp.import_counter group by category, what) to stdout;

-- :query import_report_counters_clear
-- The figures as they were before the rollback take their place.
-- :role import
-- :plain
truncate pg_temp.import_counter;

-- :query import_report_uai_counters_out
-- The same by school.
-- :role import
-- :plain
copy (select uai, category, what, sum(count) from pg_temp.import_uai_counter group by uai, category, what) to stdout;

-- :query import_copy_uai_counters
-- Fills import_uai_counter.
-- :role import
-- :plain
copy pg_temp.import_uai_counter from stdin;

-- :query import_report_conflicts_out
-- What giving accounts found wrong, to be kept over a rollback.
-- :role import
-- :plain
copy (select file, line, category, aaf_id, attribute, code from pg_temp.import_problem where code = 'ine_conflict') to stdout;

-- :query import_copy_conflicts
-- Brings it back.
-- :role import
-- :plain
copy pg_temp.import_problem (file, line, category, aaf_id, attribute, code) from stdin;

-- :query import_report_problems
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

-- :query import_report_schools
-- The figures by school.
-- :role import
-- :plain
insert into preau.import_school_counter (run_id, uai, category, what, count)
select now.run, c.uai, c.category, c.what, sum(c.count)
  from pg_temp.import_uai_counter c, pg_temp.import_now now
 group by now.run, c.uai, c.category, c.what
having sum(c.count) > 0;

-- :query import_report_end
-- The run is over, with its figures.
-- :role import
-- $1 state text
-- $2 refusal text
-- $3 explanation text
-- $4 run bigint
-- $5 degree smallint
-- $6 kind text
-- $7 generated_on date
-- $8 records bigint
-- $9 counters jsonb
update preau.import_run r
   set state = $1, refusal = nullif($2, ''), explanation = nullif($3, ''), finished_at = clock_timestamp(),
       degree = $5, kind = $6, generated_on = $7, records = $8, counters = $9,
       previous_id = (select max(b.id) from preau.import_run b
                       where b.academy = r.academy and b.degree = $5 and b.state = 'applied' and b.id < r.id)
 where r.id = $4 and r.state = 'running';

-- :query import_report_counters
-- The figures of the run, as it keeps them.
-- :role import
-- :plain
copy (
    select coalesce(jsonb_object_agg(category, figures), '{}')
      from (select category, jsonb_object_agg(what, count) as figures
              from (select category, what, sum(count)::bigint as count
                      from pg_temp.import_counter group by category, what having sum(count) > 0) s
             group by category) c
) to stdout;
