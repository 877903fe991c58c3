-- Copies of other services' facts; each keeps the highest version.
create table rounds (
    round_id text primary key,
    version bigint not null,
    name text not null
);

create table hosts (
    host_id text primary key,
    version bigint not null,
    organisation text not null,
    sector text not null,
    size text not null,
    alumni boolean not null,
    country text not null
);

create table students (
    student_id text primary key,
    version bigint not null,
    discipline text not null,
    division text not null,
    level text not null,
    domicile text not null
);

create table projects (
    project_id text primary key,
    version bigint not null,
    title text not null,
    category text not null
);

-- A placement may arrive before the facts above, so it references none of them; they are joined when reports are made.
create table placements (
    application_id text primary key,
    round_id text not null,
    student_id text not null,
    project_id text not null,
    host_id text not null,
    starts_on date not null,
    ends_on date not null
);
create index placements_of_a_round on placements (round_id);

create table surveys (
    survey_id uuid primary key,
    application_id text not null references placements,
    respondent text not null check (respondent in ('student', 'host')),
    state text not null check (state in ('open', 'answered', 'closed')),
    opened_at timestamptz not null,
    closes_at timestamptz not null,
    unique (application_id, respondent)
);

-- What happened to a survey; rows are only ever added.
create table survey_steps (
    id bigint generated always as identity primary key,
    survey_id uuid not null references surveys,
    transition text not null,
    state_before text,
    state_after text not null,
    by text not null,
    at timestamptz not null
);
create index survey_steps_of_a_survey on survey_steps (survey_id, id);

-- All answers that were ever given; the latest of a survey count.
create table answers (
    id bigint generated always as identity primary key,
    survey_id uuid not null references surveys,
    given_at timestamptz not null,
    outcome smallint not null check (outcome between 1 and 5),
    supervision smallint not null check (supervision between 1 and 5),
    skills_before smallint not null check (skills_before between 1 and 5),
    skills_after smallint not null check (skills_after between 1 and 5),
    network smallint not null check (network between 1 and 5),
    recommend smallint not null check (recommend between 0 and 10),
    comment text not null
);
create index answers_of_a_survey on answers (survey_id, id desc);

create view current_answers as
select distinct on (survey_id) * from answers order by survey_id, id desc;

create view surveys_of_placements as
select
    survey_id, application_id, round_id, project_id, respondent,
    case respondent when 'student' then student_id else host_id end as respondent_id,
    state, opened_at, closes_at
from surveys join placements using (application_id);
