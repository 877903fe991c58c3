-- More of a round's calendar than its match needs. Rounds that are already here get the nearest dates that are known,
-- until they are scheduled anew.
alter table rounds
    add column name text,
    add column opens_at timestamptz,
    add column closes_at timestamptz,
    add column rankings_due_at timestamptz,
    add column weeks jsonb not null default '[]';
update rounds set
    name = round_id,
    closes_at = coalesce((select closed_at from closings where closings.round_id = rounds.round_id), offers_at),
    rankings_due_at = offers_at;
update rounds set opens_at = closes_at;
alter table rounds
    alter column name set not null,
    alter column opens_at set not null,
    alter column closes_at set not null,
    alter column rankings_due_at set not null,
    alter column weeks drop default;

-- Copies of what intake publishes; each keeps the newest version. An application or project may arrive before the host
-- and the student that it names.
create table hosts (
    host_id text primary key,
    version integer not null,
    organisation text not null,
    sector text not null,
    city text not null,
    contact_name text not null
);
create table students (
    student_id text primary key,
    version integer not null,
    name text not null,
    level text not null,
    year integer not null,
    discipline text not null,
    division text not null,
    domicile text not null
);

-- The template of each project, as it was last submitted, approved or not.
create table templates (
    project_id text primary key,
    revision integer not null,
    template jsonb not null
);

create index projects_of_a_host on projects (host_id);

-- Applicants whom the host finds not suitable, and why, in its words: for staff, never for the student.
alter table rankings add column not_suitable jsonb not null default '{}';

-- A ranking that its host has begun and not sent: best first. Applicants in neither column are undecided.
create table ranking_drafts (
    project_id text not null references projects,
    round_id text not null,
    application_ids text[] not null,
    not_suitable jsonb not null,
    saved_at timestamptz not null,
    primary key (project_id, round_id)
);

-- What a host recorded for a day of a placement; rows are only ever added, and the last row of a day counts.
create table attendance (
    id bigint generated always as identity primary key,
    application_id text not null references placements,
    day date not null,
    presence text not null check (presence in ('present', 'absent', 'excused')),
    recorded_at timestamptz not null
);
create index attendance_of_a_placement on attendance (application_id, day, id desc);
