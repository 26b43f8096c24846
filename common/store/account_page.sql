-- The page of one account (guide 6). Read only. A school sees of a person what its own records say: not those of another
-- school, nor who acted there, nor the children who go there.

-- :query account_page
-- An account, one row for each record of AAF that makes it one of the school's; nothing if it is none. The first row's
-- address is the one that a notification takes. elsewhere: how many children go to no class of this school; one who has a
-- record in each degree is one child. opened_by: the ENT or ATEN by which its origin says that it was opened, named as the configuration did then.
-- :role portal
-- $1 academy smallint
-- $2 uai text
-- $3 account_academy smallint
-- $4 account_id bigint
with record as (
    select distinct b.academy, b.degree, b.aaf_id
      from preau.school_account b
     where b.academy = $1 and b.uai = $2 and b.account_academy = $3 and b.account_id = $4
)
select a.academy, a.id, a.version, a.profile::text, a.state::text, a.origin::text, a.password::text, a.login, a.email,
       a.email_confirmed_at, a.closed_at, a.notified_at, a.notification_expires_at, a.activated_at, a.created_at,
       a.mobile as own_mobile, c.last_sign_in_at, p.degree = 2 as in_second_degree, p.civilite, p.nom, p.prenom, p.birth_date,
       p.mail, exists (select from preau.anothers_address v
                where (v.academy, v.degree, v.aaf_id) = (p.academy, p.degree, p.aaf_id)) as is_anothers, p.mobile, p.adresse, p.code_postal, p.ville, p.pays, p.changed_at,
       back.recipient as came_back, back.done_at as came_back_at, back.reason as came_back_why,
       (select e.detail ->> 'peer'
          from preau.account_event e
         where e.academy = $3 and e.account_id = $4 and e.action = 'open_' || a.origin::text
         order by e.id desc
         limit 1) as opened_by,
       (select count(*)
          from (select from preau.person r
                  join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
                  join preau.person c on (c.academy, c.degree, c.aaf_id) = (g.academy, g.degree, g.pupil_id)
                  left join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (c.academy, c.degree, c.aaf_id)
                                             and e.academy = $1 and e.uai = $2
                 where r.account_academy = $3 and r.account_id = $4 and r.departed_at is null and c.departed_at is null
                 group by c.search_name, c.birth_date
                having count(e.pupil_id) = 0) child) as elsewhere
  from record r
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (r.academy, r.degree, r.aaf_id)
  join preau.account a on a.academy = $3 and a.id = $4
  left join preau.credential c on (c.academy, c.account_id) = (a.academy, a.id)
  left join lateral (
       select m.recipient, m.done_at, m.reason
         from preau.last_mail m
        where m.academy = $3 and m.account_id = $4 and m.recipient in (p.mail, a.email) and m.came_back
        order by m.done_at desc
        limit 1) back on true
 order by p.mail is null, p.degree desc, p.aaf_id;

-- :query account_page_children
-- The pupils of the school attached to a guardian's account, with the account that they have of their own.
-- :role portal
-- $1 academy smallint
-- $2 uai text
-- $3 account_academy smallint
-- $4 account_id bigint
select distinct p.aaf_id, p.nom, p.prenom, p.birth_date, p.changed_at, s.name as school, e.class, a.academy, a.id,
       coalesce(a.state::text, '') as state
  from preau.person r
  join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
  join preau.person p on (p.academy, p.degree, p.aaf_id) = (g.academy, g.degree, g.pupil_id)
  join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (p.academy, p.degree, p.aaf_id)
  join preau.school s on (s.academy, s.uai) = (e.academy, e.uai)
  left join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id)
 where r.account_academy = $3 and r.account_id = $4 and e.academy = $1 and e.uai = $2
   and r.departed_at is null and p.departed_at is null
 order by p.birth_date, p.prenom, p.aaf_id, e.class;

-- :query account_page_guardians
-- The legal guardians of a pupil of the school, as the records of this school name them.
-- :role portal
-- $1 academy smallint
-- $2 uai text
-- $3 account_academy smallint
-- $4 account_id bigint
select distinct r.search_name, r.aaf_id, r.nom, r.prenom, a.academy, a.id, coalesce(a.state::text, '') as state
  from preau.person p
  join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (p.academy, p.degree, p.aaf_id)
  join preau.guardianship g on (g.academy, g.degree, g.pupil_id) = (p.academy, p.degree, p.aaf_id)
  join preau.person r on (r.academy, r.degree, r.aaf_id) = (g.academy, g.degree, g.guardian_id)
  left join preau.account a on (a.academy, a.id) = (r.account_academy, r.account_id)
 where p.account_academy = $3 and p.account_id = $4 and e.academy = $1 and e.uai = $2
   and r.departed_at is null and p.departed_at is null
 order by r.search_name, r.aaf_id;

-- :query account_page_events
-- The life of an account so far, newest first. An administrator is named for what was done here; elsewhere it is the
-- administration that acted. What is between the person and the house alone is no matter of the school's. of_login: of the other account, as long as the two are one.
-- :role portal
-- $1 uai text
-- $2 account_academy smallint
-- $3 account_id bigint
select e.at, e.action, e.actor, coalesce(e.detail ->> 'channel', '') as channel, coalesce(other.login, '') as of_login,
       case when e.detail ->> 'uai' = $1 then coalesce(ad.name, '') else '' end as administrator
  from preau.account_event e
  left join preau.administrator ad on ad.id = e.administrator_id
  left join preau.account_join j on e.action in ('accounts_joined', 'joined_to_other') and j.id = (e.detail ->> 'join')::bigint and j.undone_at is null
  left join preau.account other on other.academy = case e.action when 'accounts_joined' then j.from_academy else j.into_academy end
                              and other.id = case e.action when 'accounts_joined' then j.from_account else j.into_account end
 where e.academy = $2 and e.account_id = $3 and e.action not in ('sessions_ended', 'data_downloaded')
 order by e.id desc
 limit 100;

-- :query account_page_joined
-- The account of the school to which this one was joined; nothing when it was not, or is none of the school's.
-- :role portal
-- $1 academy smallint
-- $2 uai text
-- $3 account_academy smallint
-- $4 account_id bigint
select j.into_academy as academy, j.into_account as id
  from preau.account_join j
 where j.from_academy = $3 and j.from_account = $4 and j.undone_at is null
   and exists (select from preau.account_merge m where m.join_id = j.id and m.undone_at is null)
   and exists (select from preau.school_account b
                where b.academy = $1 and b.uai = $2 and b.account_academy = j.into_academy and b.account_id = j.into_account)
 order by j.id desc
 limit 1;
