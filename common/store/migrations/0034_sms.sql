-- What is done later for a request keeps its number, so that one number is followed to its end.

alter table preau.help_request add column trace text check (trace ~ '^[0-9a-f]{32}$');
alter table preau.registration add column trace text check (trace ~ '^[0-9a-f]{32}$'); -- of who asked for the code
