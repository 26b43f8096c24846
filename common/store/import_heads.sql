-- Whom a delivery names head of a structure. Staged are the records that name one, and of a set that may be a delta those of
-- all other staff too, who may have been heads. The statements follow one another in this order (import_apply.c): those that
-- only read the house, the figures by which a delivery is judged, and what is written.

-- :query import_stage_heads
-- Staff as read: null is what a modification leaves as it is; no structures: whoever it is, heads none.
-- :role import
-- :plain
create temporary table import_head (
    n bigint not null, file integer not null, line bigint not null, aaf_id bigint not null, nom text, prenom text,
    mail text, leaves_mail boolean not null, functions bigint[], directs bigint[], is_partial boolean not null
);

-- :query import_copy_heads
-- Fills import_head.
-- :role import
-- :plain
copy pg_temp.import_head from stdin;

-- :query import_heads_analyze
-- So that the planner knows how many there are.
-- :role import
-- :plain
analyze pg_temp.import_head (n, aaf_id, is_partial);

-- :query import_heads_again
-- As of other persons (import_prepare_modify_again): a modification that does not list all, after another request.
-- :role import
-- :plain
with again as (
    delete from pg_temp.import_head h
     using pg_temp.import_now now
     where now.kind = 'delta' and h.is_partial
       and exists (select from pg_temp.import_head b where b.aaf_id = h.aaf_id and b.n < h.n)
    returning h.file, h.line, h.aaf_id
), counted as (
    insert into pg_temp.import_counter select 'PersEducNat', 'refused', count(*) from again
)
insert into pg_temp.import_problem (file, line, category, aaf_id, code)
select file, line, 'PersEducNat', aaf_id::text, 'modify_again' from again;

-- :query import_heads_last
-- In a delta the last request for a person counts. In a complete set there is one for each school of some exports, and a
-- person heads what all of them name.
-- :role import
-- :plain
with last as (
    select h.aaf_id, max(h.n) as n
      from pg_temp.import_head h, pg_temp.import_now now
     where now.kind = 'delta'
     group by h.aaf_id
    having count(*) > 1
), gone as (
    delete from pg_temp.import_head h using last l where h.aaf_id = l.aaf_id and h.n < l.n returning h.aaf_id
)
insert into pg_temp.import_counter select 'PersEducNat', 'ignored', count(*) from gone;

-- :query import_heads_unknown
-- A modification that makes a head of somebody unknown must say who it is.
-- :role import
-- :plain
with unknown as (
    delete from pg_temp.import_head h
     using pg_temp.import_now now
     where (h.nom is null or h.prenom is null)
       and coalesce(cardinality(h.functions), 0) + coalesce(cardinality(h.directs), 0) > 0
       and not exists (select from preau.aaf_head k
                        where (k.academy, k.aaf_id, k.degree) = (now.academy, h.aaf_id, now.degree))
    returning h.file, h.line, h.aaf_id
), counted as (
    insert into pg_temp.import_counter select 'PersEducNat', 'refused', count(*) from unknown
)
insert into pg_temp.import_problem (file, line, category, aaf_id, code)
select file, line, 'PersEducNat', aaf_id::text, 'modify_unknown' from unknown;

-- :query import_heads_wanted
-- What the delivery makes of each of them: one row a person, structures in order, each once.
-- :role import
-- :plain
create temporary table import_head_wanted as
with staged as (
    select h.n, h.file, h.line, h.aaf_id, coalesce(h.nom, k.nom, '') as nom, coalesce(h.prenom, k.prenom, '') as prenom,
           case when h.leaves_mail then k.mail else h.mail end as mail,
           coalesce(h.functions, k.functions, '{}') as functions, coalesce(h.directs, k.directs, '{}') as directs
      from pg_temp.import_head h
     cross join pg_temp.import_now now
      left join preau.aaf_head k on (k.academy, k.aaf_id, k.degree) = (now.academy, h.aaf_id, now.degree)
), headed as (
    select aaf_id, true as is_function, unnest(functions) as structure from staged
    union
    select aaf_id, false, unnest(directs) from staged
), gathered as (
    select aaf_id, coalesce(array_agg(structure order by structure) filter (where is_function), '{}') as functions,
           coalesce(array_agg(structure order by structure) filter (where not is_function), '{}') as directs
      from headed
     group by aaf_id
)
select distinct on (s.aaf_id) s.file, s.line, s.aaf_id, s.nom, s.prenom, s.mail,
       coalesce(g.functions, '{}') as functions, coalesce(g.directs, '{}') as directs
  from staged s
  left join gathered g on g.aaf_id = s.aaf_id
 order by s.aaf_id, s.nom, s.prenom, s.mail, s.n;

