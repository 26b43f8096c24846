-- The lists of a school's accounts, of guardians or of pupils (guide 5.1). Read only.

-- :query roster_load
-- A page of the accounts of a school and profile, with how many there are in all. email is where a notification goes: the
-- confirmed address, else that of the school's record; is_anothers: nowhere, since it is another account's too. Each word of $4 is looked for in the person's and the relatives'
-- names, in any order, within a word or across two that are written apart. $14 and $15 bound the end of a provisional
-- password that was handed out, at first or by a reset, and that nobody has replaced. Sorted by $17, what is empty last,
-- then by name: names are normalised, so that bytes put É beside E and a hyphen where a space is. What is materialized keeps
-- the planner, who cannot know how much the filters leave, from doing a step once for each row of another. Without $21 only academy, id and total are told. Of relatives: first name,
-- tab, name, one a line.
-- :role portal
-- $1 academy smallint
-- $2 uai text
-- $3 profile text
-- $4 words text[]
-- $5 class text
-- $6 level text
-- $7 state text
-- $8 origin text
-- $9 mail text
-- $10 mobile text
-- $11 notified text
-- $12 before timestamptz
-- $13 after timestamptz
-- $14 expires_from timestamptz
-- $15 expires_to timestamptz
-- $16 sign_in text
-- $17 sort text
-- $18 is_descending boolean
-- $19 limit bigint
-- $20 offset bigint
-- $21 with_details boolean
with members as materialized (
    select * from preau.school_member m where m.academy = $1 and m.uai = $2 and m.profile = $3::preau.profile
), here as materialized (
    select distinct on (m.account_academy, m.account_id) m.account_academy as academy, m.account_id as id, m.nom, m.prenom,
           m.search_name, m.degree, m.aaf_id, m.mail as aaf_email, m.mobile as aaf_mobile,
           min(nullif(m.class, '')) over (partition by m.account_academy, m.account_id) as first_class
      from members m
     order by m.account_academy, m.account_id, m.mail is null, m.degree desc, m.aaf_id
), known as materialized (
    select a.academy, a.id, h.nom, h.prenom, h.search_name, h.degree, h.aaf_id, h.first_class, h.aaf_email, h.aaf_mobile, a.login, a.state, a.origin,
           a.email as own_email, a.email_confirmed_at, a.mobile as own_mobile, a.notified_at,
           case when a.state <> 'non_distribue' and a.password = 'provisional' then a.notification_expires_at end as expires_at,
           preau.notification_address(a.email, a.email_confirmed_at, h.aaf_email) as email
      from here h
      join preau.account a on (a.academy, a.id) = (h.academy, h.id)
     where a.closed_at is null
), found as (
    select k.*, count(*) over () as total
      from known k
     where ($7 = '' or k.state::text = $7)
       and ($8 = '' or k.origin::text = $8)
       and ($9 = ''
            or ($9 in ('avec', 'sans')
                and ($9 = 'avec') = (k.email is not null
                                     and (k.email_confirmed_at is not null
                                          or not exists (
                                              select from preau.anothers_address v
                                               where (v.academy, v.degree, v.aaf_id) = ($1, k.degree, k.aaf_id)))))
            or ($9 = 'revenu' and exists (
                select from preau.last_mail m
                 where m.academy = k.academy and m.account_id = k.id and m.recipient in (k.email, k.own_email) and m.came_back)))
       and ($10 = '' or ($10 = 'avec') = (coalesce(k.own_mobile, k.aaf_mobile) is not null))
       and ($11 = '' or ($11 = 'oui') = (k.notified_at is not null))
       and ($12 is null or k.notified_at < $12)
       and ($13 is null or k.notified_at >= $13)
       and ($14 is null or k.expires_at >= $14)
       and ($15 is null or k.expires_at < $15)
       and ($16 = '' or not exists (
                select from preau.credential c
                 where c.academy = k.academy and c.account_id = k.id and c.last_sign_in_at is not null))
       and (($5 = '' and $6 = '') or (k.academy, k.id) in (
                select m.account_academy, m.account_id from members m where $5 in ('', m.class) and $6 in ('', m.niveau)))
       and (cardinality($4) = 0 or (k.academy, k.id) in (
                select m.account_academy, m.account_id
                  from members m
                  join unnest($4) with ordinality as word(text, place)
                    on position(word.text in m.search_name || E'\n' || coalesce(m.relative_search_name, '')) > 0
                    or (length(word.text) >= 5
                        and position(word.text in replace(m.search_name || E'\n' || coalesce(m.relative_search_name, ''), ' ', '')) > 0)
                 group by m.account_academy, m.account_id
                having count(distinct word.place) = cardinality($4)))
), keyed as (
    select f.*,
           case $17 when 'nom' then f.search_name
                    when 'classe' then f.first_class
                    when 'etat' then array_position(enum_range(f.state), f.state)::text
                    when 'notification' then to_char(f.notified_at, 'YYYYMMDDHH24MISSUS')
                    when 'echeance' then to_char(f.expires_at, 'YYYYMMDDHH24MISSUS')
                    when 'identifiant' then f.login end collate "C" as key
      from found f
), ranked as (
    select k.*, row_number() over (order by case when not $18 then k.key end asc nulls last, case when $18 then k.key end desc nulls last,
                                            k.search_name collate "C", k.academy, k.id) as rank
      from keyed k
), page as (
    select * from ranked r where r.rank > $20 and r.rank <= $20 + $19
), more as materialized (
    select m.account_academy as academy, m.account_id as id,
           string_agg(distinct m.relative_prenom || E'\t' || m.relative_nom, E'\n') as relatives,
           string_agg(distinct nullif(m.class, ''), ', ') as classes
      from members m
     where $21 and (m.account_academy, m.account_id) in (select p.academy, p.id from page p)
     group by m.account_academy, m.account_id
)
select p.academy, p.id, p.total, p.nom, p.prenom, p.login, p.state::text, p.origin::text, p.email, p.own_email,
       p.email_confirmed_at is not null as is_confirmed,
       $21 and p.email_confirmed_at is null and exists (
           select from preau.anothers_address v
            where (v.academy, v.degree, v.aaf_id) = ($1, p.degree, p.aaf_id)) as is_anothers, coalesce(p.own_mobile, p.aaf_mobile) as mobile,
       p.own_mobile is not null as is_own_mobile, p.notified_at, p.expires_at, more.relatives, more.classes,
       case when $21 then (
           select m.came_back from preau.last_mail m
            where m.academy = p.academy and m.account_id = p.id and m.recipient = p.email) end as email_came_back,
       case when $21 then (
           select m.came_back from preau.last_mail m
            where m.academy = p.academy and m.account_id = p.id and m.recipient = p.own_email) end as own_email_came_back
  from page p
  left join more on (more.academy, more.id) = (p.academy, p.id)
 order by p.rank;

