-- What a person's own desk shows: the account, the pupils it is about, where it is signed in, what happened on it. A person sees
-- their own alone, and no name of who acted for a school.

-- :query desk_account
-- Whom an account belongs to, and what may be changed of it. pending_came_back: the mail with the link did not arrive. has_returned: a child's birth date is to be given.
-- :role portal
-- $1 academy smallint
-- $2 account_id bigint
select a.profile::text, a.login, coalesce(who.nom, '') as nom, coalesce(who.prenom, '') as prenom,
       case when a.email_confirmed_at is not null then a.email end as email, cr.changed_at as password_at,
       a.password = 'chosen' as has_password, f.linked_at as franceconnect_since,
       a.mobile, a.mobile_confirmed_at as mobile_since, m.mobile as pending_mobile, v.email as pending_email, v.expires_at as pending_until,
       exists (select from preau.delivery d
                where d.academy = a.academy and d.account_id = a.id and d.kind = 'email_change' and d.confirmation_id = v.id
                  and d.state = 'failed') as pending_came_back,
       exists (select from preau.returned_child t
                where t.account_academy = a.academy and t.account_id = a.id and t.proved_at is null) as has_returned
  from preau.account a
  left join preau.credential cr on (cr.academy, cr.account_id) = (a.academy, a.id)
  left join preau.pending_email v on (v.academy, v.account_id) = (a.academy, a.id)
  left join lateral (select p.mobile from preau.pending_mobile p where p.academy = a.academy and p.account_id = a.id order by p.id desc limit 1) m on true
  left join preau.franceconnect_identity f on (f.academy, f.account_id) = (a.academy, a.id)
  left join lateral (
        select p.nom, p.prenom from preau.person p
         where (p.account_academy, p.account_id) = (a.academy, a.id)
         order by p.departed_at nulls first, p.degree desc, p.aaf_id limit 1) who on true
 where a.academy = $1 and a.id = $2;

-- :query desk_pupils
-- The pupils that a desk is about: who the account belongs to, or the children of a guardian, wherever they go to school: one
-- row for each school. child: the same number on all rows of one, who may have a record in each degree.
-- :role portal
-- $1 academy smallint
-- $2 account_id bigint
with own as (
    select p.academy, p.degree, p.aaf_id, p.profile, p.nom, p.prenom, p.search_name, p.birth_date
      from preau.person p
     where p.account_academy = $1 and p.account_id = $2 and p.departed_at is null
), pupil as (
    select * from own where profile = 'eleve'
    union
    select p.academy, p.degree, p.aaf_id, p.profile, p.nom, p.prenom, p.search_name, p.birth_date
      from own r
      join preau.acting_guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
      join preau.person p on (p.academy, p.degree, p.aaf_id) = (g.academy, g.degree, g.pupil_id)
     where r.profile = 'responsable' and p.departed_at is null
)
select dense_rank() over (order by p.birth_date, p.search_name) as child, p.nom, p.prenom, p.academy, p.degree,
       coalesce(s.uai, '') as uai, coalesce(s.name, '') as school, coalesce(e.class, '') as class
  from pupil p
  left join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (p.academy, p.degree, p.aaf_id)
  left join preau.school s on (s.academy, s.uai) = (e.academy, e.uai)
 order by child, p.degree desc, school;

-- :query desk_sessions
-- Where the account is signed in, the last seen first.
-- :role portal
-- $1 academy smallint
-- $2 account_id bigint
-- $3 now timestamptz
-- $4 idle interval
select s.number, s.digest, s.created_at, s.seen_at, coalesce(s.browser, '') as browser
  from preau.session s
  join preau.credential cr on (cr.academy, cr.account_id) = (s.academy, s.account_id) and cr.changed_at = s.credential_at
 where s.academy = $1 and s.account_id = $2 and s.expires_at > $3 and s.seen_at > $3 - $4
 order by s.seen_at desc, s.number
 limit 100;

-- :query desk_sessions_end
-- The person ends one by its number, or with number 0 all, but never the one with this digest; and it is remembered.
-- :role portal
-- $1 academy smallint
-- $2 account_id bigint
-- $3 number bigint
-- $4 kept bytea
-- $5 remembered text
with ended as (
    delete from preau.session
     where academy = $1 and account_id = $2 and $3 in (0, number) and digest <> $4
 returning 1
), counted as (
    select count(*) as ended from ended
)
select c.ended, case when c.ended > 0 then
           preau.account_remember($1, $2, $5, jsonb_build_object('sessions', c.ended)) end as remembered
  from counted c;

