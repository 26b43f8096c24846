-- Which school each administrator may administer: the one place that says it. An integrator delivers files and follows
-- their reports; what the schools do with the accounts, their passwords above all, is not for them.
create view preau.administered_school as
select ad.id as administrator_id, s.academy, s.uai
  from preau.administrator ad
  join preau.administrator_scope sc on sc.administrator_id = ad.id
  join preau.school s on sc.academy is null or (sc.academy = s.academy and (sc.uai is null or sc.uai = s.uai))
 where ad.disabled_at is null and ad.role <> 'integrateur';
comment on view preau.administered_school is 'a school stands twice when two scopes of the administrator hold it';
grant select on preau.administered_school to preau_notify, preau_portal;
