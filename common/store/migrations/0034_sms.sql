-- What is done later for a request keeps its number, so that one number is followed to its end; what became of each SMS.

alter table preau.help_request add column trace text check (trace ~ '^[0-9a-f]{32}$');
alter table preau.registration add column trace text check (trace ~ '^[0-9a-f]{32}$'); -- of who asked for the code

-- A code that a provider took (sent) is taken by the operator (accepted) and by the telephone (delivered), or by none of
-- them: the provider's delivery reports say it, those that report. Kept as long as the registration.
alter table preau.registration
    add column provider text, -- of the latest try, once it was taken
    add column messages smallint not null default 0, -- that may have left, of all tries: each is paid for
    add column delivery text check (delivery in ('sent', 'accepted', 'delivered', 'refused', 'undelivered'));
