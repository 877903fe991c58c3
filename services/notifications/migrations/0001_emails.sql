-- One mail to one recipient because of one event. `facts` has what it states. Name and address are looked up when it is
-- sent.
create table emails (
    email_id uuid primary key,
    cause text not null,
    template text not null,
    recipient_kind text not null check (recipient_kind in ('host', 'student', 'staff')),
    recipient_id text not null,
    facts jsonb not null,
    state text not null check (state in ('due', 'sent', 'failed')),
    due_at timestamptz not null,
    ended_at timestamptz check ((ended_at is not null) = (state <> 'due')),
    message_id text check ((message_id is not null) = (state <> 'due')),
    refusal text check ((refusal is not null) = (state = 'failed')),
    unique (cause, recipient_kind, recipient_id, template)
);

-- Copies of other services' facts; each keeps the highest version.
create table rounds (
    round_id text primary key,
    version integer not null,
    name text not null,
    submissions_open_at timestamptz not null,
    submissions_close_at timestamptz not null,
    opens_at timestamptz not null,
    closes_at timestamptz not null,
    rankings_due_at timestamptz not null,
    offers_at timestamptz not null,
    reply_within_days integer not null,
    closed_at timestamptz,
    reminded_of timestamptz
);

create table hosts (
    host_id text primary key,
    version integer not null,
    organisation text not null,
    city text not null,
    contact_name text not null,
    contact_email text not null
);

create table students (
    student_id text primary key,
    version integer not null,
    name text not null,
    email text not null,
    level text not null,
    year integer not null,
    discipline text not null
);

create table projects (
    project_id text primary key,
    version integer not null,
    round_id text not null,
    host_id text not null,
    title text not null,
    mode text not null,
    supervisor_name text not null,
    places integer not null,
    starts_on date not null,
    days integer not null,
    approved boolean not null default false,
    withdrawn boolean not null default false
);
create index projects_of_a_round on projects (round_id);

create table applications (
    application_id text primary key,
    round_id text not null,
    student_id text not null,
    project_id text not null,
    withdrawn boolean not null default false,
    placed boolean not null default false
);
create index applications_of_a_round on applications (round_id);

-- Projects whose host has sent a ranking. The ranking may arrive before the project.
create table rankings (
    project_id text primary key
);

create view known_projects as
select
    projects.*,
    hosts.organisation,
    hosts.city,
    hosts.contact_name,
    hosts.contact_email,
    rounds.name as round_name,
    rounds.submissions_open_at,
    rounds.submissions_close_at,
    rounds.opens_at,
    rounds.closes_at,
    rounds.rankings_due_at,
    rounds.offers_at,
    rounds.reply_within_days,
    rounds.closed_at,
    rounds.reminded_of,
    exists (select from rankings where rankings.project_id = projects.project_id) as ranked
from projects
join hosts using (host_id)
join rounds using (round_id);

create view known_applications as
select
    applications.application_id,
    applications.withdrawn as application_withdrawn,
    applications.placed,
    students.student_id,
    students.name as student_name,
    students.email as student_email,
    students.level,
    students.year,
    students.discipline,
    known_projects.*
from applications
join students using (student_id)
join known_projects using (project_id);
