-- The audit trail (preau.audit): what is written of itself, what is read of it, what checks it. Deeds write theirs in their
-- own statement, by preau.audit_write.

-- :query audit_write
-- An entry of a deed that has no statement of its own. chain null: the administrator's academy. Numbers are told as such.
-- :role notify link import stats
-- :changes
-- $1 chain integer
-- $2 administrator bigint
-- $3 operator text
-- $4 action text
-- $5 uai text
-- $6 account_academy integer
-- $7 account bigint
-- $8 detail_keys text[]
-- $9 detail_values text[]
-- $10 trace text
select preau.audit_write($1, $2, $3, $4, $5, $6, $7,
                         (select coalesce(jsonb_object_agg(d.key, case when d.value ~ '^[0-9]{1,15}$' then to_jsonb(d.value::bigint)
                                                                       else to_jsonb(d.value) end), '{}')
                            from unnest($8, $9) as d(key, value)), $10);

-- :query audit_page
-- Entries, newest first, those after $11 to $13 in that order, that the reader may read and that fit what is asked; "" and 0
-- do not narrow. Reader 0: the operator, who reads all. With names as they are today, where they still are.
-- Each chain, or school of it, gives its newest by the index that fits best; the newest of these are the answer. The two
-- bounds of time are written apart: of a pair the planner, which does not know the days, expects next to nothing, and sorts.
-- :role portal ctl
-- $1 reader bigint
-- $2 academy integer
-- $3 uai text
-- $4 actor text
-- $5 action text
-- $6 login text
-- $7 account_academy smallint
-- $8 account bigint
-- $9 since timestamptz
-- $10 until timestamptz
-- $11 before_at timestamptz
-- $12 before_chain smallint
-- $13 before_number bigint
-- $14 limit bigint
with wide as (
    select r.academy as chain, r.uai from preau.audit_reader r where r.administrator_id = $1 and r.academy is not null
     union
    select h.chain, null
      from preau.audit_head h
     where $1 = 0 or exists (select from preau.audit_reader r where r.administrator_id = $1 and r.academy is null)
), unit as (
    select distinct w.chain, coalesce(nullif($3, ''), w.uai) as uai
      from wide w
     where ($2 = 0 or w.chain = $2) and ($3 = '' or w.uai is null or w.uai = $3)
       and not (w.uai is not null and exists (select from wide o where o.chain = w.chain and o.uai is null))
), one as (
    select a.academy, a.id from preau.account a where $6 <> '' and a.login = $6
     union all
    select $7, $8 where $6 = '' and $8 <> 0::bigint
), asked as materialized (
    select $6 <> '' or $8 <> 0::bigint as by_account, (select academy from one) as academy, (select id from one) as id,
           coalesce($9, '-infinity'::timestamptz) as since,
           least($10, $11, 'infinity'::timestamptz) as until, coalesce($11, 'infinity'::timestamptz) as before
), newest as (
    select e.*
      from asked k
     cross join unit u
     cross join lateral (
            (select e.* from preau.audit e
              where k.by_account and e.chain = u.chain and (e.account_academy, e.account_id) = (k.academy, k.id)
                and (u.uai is null or e.uai = u.uai) and ($4 = '' or e.actor = $4) and ($5 = '' or e.action = $5)
                and e.at <= k.until and (e.at, e.number) >= (k.since, 0)
                and (e.at < k.before or e.chain > $12 or (e.chain = $12 and e.number < $13))
              order by e.at desc, e.number desc limit $14)
             union all
            (select e.* from preau.audit e
              where not k.by_account and u.uai is not null and e.chain = u.chain and e.uai = u.uai
                and ($4 = '' or e.actor = $4) and ($5 = '' or e.action = $5)
                and e.at <= k.until and (e.at, e.number) >= (k.since, 0)
                and (e.at < k.before or e.chain > $12 or (e.chain = $12 and e.number < $13))
              order by e.at desc, e.number desc limit $14)
             union all
            (select e.* from preau.audit e
              where not k.by_account and u.uai is null and $4 <> '' and e.chain = u.chain and e.actor = $4
                and ($5 = '' or e.action = $5)
                and e.at <= k.until and (e.at, e.number) >= (k.since, 0)
                and (e.at < k.before or e.chain > $12 or (e.chain = $12 and e.number < $13))
              order by e.at desc, e.number desc limit $14)
             union all
            (select e.* from preau.audit e
              where not k.by_account and u.uai is null and $4 = '' and $5 <> '' and e.chain = u.chain and e.action = $5
                and e.at <= k.until and (e.at, e.number) >= (k.since, 0)
                and (e.at < k.before or e.chain > $12 or (e.chain = $12 and e.number < $13))
              order by e.at desc, e.number desc limit $14)
             union all
            (select e.* from preau.audit e
              where not k.by_account and u.uai is null and $4 = '' and $5 = '' and e.chain = u.chain
                and e.at <= k.until and (e.at, e.number) >= (k.since, 0)
                and (e.at < k.before or e.chain > $12 or (e.chain = $12 and e.number < $13))
              order by e.at desc, e.number desc limit $14)) e
     order by e.at desc, e.chain, e.number desc
     limit $14
)
select n.chain, n.number, n.at, n.administrator_id, n.actor, coalesce(ad.name, '') as name, n.action, n.uai,
       coalesce(s.name, '') as school, n.account_academy, n.account_id, coalesce(a.login, '') as login, n.detail, n.trace,
       (select string_agg(d.key || E'\t' || d.value, E'\n') from json_each_text(n.detail) d) as lines
  from newest n
  left join preau.administrator ad on ad.id = n.administrator_id
  left join preau.school s on (s.academy, s.uai) = (n.chain, n.uai)
  left join preau.account a on (a.academy, a.id) = (n.account_academy, n.account_id)
 order by n.at desc, n.chain, n.number desc;

-- :query audit_heads
-- The last entry of each chain.
-- :role link
select chain, number, encode(hash, 'hex') as hash from preau.audit_head order by chain;

-- :query audit_chains
-- The chains that there are, by their entries or by their heads.
-- :role ctl
select c.chain
  from (select 0 as chain union select code from preau.academy union select chain from preau.audit_head) c
 where exists (select from preau.audit e where e.chain = c.chain)
    or exists (select from preau.audit_head h where h.chain = c.chain)
 order by c.chain;

-- :query audit_links
-- The entries of a chain that follow a number, in order, as they are hashed, each with the head as it is at that moment; one
-- row with the head alone when there are none. number null: no entry; head_number null: no head.
-- :role ctl
-- $1 chain integer
-- $2 after bigint
-- $3 limit bigint
select h.number as head_number, case when isfinite(h.at) then (extract(epoch from h.at) * 1000000)::bigint end as head_at,
       encode(h.hash, 'hex') as head_hash, e.chain, e.number,
       case when isfinite(e.at) then (extract(epoch from e.at) * 1000000)::bigint end as microseconds, e.administrator_id, e.actor, e.action, e.uai,
       e.account_academy, e.account_id, e.detail, e.trace, encode(e.previous, 'hex') as previous, encode(e.hash, 'hex') as hash
  from (select $1::integer as chain) c
  left join preau.audit_head h on h.chain = c.chain
  left join lateral (
        select * from preau.audit e where e.chain = c.chain and e.number > $2 order by e.number limit $3) e on true
 order by e.number;