-- :query import_heads_gone
-- Who heads nothing any more: in a delta who is named as such; in a complete set who is not named, unless the record is
-- refused, or the set says nothing of any staff.
-- :role import
-- :plain
create temporary table import_head_gone as
select k.aaf_id
  from preau.aaf_head k, pg_temp.import_now now
 where k.academy = now.academy and k.degree = now.degree
   and case when now.kind = 'delta'
       then exists (select from pg_temp.import_head_wanted w
                     where w.aaf_id = k.aaf_id and cardinality(w.functions) + cardinality(w.directs) = 0)
       else exists (select from pg_temp.import_counter c
                     where c.category = 'PersEducNat' and c.what = 'read' and c.count > 0)
            and not exists (select from pg_temp.import_head_wanted w
                             where w.aaf_id = k.aaf_id and cardinality(w.functions) + cardinality(w.directs) > 0)
            and k.aaf_id not in (select f.aaf_id from pg_temp.import_refused f where f.category = 'PersEducNat') end;

-- :query import_heads_kept
-- A complete set without any staff leaves the heads as they are, which is told where there are some.
-- :role import
-- :plain
insert into pg_temp.import_problem (file, line, category, code)
select 0, 0, 'PersEducNat', 'heads_kept'
  from pg_temp.import_now now
 where now.kind = 'complete'
   and not exists (select from pg_temp.import_counter c
                    where c.category = 'PersEducNat' and c.what = 'read' and c.count > 0)
   and exists (select from preau.aaf_head k where k.academy = now.academy and k.degree = now.degree);

-- :query import_heads_of_nothing
-- Structures headed that are nowhere are told.
-- :role import
-- :plain
with missing as (
    select w.file, w.line, w.aaf_id, n.attribute, n.structure
      from pg_temp.import_head_wanted w
     cross join lateral (select 'ENTPersonFonctions' as attribute, unnest(w.functions) as structure
                         union all
                         select 'ENTEnsFonctionDir', unnest(w.directs)) n
     where not exists (select from pg_temp.import_place p where p.structure = n.structure)
), counted as (
    insert into pg_temp.import_counter select 'PersEducNat', 'reported', count(*) from missing
)
insert into pg_temp.import_problem (file, line, category, aaf_id, attribute, code, value)
select file, line, 'PersEducNat', aaf_id::text, attribute, 'headed_unknown', structure::text from missing;

-- :query import_heads_figures
-- How many structures have a head, and how many of them would have none. People leave their posts, posts do not stay empty.
-- :role import
-- :plain
copy (
    with before as (
        select k.aaf_id, unnest(k.functions || k.directs) as structure
          from preau.aaf_head k, pg_temp.import_now now
         where k.academy = now.academy and k.degree = now.degree
    ), after as (
        select unnest(w.functions || w.directs) as structure from pg_temp.import_head_wanted w
        union
        select b.structure
          from before b
         where b.aaf_id not in (select g.aaf_id from pg_temp.import_head_gone g)
           and b.aaf_id not in (select w.aaf_id from pg_temp.import_head_wanted w)
    )
    select 'headed', 'personnel', count(distinct structure) from before
    union all
    select 'headless', 'personnel', count(distinct structure) from before
     where structure not in (select structure from after)
) to stdout;

-- :query import_heads_apply
-- Heads, new, changed and gone.
-- :role import
-- :plain
with outcome as materialized (
    select w.*, now.academy, now.degree,
           case when cardinality(w.functions) + cardinality(w.directs) = 0
                then case when now.kind = 'delta' and k.aaf_id is not null then 'departed' else 'ignored' end
                when k.aaf_id is null then 'added'
                when (k.nom, k.prenom, k.mail, k.functions, k.directs)
                     is distinct from (w.nom, w.prenom, w.mail, w.functions, w.directs) then 'changed'
                else 'unchanged' end as what
      from pg_temp.import_head_wanted w
     cross join pg_temp.import_now now
      left join preau.aaf_head k on (k.academy, k.aaf_id, k.degree) = (now.academy, w.aaf_id, now.degree)
), gone as (
    delete from preau.aaf_head k
     using pg_temp.import_head_gone g, pg_temp.import_now now
     where (k.academy, k.aaf_id, k.degree) = (now.academy, g.aaf_id, now.degree)
    returning now.kind
), written as (
    insert into preau.aaf_head (academy, aaf_id, degree, nom, prenom, mail, functions, directs)
    select academy, aaf_id, degree, nom, prenom, mail, functions, directs from outcome where what in ('added', 'changed')
    on conflict (academy, aaf_id, degree) do update
       set nom = excluded.nom, prenom = excluded.prenom, mail = excluded.mail, functions = excluded.functions,
           directs = excluded.directs, changed_at = now()
)
insert into pg_temp.import_counter
select 'PersEducNat', what, count(*) from outcome group by what
union all
select 'PersEducNat', 'departed', count(*) from gone where kind = 'complete'
union all
select 'PersEducNat', 'ignored', (select count(*) from pg_temp.import_head) - (select count(*) from outcome);

-- :query import_heads_settle
-- The accounts that follow them: last of all, once structures and schools are what they will be, since what it locks is held
-- until the end.
-- :role import
-- :plain
select preau.aaf_settle(now.academy) from pg_temp.import_now now;
