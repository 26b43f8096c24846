alter table preau.desk add column more integer;
select pg_sleep(seconds) from preau.slow;
