-- The transition from an ENT or ATEN: what linkd keeps of it, and who an AAF key is.

-- :query ent_answer_take
-- An answer that must not come twice. No row: it came before.
-- :role link
-- $1 digest bytea
-- $2 expires_at timestamptz
insert into preau.ent_answer (digest, expires_at) values ($1, $2) on conflict do nothing returning 1 as is_first;

-- :query ent_find
-- The account of an AAF key of the second degree of an academy, when it is of that academy alone: of one that has another academy's record
-- too, or is kept there, this academy's peer answers for a part only. in_first_degree: the key is one of the first degree alone.
-- :role link
-- $1 academy smallint
-- $2 aaf_id bigint
select p.account_academy as academy, coalesce(case when p.account_academy = $1
           and not exists (select from preau.person o
                            where (o.account_academy, o.account_id) = (p.account_academy, p.account_id)
                              and o.academy <> $1 and o.departed_at is null) then p.account_id end, 0) as account_id,
       p.aaf_id is null and exists (select from preau.person f
                                     where f.academy = $1 and f.degree = 1 and f.aaf_id = $2 and f.departed_at is null) as in_first_degree
  from (select 1) one
  left join preau.person p on p.academy = $1 and p.degree = 2 and p.aaf_id = $2 and p.departed_at is null;

-- :query ent_opening_begin
-- Who a peer vouched for may choose a password.
-- :role link
-- $1 browser bytea
-- $2 peer text
-- $3 academy smallint
-- $4 account_id bigint
-- $5 lifetime interval
insert into preau.ent_opening (browser, peer, academy, account_id, expires_at) values ($1, $2, $3, $4, now() + $5) returning id;

-- :query ent_opening_load
-- The same, for the browser that it was begun by. No row: there is none, or it is over.
-- :role link
-- $1 id bigint
-- $2 browser bytea
select peer, academy, account_id, vouched_at from preau.ent_opening where id = $1 and browser = $2 and expires_at > now();

-- :query ent_erase_old
-- What is over.
-- :role link
with openings as (
    delete from preau.ent_opening where expires_at <= now()
)
delete from preau.ent_answer where expires_at <= now();
