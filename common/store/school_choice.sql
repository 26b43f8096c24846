-- The schools to choose from (guide 4.1): a handful of a head, sixty thousand of a national operator. Read only.

-- :query school_choice
-- A page of the schools that an administrator may administer and whose name, city or UAI have all the words of $2, by city,
-- with how many there are in all. A key holds nothing but letters, figures and spaces: nothing in it is a pattern.
-- :role portal
-- $1 administrator bigint
-- $2 words text
-- $3 limit bigint
-- $4 offset bigint
with mine as materialized (
    select distinct v.academy, v.uai from preau.administered_school v where v.administrator_id = $1
), found as materialized (
    select s.*
      from mine m
     cross join lateral ( -- one by one, by its key: a head's two schools are not looked for among all of the nation's
           select s.academy, s.uai, s.name, s.city, s.degree, s.search
             from preau.school s
            where (s.academy, s.uai) = (m.academy, m.uai) and s.departed_at is null
              and s.search like all (array(
                  select '%' || word || '%' from unnest(string_to_array(preau.search_key($2), ' ')) word))
           offset 0) s
)
select f.academy, f.uai, f.name, f.city, f.degree, (select count(*) from found) as total
  from found f
 order by f.search collate "C", f.uai
 limit $3 offset $4;
