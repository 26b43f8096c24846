-- Each kind of step; what stands here belongs to none.
-- step
alter table preau.desk add column filled integer;
-- step: repeated
update preau.desk set filled = 1 where id in (select id from preau.desk where filled is null limit 10);
-- step: outside of a transaction
create unique index concurrently if not exists desk_by_mail on preau.desk (mail);
-- step
comment on table preau.desk is 'whole';
