-- An application that a student sends from our pages is kept and answered at once. Its CV is read afterwards, and then
-- the application is decided.
alter table applications drop constraint applications_state_check;
alter table applications add constraint applications_state_check
    check (state in ('checking', 'received', 'refused', 'withdrawn'));
alter table applications add column faults jsonb not null default '[]';  -- of one that was refused
create index applications_in_check on applications (received_at, application_id) where state = 'checking';

alter table contents alter column read_at drop not null;    -- null until it is read

-- The time to close, once it has come while applications that were sent before it are still being checked.
alter table rounds add column closing_at timestamptz;

-- Forms whose upload has begun: a round does not close while any that began in time is arriving. The table is unlogged,
-- since a crash ends the uploads too.
create unlogged table arriving (
    id uuid primary key,
    began_at timestamptz not null,          -- the programme's time
    waited_for_until timestamptz not null   -- the system's time
);
