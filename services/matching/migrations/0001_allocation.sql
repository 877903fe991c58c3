-- Copies of what intake and screening publish; each keeps the newest version.
create table rounds (
    round_id text primary key,
    version integer not null,
    offers_at timestamptz not null,
    reply_within_days integer not null,
    waiting_list_ends_at timestamptz not null,
    matched_at timestamptz
);

-- How many applications a round received. This may arrive before the round itself.
create table closings (
    round_id text primary key,
    applications_received integer not null,
    closed_at timestamptz not null
);

-- Approved projects.
create table projects (
    project_id text primary key,
    revision integer not null,
    round_id text not null,
    host_id text not null,
    title text not null,
    places integer not null,
    starts_on date not null,
    ends_on date not null
);
create index projects_of_a_round on projects (round_id);

-- Withdrawals, which may arrive before the project or application itself.
create table withdrawn_projects (
    project_id text primary key,
    withdrawn_at timestamptz not null
);
create table withdrawn_applications (
    application_id text primary key,
    withdrawn_at timestamptz not null
);

-- `rank` is the position in the host's current ranking, 1 the best. Null: not suitable, or not ranked yet.
create table applications (
    application_id text primary key,
    round_id text not null,
    student_id text not null,
    project_id text not null,
    host_id text not null,
    preference integer not null,
    received_at timestamptz not null,
    rank integer,
    state text not null check (
        state in (
            'standing', 'waitlisted', 'offered', 'confirmed', 'completed', 'cancelled',
            'declined', 'expired', 'retracted', 'unsuccessful', 'withdrawn'
        )
    )
);
create index applications_of_a_round on applications (round_id, state);
create index applications_to_a_project on applications (project_id, rank);
create index applications_of_a_student on applications (student_id, round_id);

-- What happened to an application; rows are only ever added. Rows of the same cause were decided together.
create table application_steps (
    id bigint generated always as identity primary key,
    application_id text not null references applications,
    transition text not null,
    state_before text,
    state_after text not null,
    by text not null,
    at timestamptz not null,
    comments text not null,
    cause text not null
);
create index application_steps_of_an_application on application_steps (application_id, id);

-- Every ranking that a host gave; the last one counts.
create table rankings (
    id bigint generated always as identity primary key,
    project_id text not null references projects,
    received_at timestamptz not null,
    application_ids text[] not null
);
create index rankings_of_a_project on rankings (project_id, id desc);

-- Offers and placements are identified by their application's id, and have no state but the application's.
create table offers (
    application_id text primary key references applications,
    made_at timestamptz not null,
    reply_by timestamptz not null,
    first boolean not null
);
create table placements (
    application_id text primary key references offers,
    confirmed_at timestamptz not null,
    starts_on date not null,
    ends_on date not null
);

-- A placement keeps the days for which it was confirmed. Until then an application has the days of its project.
create view applications_in_full as
select
    applications.*,
    offers.made_at,
    offers.reply_by,
    offers.first,
    placements.confirmed_at,
    coalesce(placements.starts_on, projects.starts_on) as starts_on,
    coalesce(placements.ends_on, projects.ends_on) as ends_on
from applications
left join projects using (project_id)
left join offers using (application_id)
left join placements using (application_id);
