-- Whom AAF names head of a school (the import writes it), and whose account follows that (administrator_aaf).

-- :query aaf_head_find
-- Whom an academy's number names, and whose account follows already; no row: nobody who heads anything. Staff of both degrees
-- have two records, which say the same of the person.
-- :role link
-- $1 academy smallint
-- $2 aaf_id bigint
select h.prenom || ' ' || h.nom as name, coalesce(h.mail, '') as mail,
       coalesce((select f.administrator_id from preau.administrator_aaf f
                  where (f.academy, f.aaf_id) = (h.academy, h.aaf_id)), 0) as follower
  from preau.aaf_head h
 where h.academy = $1 and h.aaf_id = $2
 order by h.degree
 limit 1;

-- :query aaf_head_follow
-- An account follows a person, in the place of any other; its scopes follow at once (the trigger aaf_bound). With the entry
-- of the audit trail.
-- :role link
-- $1 id bigint
-- $2 academy smallint
-- $3 aaf_id bigint
-- $4 audited text
-- $5 trace text
-- $6 by text
with followed as (
    insert into preau.administrator_aaf as f (administrator_id, academy, aaf_id) values ($1, $2, $3)
    on conflict (administrator_id) do update
       set academy = excluded.academy, aaf_id = excluded.aaf_id, bound_at = now()
     where (f.academy, f.aaf_id) <> (excluded.academy, excluded.aaf_id)
    returning administrator_id
)
select 1 as changed,
       preau.audit_write($2, 0, $6, $4, null, null, null,
                         jsonb_build_object('administrator', administrator_id, 'aaf', concat($2, ':', $3)), $5) as audited
  from followed;

-- :query aaf_head_unfollow
-- It follows nobody any more, and what it gave to others of a school that it has no more ends, for good; never the last of
-- what it has (changed is then -1, and nothing was done).
-- :role link
-- $1 id bigint
-- $2 audited text
-- $3 trace text
-- $4 by text
with own as (
    select sc.academy, sc.uai
      from preau.administrator_scope sc
     where sc.administrator_id = $1 and sc.giver_id is null and not sc.by_aaf
), unfollowed as (
    delete from preau.administrator_aaf f
     where f.administrator_id = $1 and exists (select from own)
    returning f.administrator_id, f.academy, f.aaf_id
), taken_back as (
    delete from preau.administrator_scope g
     where g.giver_id = $1 and exists (select from unfollowed)
       and not exists (select from own
                        where own.academy is null
                           or (own.academy = g.academy and (own.uai is null or own.uai = g.uai)))
)
select 1 as changed,
       preau.audit_write(academy, 0, $4, $2, null, null, null,
                         jsonb_build_object('administrator', administrator_id, 'aaf', concat(academy, ':', aaf_id)), $3)::text
           as audited
  from unfollowed
 union all
select -1, null
 where exists (select from preau.administrator_aaf f where f.administrator_id = $1) and not exists (select from own);

-- :query aaf_head_unaccounted
-- Whom AAF names head of a school that is here and who has no account that follows, by academy (0: all) and name.
-- :role ctl
-- :scans
-- $1 academy integer
select h.academy, h.aaf_id, min(h.prenom || ' ' || h.nom) as name, coalesce(min(h.mail), '') as mail,
       string_agg(distinct s.uai, ' ' order by s.uai) as uais
  from preau.aaf_head h
 cross join lateral unnest(h.functions || h.directs) n(number)
  join preau.structure k on (k.academy, k.degree, k.number) = (h.academy, h.degree, n.number) and k.departed_at is null
  join preau.school s on (s.academy, s.uai) = (k.academy, k.uai) and s.departed_at is null
 where ($1 = 0 or h.academy = $1)
   and not exists (select from preau.administrator_aaf f where (f.academy, f.aaf_id) = (h.academy, h.aaf_id))
 group by h.academy, h.aaf_id
 order by h.academy, min(h.nom collate "C"), name, h.aaf_id;
