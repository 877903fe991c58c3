-- What a student sends from our pages is kept and answered at once; its CV is read afterwards, and then it is decided.
alter table applications drop constraint applications_state_check;
alter table applications add constraint applications_state_check
    check (state in ('checking', 'received', 'refused', 'withdrawn'));
alter table applications add column faults jsonb not null default '[]';  -- of one that was refused
create index applications_in_check on applications (received_at, application_id) where state = 'checking';

alter table contents alter column read_at drop not null;    -- null until it is read

-- Whose time to close has come while applications that were sent before it are still being checked: that time.
alter table rounds add column closing_at timestamptz;

-- Forms that are still on their way to us, so that a round does not close over them. Nothing to keep through a crash,
-- which ends them too.
create unlogged table arriving (
    id uuid primary key,
    began_at timestamptz not null,          -- the programme's time
    waited_for_until timestamptz not null   -- the system's time
);