-- :query roster_choices
-- The classes and the levels of a school that have pupils.
-- :role portal
-- $1 academy smallint
-- $2 uai text
with present as (
    select e.class, e.niveau
      from preau.enrolment e
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
     where e.academy = $1 and e.uai = $2 and p.departed_at is null
     group by e.class, e.niveau
)
select true as is_class, class collate "C" as value from present where class <> ''
 union
select false, niveau collate "C" from present where niveau <> ''
 order by is_class desc, value;

-- :query roster_names
-- Whose the accounts of some groups are, by name, of each group the first so many; those that do not belong to the school, or
-- are of another profile, are left out. place: of the group.
-- :role portal
-- $1 academy smallint
-- $2 uai text
-- $3 academies smallint[]
-- $4 numbers bigint[]
-- $5 places bigint[]
-- $6 limit bigint
-- $7 guardians boolean
-- $8 pupils boolean
with wanted as (
    select w.academy, w.id, min(w.place) as place
      from unnest($3, $4, $5) as w(academy, id, place) group by w.academy, w.id
), named as (
    select distinct on (m.account_academy, m.account_id) m.account_academy as academy, m.account_id as id, m.nom, m.prenom,
           m.search_name
      from preau.school_member m
     where m.academy = $1 and m.uai = $2 and (m.account_academy, m.account_id) in (select w.academy, w.id from wanted w)
       and case m.profile when 'responsable' then $7 when 'eleve' then $8 end
     order by m.account_academy, m.account_id, m.mail is null, m.degree desc, m.aaf_id
), sorted as (
    select w.place, w.academy, w.id, n.nom, n.prenom,
           row_number() over (partition by w.place order by n.search_name collate "C", w.academy, w.id) as rank
      from wanted w
      join named n on (n.academy, n.id) = (w.academy, w.id)
)
select place, academy, id, nom, prenom from sorted where rank <= $6 order by place, rank;
