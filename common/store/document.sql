-- The individual sheets of a batch: taken part by part, made, kept sealed until they expire.

-- :query document_order
-- The sheets that are due of the batch that waits longest, in the order in which they are printed; class is the same number for
-- those of one class. page, part: the numbers that no sheet and no document of the batch has, in their order: what is made takes
-- the first ones. trace: the request that the sheet is owed by. pages_all: of the batch, with those that were made and those to come, without the sheets that closed accounts no
-- longer get. A batch of which a part is being made is left to its maker, so that parts keep that order.
-- :role notify
with next as (
    select b.academy, b.id, b.uai
      from preau.batch b
     where (b.academy, b.id) in (
            select d.batch_academy, d.batch_id
              from preau.delivery d
             where d.done_at is null and d.due_at <= now() and d.channel = 'sheet')
       and not exists (
            select from preau.delivery d
             where d.batch_academy = b.academy and d.batch_id = b.id and d.state = 'taken' and d.taken_until > now())
     order by b.created_at
     limit 1
), whole as (
    select d.part, d.page, d.state
      from next b
      join preau.delivery d on d.batch_academy = b.academy and d.batch_id = b.id
), numbers as (
    select n.number from generate_series(1, (select count(*) from whole)) n(number)
), pages as (
    select n.number as page, row_number() over (order by n.number) as place
      from numbers n
     where n.number not in (select page from whole where page is not null)
), parts as (
    select n.number as part, row_number() over (order by n.number) as place
      from numbers n
     where n.number not in (select part from whole where part is not null)
       and n.number not in (select o.part from next b join preau.document o on o.academy = b.academy and o.batch_id = b.id)
), due as (
    select b.academy as batch_academy, b.id as batch_id, d.academy, d.id, a.closed_at is null as is_open,
           substring(d.message_id from '^[0-9a-f]{32}$') as trace,
           dense_rank() over (order by who.class collate preau.natural nulls last) as class,
           row_number() over (order by who.class collate preau.natural nulls last, who.search_name, d.id) as place
      from next b
      join preau.delivery d on d.batch_academy = b.academy and d.batch_id = b.id
      join preau.account a on a.academy = d.academy and a.id = d.account_id
      left join lateral (
            select p.search_name, h.class
              from preau.person p
              left join lateral (
                    select min(e.class) as class
                      from (select p.aaf_id as pupil_id
                             union all
                            select g.pupil_id from preau.guardianship g
                             where (g.academy, g.degree, g.guardian_id) = (p.academy, p.degree, p.aaf_id)) f
                      join preau.enrolment e on (e.academy, e.degree, e.pupil_id, e.uai)
                                              = (p.academy, p.degree, f.pupil_id, b.uai)) h on true
             where p.account_academy = d.academy and p.account_id = d.account_id
             order by p.departed_at nulls first, h.class nulls last, p.academy, p.degree, p.aaf_id
             limit 1) who on true
     where d.state in ('waiting', 'taken') and d.due_at <= now() and d.channel = 'sheet'
)
select d.batch_academy, d.batch_id, d.academy, d.id, d.trace, d.class, pages.page, coalesce(parts.part, 0) as part,
       (select count(*) from whole where state = 'sent') + count(*) filter (where d.is_open) over () as pages_all
  from due d
  join pages on pages.place = d.place
  left join parts on parts.place = d.place
 order by d.place;

