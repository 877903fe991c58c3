create table rounds (
    round_id text primary key,
    version integer not null,
    calendar jsonb not null,
    applications_closed_at timestamptz      -- set once: ApplicationsClosed was published
);

-- Each calendar that a round has had. Appended, never changed.
create table round_calendars (
    round_id text not null references rounds,
    version integer not null,
    calendar jsonb not null,
    set_at timestamptz not null,
    primary key (round_id, version)
);

create table hosts (
    host_id text primary key,
    version integer not null,
    facts jsonb not null,
    recorded_at timestamptz not null        -- by its source's clock: an older record changes nothing
);

create table students (
    student_id text primary key,
    version integer not null,
    facts jsonb not null,
    visa_weekly_hours double precision,     -- null for no limit; never leaves intake
    recorded_at timestamptz not null
);

create table projects (
    project_id text primary key,
    round_id text not null references rounds,
    host_id text not null references hosts,
    revision integer not null,
    state text not null check (state in ('under_review', 'returned', 'approved', 'declined', 'withdrawn'))
);
create index projects_by_round on projects (round_id);

create table project_revisions (
    project_id text not null references projects,
    revision integer not null,
    template jsonb not null,
    sent_at timestamptz not null,
    received_at timestamptz not null,
    primary key (project_id, revision)
);

-- Every (source, id) that was received, a digest of its content and its outcome: the first under an id stands.
create table submissions (
    source text not null,
    id text not null,
    type text not null,
    digest bytea not null,                  -- SHA-256 of its type and its body as canonical JSON
    outcome text not null check (outcome in ('accepted', 'refused')),
    faults text[] not null default '{}',    -- the fields at fault
    sent_at timestamptz not null,           -- by its source's clock
    handled_at timestamptz not null,
    primary key (source, id)
);

-- What was read of each content, once.
create table contents (
    digest text primary key,                -- SHA-256, in hexadecimal
    size integer not null,                  -- bytes
    pages integer,                          -- null where it is not a PDF that can be read
    read_at timestamptz not null
);

create table documents (
    document_id uuid primary key,
    digest text not null references contents,
    source text not null,
    received_at timestamptz not null
);

create table applications (
    application_id text primary key,
    round_id text not null references rounds,
    student_id text not null references students,
    project_id text not null references projects,
    host_id text not null references hosts,
    preference integer not null,
    statement text not null,
    cv uuid not null references documents,
    state text not null check (state in ('received', 'withdrawn')),
    sent_at timestamptz not null,
    received_at timestamptz not null
);
create index applications_by_round on applications (round_id);
create index applications_by_student on applications (student_id, round_id);
create index applications_by_document on applications (cv);

-- The named transitions of projects and applications, in the order in which they happened. Appended, never changed.
create table history (
    id bigint generated always as identity primary key,
    subject text not null,                  -- as in envelopes: project/P0042
    revision integer,                       -- of a project
    transition text not null,
    before text,
    after text not null,
    by text not null,
    at timestamptz not null,
    comments text not null
);
create index history_by_subject on history (subject, id);
