-- The accounts that an administrator ticked on a list, kept while going from page to page (table preau.list_selection).

-- :query list_selection_load
-- The accounts of one selection of a session, if it is of this school and profile.
-- :role portal
-- $1 digest bytea
-- $2 id bigint
-- $3 academy smallint
-- $4 uai text
-- $5 profile text
select given.academy, given.number
  from preau.list_selection s
 cross join lateral unnest(s.academies, s.numbers) with ordinality as given(academy, number, place)
 where s.digest = $1 and s.id = $2 and s.academy = $3 and s.uai = $4 and s.profile = $5::text::preau.profile
 order by given.place;

-- :query list_selection_store
-- Another content of a selection; one that is not there (any more) is begun, and of the session's others the newest $8 stay.
-- :role portal
-- $1 digest bytea
-- $2 id bigint
-- $3 academy smallint
-- $4 uai text
-- $5 profile text
-- $6 academies smallint[]
-- $7 numbers bigint[]
-- $8 others bigint
with changed as (
    update preau.list_selection set academies = $6, numbers = $7
     where digest = $1 and id = $2 and academy = $3 and uai = $4 and profile = $5::text::preau.profile
    returning id
), gone as (
    delete from preau.list_selection
     where digest = $1 and not exists (select from changed)
       and id not in (select id from preau.list_selection where digest = $1 order by id desc limit $8)
), begun as (
    insert into preau.list_selection (digest, academy, uai, profile, academies, numbers)
    select $1, $3, $4, $5::text::preau.profile, $6, $7 where not exists (select from changed)
    returning id
)
select id from changed union all select id from begun;

-- :query list_selection_end
-- Forgets a selection: what it was made for is done.
-- :role portal
-- $1 digest bytea
-- $2 id bigint
delete from preau.list_selection where digest = $1 and id = $2;