-- :query desk_life
-- What happened on the account, newest first. school: that acted. of_login: of the account that was joined to it, as long as it is; of one that was
-- parted, which may be somebody else's, or erased, nothing.
-- :role portal
-- $1 academy smallint
-- $2 account_id bigint
-- $3 limit bigint
select e.at, e.action, e.actor, coalesce(e.detail ->> 'channel', '') as channel, coalesce(s.name, '') as school,
       coalesce(other.login, '') as of_login
  from preau.account_event e
  left join preau.account_join j on e.action = 'accounts_joined' and j.id = (e.detail ->> 'join')::bigint and j.undone_at is null
  left join preau.account other on (other.academy, other.id) = (j.from_academy, j.from_account)
  left join lateral (select s.name from preau.school s where s.uai = e.detail ->> 'uai' limit 1) s on true
 where e.academy = $1 and e.account_id = $2
 order by e.id desc
 limit $3;

-- :query desk_data
-- All that the house holds of a person, as one JSON text that the person may keep; and it is remembered that it was given.
-- Neither what proves who one is (passwords, links, sessions' cookies) nor who acted for a school; of the children what the
-- desk shows, for their dates of birth are proofs; and no name of who was said not to be one's child.
-- :role portal
-- $1 academy smallint
-- $2 account_id bigint
-- $3 remembered text
with given as materialized (
    -- once an hour: else who has the session could bury what else happened
    select case when not exists (select from preau.account_event e
                                  where e.academy = $1 and e.account_id = $2 and e.action = $3
                                    and e.at > now() - interval '1 hour')
                then preau.account_remember($1, $2, $3, '{}') end as done
), own as (
    select * from preau.person p where p.account_academy = $1 and p.account_id = $2
)
select g.done, json_build_object(
       'produit_le', now(),
       'compte', (select json_build_object(
           'identifiant', a.login, 'profil', a.profile, 'etat', a.state, 'origine', a.origin, 'mot_de_passe', a.password,
           'mot_de_passe_depuis', cr.changed_at, 'adresse_de_courriel', a.email, 'adresse_confirmee_le', a.email_confirmed_at,
           'adresse_en_attente', (select json_build_object('adresse', v.email, 'demandee_le', v.created_at, 'jusqu_au', v.expires_at)
                                    from preau.pending_email v where (v.academy, v.account_id) = (a.academy, a.id)),
           'franceconnect', (select json_build_object('lie_le', f.linked_at, 'identifiant', f.subject)
                               from preau.franceconnect_identity f where (f.academy, f.account_id) = (a.academy, a.id)),
           'mobile', a.mobile, 'mobile_confirme_le', a.mobile_confirmed_at,
           'mobile_en_attente', (select json_build_object('mobile', v.mobile, 'demande_le', v.asked_at, 'jusqu_au', v.expires_at)
                                   from preau.pending_mobile v where (v.academy, v.account_id) = (a.academy, a.id) order by v.id desc limit 1),
           'cree_le', a.created_at, 'notifie_le', a.notified_at,
           'mot_de_passe_provisoire_jusqu_au', a.notification_expires_at, 'active_le', a.activated_at,
           'derniere_connexion', cr.last_sign_in_at)
          from preau.account a
          left join preau.credential cr on (cr.academy, cr.account_id) = (a.academy, a.id)
         where a.academy = $1 and a.id = $2),
       'fiches', (select coalesce(json_agg(json_build_object(
           'academie', p.academy, 'degre', p.degree, 'numero', p.aaf_id, 'civilite', p.civilite, 'nom', p.nom, 'prenom', p.prenom,
           'ine', p.ine, 'date_de_naissance', p.birth_date, 'adresse_de_courriel', p.mail, 'mobile', p.mobile,
           'adresse', replace(p.adresse, '$', E'\n'), 'code_postal', p.code_postal, 'ville', p.ville, 'pays', p.pays,
           'etablissements', (select coalesce(json_agg(json_build_object('uai', e.uai, 'nom', s.name, 'classe', e.class, 'niveau', e.niveau)), '[]')
                                from preau.enrolment e
                                left join preau.school s on (s.academy, s.uai) = (e.academy, e.uai)
                               where (e.academy, e.degree, e.pupil_id) = (p.academy, p.degree, p.aaf_id)),
           'modifiee_le', p.changed_at, 'partie_le', p.departed_at) order by p.degree, p.academy, p.aaf_id), '[]')
          from own p),
       'enfants', (select coalesce(json_agg(json_build_object(
           'nom', c.nom, 'prenom', c.prenom,
           'etablissements', (select coalesce(json_agg(json_build_object('uai', e.uai, 'nom', s.name, 'classe', e.class)), '[]')
                                from preau.enrolment e
                                left join preau.school s on (s.academy, s.uai) = (e.academy, e.uai)
                               where (e.academy, e.degree, e.pupil_id) = (c.academy, c.degree, c.aaf_id)))
                                       order by c.birth_date, c.search_name, c.degree), '[]')
          from own r
          join preau.acting_guardianship l on (l.academy, l.degree, l.guardian_id) = (r.academy, r.degree, r.aaf_id)
          join preau.person c on (c.academy, c.degree, c.aaf_id) = (l.academy, l.degree, l.pupil_id)
         where r.departed_at is null and c.departed_at is null),
       'enfants_declares_non_rattaches', (select coalesce(json_agg(json_build_object(
           'declare_le', k.at, 'rattache_de_nouveau_le', k.dismissed_at) order by k.at, k.claim), '[]')
          from (select d.claim, min(d.disclaimed_at) as at, max(d.dismissed_at) as dismissed_at
                  from own r
                  join preau.disclaimed_child d on (d.academy, d.degree, d.guardian_id) = (r.academy, r.degree, r.aaf_id)
                 group by d.claim) k),
       'comptes_reunis', (select coalesce(json_agg(json_build_object(
           'identifiant', o.login, 'reuni_le', j.joined_at, 'ferme_le', o.closed_at, 'etat', o.state, 'origine', o.origin, 'cree_le', o.created_at,
           'notifie_le', o.notified_at, 'active_le', o.activated_at, 'adresse_de_courriel', o.email, 'adresse_confirmee_le', o.email_confirmed_at,
           'courriels_et_feuilles', (select coalesce(json_agg(json_build_object(
               'sorte', d.kind, 'par', d.channel, 'adresse', d.recipient, 'etat', d.state, 'demande_le', d.created_at) order by d.created_at, d.id), '[]')
              from preau.delivery d where d.academy = o.academy and d.account_id = o.id),
           'historique', (select coalesce(json_agg(json_build_object(
               'le', e.at, 'action', e.action, 'par', e.actor, 'etablissement', e.detail ->> 'uai') order by e.id), '[]')
              from preau.account_event e where e.academy = o.academy and e.account_id = o.id)) order by j.id), '[]')
          from preau.account_join j
          join preau.account o on (o.academy, o.id) = (j.from_academy, j.from_account)
         where j.into_academy = $1 and j.into_account = $2 and j.undone_at is null and o.closed_at is not null
           and exists (select from preau.account_merge m where m.join_id = j.id and m.undone_at is null)), -- nor all its records parted one by one
       'connexions', (select coalesce(json_agg(json_build_object(
           'navigateur', s.browser, 'debut', s.created_at, 'derniere_activite', s.seen_at, 'fin_au_plus_tard', s.expires_at)
                                          order by s.created_at), '[]')
          from preau.session s where s.academy = $1 and s.account_id = $2),
       'courriels_et_feuilles', (select coalesce(json_agg(json_build_object(
           'sorte', d.kind, 'par', d.channel, 'adresse', d.recipient, 'etat', d.state, 'raison', d.reason,
           'demande_le', d.created_at, 'termine_le', d.done_at) order by d.created_at, d.id), '[]')
          from preau.delivery d where d.academy = $1 and d.account_id = $2),
       'historique', (select coalesce(json_agg(json_build_object(
           'le', e.at, 'action', e.action, 'par', e.actor, 'etablissement', e.detail ->> 'uai', 'comment', e.detail ->> 'channel')
                                          order by e.id), '[]')
          from preau.account_event e where e.academy = $1 and e.account_id = $2))::text as data
  from given g;