-- :query document_claim
-- Takes those of these sheets of one batch that are still due, for a lease, with all that they show, in the order in which they
-- are named. The head prints them: of the children, those of the school only.
-- :role notify
-- $1 academy smallint
-- $2 batch bigint
-- $3 academies smallint[]
-- $4 numbers bigint[]
-- $5 lease interval
with taken as (
    update preau.delivery d
       set state = 'taken', attempts = d.attempts + 1, taken_until = now() + $5, due_at = now() + $5
      from preau.batch b, unnest($3, $4) with ordinality as w(academy, id, place)
     where b.academy = $1 and b.id = $2
       and d.academy = w.academy and d.id = w.id and d.batch_academy = b.academy and d.batch_id = b.id
       and d.state in ('waiting', 'taken') and d.due_at <= now() and d.channel = 'sheet'
 returning d.academy, d.id, d.account_id, d.attempts, w.place, b.academy as batch_academy, b.id as batch_id, b.uai
)
select t.academy, t.id, t.attempts, t.account_id, t.batch_academy, t.batch_id, a.profile::text, a.password::text,
       a.state in ('en_cours', 'active') as is_opened, a.login, a.closed_at is not null as is_closed, a.notification_expires_at, cr.sealed,
       coalesce(who.civilite, '') as civilite, coalesce(who.nom, '') as nom, coalesce(who.prenom, '') as prenom,
       coalesce(who.adresse, '') as adresse, coalesce(who.code_postal, '') as code_postal, coalesce(who.ville, '') as ville,
       coalesce(who.pays, '') as pays, coalesce(who.class, '') as class,
       coalesce(children.names, '') as children, s.name as school, s.city
  from taken t
  join preau.account a on a.academy = t.academy and a.id = t.account_id
  join preau.school s on s.academy = t.batch_academy and s.uai = t.uai
  left join preau.credential cr on cr.academy = t.academy and cr.account_id = t.account_id
  left join lateral (
        select p.civilite, p.nom, p.prenom, p.adresse, p.code_postal, p.ville, p.pays, h.class
          from preau.person p
          left join lateral (
                select min(e.class) as class
                  from (select p.aaf_id as pupil_id
                         union all
                        select g.pupil_id from preau.guardianship g
                         where (g.academy, g.degree, g.guardian_id) = (p.academy, p.degree, p.aaf_id)) f
                  join preau.enrolment e on (e.academy, e.degree, e.pupil_id, e.uai)
                                          = (p.academy, p.degree, f.pupil_id, t.uai)) h on true
         where p.account_academy = t.academy and p.account_id = t.account_id
         order by p.departed_at nulls first, h.class nulls last, p.academy, p.degree, p.aaf_id
         limit 1) who on true
  left join lateral (
        select string_agg(c.prenom || E'\t' || coalesce(c.class, ''), E'\n' order by c.birth_date, c.prenom) as names
          from (select c.academy, c.degree, c.aaf_id, c.prenom, c.birth_date, min(e.class) as class
                  from preau.person r
                  join preau.acting_guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
                  join preau.person c on (c.academy, c.degree, c.aaf_id) = (g.academy, g.degree, g.pupil_id)
                  join preau.enrolment e on (e.academy, e.degree, e.pupil_id, e.uai)
                                          = (c.academy, c.degree, c.aaf_id, t.uai) and c.academy = t.batch_academy
                 where r.account_academy = t.academy and r.account_id = t.account_id
                   and r.departed_at is null and c.departed_at is null
                 group by c.academy, c.degree, c.aaf_id, c.prenom, c.birth_date) c) children on true
 order by t.place;

-- :query document_store
-- A part that was made, with the sheets that it holds told as done; nothing when some were taken from its maker.
-- :role notify
-- $1 academy smallint
-- $2 batch bigint
-- $3 part integer
-- $4 sealed bytea
-- $5 pages integer
-- $6 kept_for interval
-- $7 academies smallint[]
-- $8 numbers bigint[]
-- $9 attempts bigint[]
-- $10 numbers_of_pages bigint[]
with made as (
    update preau.delivery d
       set state = 'sent', taken_until = null, done_at = now(), reason = null, part = $3, page = w.page
      from unnest($7, $8, $9, $10) as w(academy, id, attempts, page)
     where d.academy = w.academy and d.id = w.id and d.attempts = w.attempts and d.state = 'taken'
 returning d.id
), kept as (
    insert into preau.document (academy, batch_id, part, sealed, pages, expires_at)
    values ($1, $2, $3, $4, $5, now() + $6)
)
select preau.require_unchanged((select count(*) from made), $5);

-- :query document_load
-- One part of the sheets of a batch, if the administrator may administer the school and all whom they are for, with the entry
-- of the audit trail: they bear passwords. No row when there is no such batch of sheets. sealed is null when there is no such
-- part: was_made says whether there was, is_waiting whether more are to come, others how many other parts there are.
-- :role notify
-- :changes
-- $1 administrator bigint
-- $2 academy smallint
-- $3 uai text
-- $4 batch bigint
-- $5 part integer
-- $6 audited text
-- $7 trace text
select o.sealed, coalesce(o.pages, 0) as pages, s.name as school, b.created_at,
       exists (select from preau.delivery d
                where d.batch_academy = b.academy and d.batch_id = b.id and d.state in ('waiting', 'taken')) as is_waiting,
       exists (select from preau.delivery d
                where d.batch_academy = b.academy and d.batch_id = b.id and d.part = $5) as was_made,
       (select count(*) from preau.document x
         where x.academy = b.academy and x.batch_id = b.id and x.expires_at > now()) as others,
       case when o.sealed is not null then
           preau.audit_write($2, $1, null, $6, $3, null, null,
                             jsonb_build_object('batch', $4, 'part', $5, 'pages', o.pages), $7) end as audited
  from preau.batch b
  join preau.school s on s.academy = b.academy and s.uai = b.uai
  left join preau.document o
    on o.academy = b.academy and o.batch_id = b.id and o.part = $5 and o.expires_at > now()
 where b.academy = $2 and b.id = $4 and b.uai = $3 and b.channel = 'sheet'
   and b.profiles <@ array(select v.profile from preau.administered_school v
                            where v.administrator_id = $1 and (v.academy, v.uai) = (b.academy, b.uai));

-- :query document_erase_old
-- Erases the documents whose time is over: they bear passwords.
-- :role notify
delete from preau.document where expires_at < now();
