-- The home page of a school: where its accounts are, what calls for the head (guide 2.1). Read only.

-- :query school_home
-- How many accounts of each profile are in each state, how many call for something, and when the academy's data of this
-- degree were last integrated. What is counted is what the list shows under the same words.
-- :role portal
-- $1 academy smallint
-- $2 uai text
-- $3 degree smallint
-- $4 soon interval
with here as (
    select distinct on (b.profile, b.account_academy, b.account_id) b.profile, b.account_academy as academy, b.account_id as id,
           p.academy as record_academy, p.degree, p.aaf_id, p.mail as aaf_email, p.mobile as aaf_mobile
      from preau.school_account b
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (b.academy, b.degree, b.aaf_id)
     where b.academy = $1 and b.uai = $2
     order by b.profile, b.account_academy, b.account_id, p.mail is null, p.degree desc, p.aaf_id
), known as (
    select h.profile, a.state, w.email is not null and (a.email_confirmed_at is not null or not exists (
               select from preau.anothers_address v
                where (v.academy, v.degree, v.aaf_id) = (h.record_academy, h.degree, h.aaf_id))) as has_email, coalesce(a.mobile, h.aaf_mobile) is not null as has_mobile,
           case when a.state <> 'non_distribue' and a.password = 'provisional' then a.notification_expires_at end as expires_at,
           exists (
               select from preau.last_mail m
                where (m.academy, m.account_id) = (a.academy, a.id) and m.recipient in (w.email, a.email) and m.came_back) as came_back
      from here h
      join preau.account a on (a.academy, a.id) = (h.academy, h.id)
     cross join lateral (
           select preau.notification_address(a.email, a.email_confirmed_at, h.aaf_email) as email) w
     where a.closed_at is null
)
select w.profile::text, count(*) filter (where k.state = 'non_distribue') as non_distribue,
       count(*) filter (where k.state = 'distribue') as distribue,
       count(*) filter (where k.state = 'en_cours') as en_cours, count(*) filter (where k.state = 'active') as active,
       count(*) filter (where k.state = 'non_distribue' and k.has_email) as to_notify_by_mail,
       count(*) filter (where k.state = 'non_distribue' and not k.has_email) as to_notify_by_sheet,
       count(*) filter (where k.expires_at >= now() and k.expires_at < now() + $4) as runs_out,
       count(*) filter (where k.expires_at < now()) as has_run_out, count(*) filter (where k.came_back) as came_back,
       count(*) filter (where not k.has_email and not k.has_mobile) as without_contact,
       (select r.finished_at from preau.import_run r
         where r.academy = $1 and r.degree = $3 and r.state = 'applied'
         order by r.started_at desc limit 1) as integrated_at
  from unnest(enum_range(null::preau.profile)) w(profile)
  left join known k on k.profile = w.profile
 group by w.profile;

-- :query school_home_dates
-- The accounts of a school and of some profiles that wait for a corrected birth date: one was refused since $3, and the
-- account was not opened since, nor did a right date come after (of a child given back, of accounts that were joined); or so many since it was
-- last notified, or activated, that only another notification lets the person go on (is_over), whatever its state. Newest first, at most so many of them, of so many in all. changed_at: the record of the pupil, or
-- of a child, changed since: what was refused may be right by now.
-- :role portal
-- $1 academy smallint
-- $2 uai text
-- $3 since timestamptz
-- $4 limit bigint
-- $5 guardians boolean
-- $6 pupils boolean
-- $7 refusals bigint
with here as (
    select b.account_academy as academy, b.account_id as id, min(p.nom) as nom, min(p.prenom) as prenom
      from preau.school_account b
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (b.academy, b.degree, b.aaf_id)
     where b.academy = $1 and b.uai = $2
     group by b.account_academy, b.account_id
), refused as (
    select h.academy, h.id, h.nom, h.prenom, e.at, e.is_over, count(*) over () as total
      from here h
      join preau.account a on (a.academy, a.id) = (h.academy, h.id)
     cross join lateral (
           select max(e.at) as at,
                  count(*) filter (where e.at > coalesce(greatest(a.notified_at, a.activated_at), '-infinity')) >= $7 as is_over
             from preau.account_event e
            where (e.academy, e.account_id) = (a.academy, a.id) and e.action = 'birth_date_refused') e
     where (($5 and a.profile = 'responsable') or ($6 and a.profile = 'eleve')) and a.closed_at is null
       and (e.is_over or e.at > $3 and (a.state in ('non_distribue', 'distribue') or a.state = 'active' and e.at > a.activated_at and not exists (
                select from preau.account_event n
                 where (n.academy, n.account_id) = (a.academy, a.id) and n.at > e.at
                   and n.action in ('child_proved', 'accounts_joined', 'recover_password'))))
     order by e.at desc, h.id
     limit $4
)
select r.academy, r.id, r.nom, r.prenom, r.at, r.is_over, r.total, c.changed_at
  from refused r
 cross join lateral (
       select max(p.changed_at) as changed_at
         from preau.person own
         left join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (own.academy, own.degree, own.aaf_id)
         join preau.person p on (p.academy, p.degree, p.aaf_id)
                              = (own.academy, own.degree, coalesce(g.pupil_id, own.aaf_id))
        where own.account_academy = r.academy and own.account_id = r.id and own.departed_at is null
          and p.profile = 'eleve' and p.departed_at is null and p.changed_at > r.at) c
 order by r.at desc, r.id;
