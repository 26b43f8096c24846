-- What the tests of the runner of migrations look at (test_migration_steps.py). A row of preau.slow makes 0002 slow.
create table preau.desk (id bigint primary key, mail text);
insert into preau.desk select n, 'p' || n || '@example.net' from generate_series(1, 25) n;
create table preau.slow (seconds double precision not null);
