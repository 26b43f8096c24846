-- What the planner knows of the large tables, told again by whoever has just filled them: a first import makes thousands
-- of rows that autovacuum counts a minute later, and until then a plan for an empty table runs for hours.
-- Only an owner may ANALYZE, hence the function.
create function preau.tell_planner() returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
begin
    analyze preau.school, preau.account, preau.credential, preau.person, preau.enrolment, preau.guardianship;
end $$;
revoke execute on function preau.tell_planner() from public;
grant execute on function preau.tell_planner() to preau_import;
