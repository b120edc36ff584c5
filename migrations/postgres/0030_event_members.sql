-- What whoever put an event into the log says of it beside its payload, as JSON: `attributes`, `callbackUrl`, `origin`,
-- `target`. Empty for the server's own events.
ALTER TABLE events ADD COLUMN extra TEXT;
