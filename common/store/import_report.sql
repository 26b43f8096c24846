-- What a run tells besides itself: what it refused, how often each code was told, its figures by school.

-- :query import_refusal_list
-- What a run refused, or what it told of one code, in the order of the files; '' every code.
-- :role import
-- $1 run bigint
-- $2 code text
-- $3 offset bigint
-- $4 limit bigint
select f.file, f.line, f.category, f.aaf_id, f.attribute, f.code, f.value
  from preau.import_refusal f
 where f.run_id = $1 and $2 in ('', f.code)
 order by f.sequence
offset $3
 limit $4;

-- :query import_code_list
-- How often a run told each code, the most frequent first.
-- :role import
-- $1 run bigint
select f.code, count(*) as count
  from preau.import_refusal f
 where f.run_id = $1
 group by f.code
 order by count(*) desc, f.code;

-- :query import_school_counter_list
-- The figures of a run by school, with the name of those that the house knows.
-- :role import
-- $1 run bigint
-- $2 limit bigint
select c.uai, s.name, c.category, c.what, c.count
  from preau.import_school_counter c
  join preau.import_run r on r.id = c.run_id
  left join preau.school s on (s.academy, s.uai) = (r.academy, c.uai)
 where c.run_id = $1
 order by c.uai, c.category, c.what
 limit $2;
