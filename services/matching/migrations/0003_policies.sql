-- What staff decide on a round's match before it goes out; rows are only ever added, and the last row counts. Without
-- a row, the match is the stable one and goes out by itself.
create table match_settings (
    id bigint generated always as identity primary key,
    round_id text not null,
    policy text not null check (policy in ('stable', 'most_places', 'first_come')),
    held boolean not null,
    by text not null,
    at timestamptz not null,
    comments text not null
);
create index match_settings_of_a_round on match_settings (round_id, id desc);

-- The match that went out: released by staff, or by the programme at its time. `stood` are the applications from which
-- it was made. `project_ids` and `places` belong together, position by position.
create table releases (
    round_id text primary key,
    policy text not null check (policy in ('stable', 'most_places', 'first_come')),
    by text not null,
    at timestamptz not null,
    stood text[] not null,
    project_ids text[] not null,
    places integer[] not null
);

-- Matches that were made before there were policies. Every application that had not ended by then stood.
insert into releases (round_id, policy, by, at, stood, project_ids, places)
select
    rounds.round_id,
    'stable',
    'programme',
    rounds.matched_at,
    array(
        select application_id from applications
        where applications.round_id = rounds.round_id
          and not exists (
              select from application_steps
              where application_steps.application_id = applications.application_id
                and application_steps.transition in ('withdraw', 'project_withdrawn')
                and application_steps.state_before = 'standing'
                and application_steps.at <= rounds.matched_at
          )
        order by application_id
    ),
    array(select project_id from projects where projects.round_id = rounds.round_id order by project_id),
    array(select greatest(places, 0) from projects where projects.round_id = rounds.round_id order by project_id)
from rounds
where rounds.matched_at is not null;
