-- Batches of notifications: how far each is.

-- :query batch_load
-- A batch of a school with its progress; no row when the administrator may not administer the school, or not all the
-- profiles that the batch is about.
-- :role notify
-- $1 administrator bigint
-- $2 academy smallint
-- $3 uai text
-- $4 batch bigint
select b.academy, b.id, b.uai, b.channel, b.reset, b.created_at, b.total, d.waiting, d.sent, d.failed, d.cancelled,
       d.leaving
  from preau.batch b
 cross join lateral (
        select count(*) filter (where state in ('waiting', 'taken')) as waiting,
               count(*) filter (where state = 'sent') as sent, count(*) filter (where state = 'failed') as failed,
               count(*) filter (where state = 'cancelled') as cancelled,
               count(*) filter (where state in ('waiting', 'taken') and unwanted) as leaving
          from preau.delivery d where d.batch_academy = b.academy and d.batch_id = b.id) d
 where b.academy = $2 and b.id = $4 and b.uai = $3
   and b.profiles <@ array(select v.profile from preau.administered_school v
                            where v.administrator_id = $1 and (v.academy, v.uai) = (b.academy, b.uai));

-- :query batch_list
-- The batches of a school with their progress, newest first, after one row that says whether the administrator may
-- administer the school; without those about a profile that is not the administrator's.
-- :role notify
-- $1 administrator bigint
-- $2 academy smallint
-- $3 uai text
-- $4 limit bigint
select b.academy, b.id, b.uai, b.channel, b.reset, b.created_at, b.total, d.waiting, d.sent, d.failed, d.cancelled,
       d.leaving
  from preau.school s
  left join lateral (
        select * from preau.batch b
         where b.academy = s.academy and b.uai = s.uai
           and b.profiles <@ array(select v.profile from preau.administered_school v
                                    where v.administrator_id = $1 and (v.academy, v.uai) = (s.academy, s.uai))
         order by b.created_at desc, b.id desc limit $4) b on true
 cross join lateral (
        select count(*) filter (where state in ('waiting', 'taken')) as waiting,
               count(*) filter (where state = 'sent') as sent, count(*) filter (where state = 'failed') as failed,
               count(*) filter (where state = 'cancelled') as cancelled,
               count(*) filter (where state in ('waiting', 'taken') and unwanted) as leaving
          from preau.delivery d where d.batch_academy = b.academy and d.batch_id = b.id) d
 where s.academy = $2 and s.uai = $3
   and exists (select from preau.administered_school v
                where v.administrator_id = $1 and (v.academy, v.uai) = (s.academy, s.uai))
 order by b.created_at desc, b.id desc;

-- :query batch_parts
-- The documents of a batch that can be fetched, by number. Numbers may be missing: a part that was not stored is made anew under
-- another, and each has its own end.
-- :role notify
-- $1 academy smallint
-- $2 batch bigint
select part from preau.document where academy = $1 and batch_id = $2 and expires_at > now() order by part;

-- :query batch_failures
-- What of a batch did not leave, with whose it is and why: what failed before what was cancelled.
-- :role notify
-- $1 academy smallint
-- $2 batch bigint
-- $3 limit bigint
select d.academy, d.account_id, d.reason, coalesce(p.nom, '') as nom, coalesce(p.prenom, '') as prenom
  from preau.delivery d
  left join lateral (
        select nom, prenom from preau.person p
         where p.account_academy = d.academy and p.account_id = d.account_id
         order by p.departed_at nulls first, p.academy, p.degree, p.aaf_id limit 1) p on true
 where d.batch_academy = $1 and d.batch_id = $2 and d.state in ('failed', 'cancelled')
 order by d.state = 'cancelled', p.nom, p.prenom, d.id
 limit $3;

-- :query batch_answer
-- What the request that made a batch was answered, as long as answers are kept; no row later.
-- :role notify
-- $1 academy smallint
-- $2 batch bigint
-- $3 method text
select r.answer
  from preau.batch b
  join preau.request_answer r on r.request_id = b.request_id and r.method = $3
 where b.academy = $1 and b.id = $2;

-- :query batch_progress
-- How far some batches are, for those who watch.
-- :role notify
-- $1 academies smallint[]
-- $2 batches bigint[]
select b.academy, b.id, b.uai, b.total, count(d.id) filter (where d.state in ('waiting', 'taken')) as waiting,
       count(d.id) filter (where d.state = 'sent') as sent, count(d.id) filter (where d.state = 'failed') as failed,
       count(d.id) filter (where d.state = 'cancelled') as cancelled
  from unnest($1, $2) as w(academy, id)
  join preau.batch b on b.academy = w.academy and b.id = w.id
  join preau.delivery d on d.batch_academy = b.academy and d.batch_id = b.id
 group by b.academy, b.id;
