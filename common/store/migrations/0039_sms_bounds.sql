-- Messages to one number are bounded by who asks for them, and what was confirmed long ago recovers nothing (docs/decisions/0035).

-- The network from which a stranger asked for a code: null at a desk, where the account is whoever asks, and of what the release before
-- began, which is counted as of one asker.
alter table preau.registration add column asked_from text;
