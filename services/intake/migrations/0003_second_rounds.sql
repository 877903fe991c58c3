-- Whether matching has published what the round leaves to its second.
alter table rounds add column left_said boolean not null default false;

-- The places that matching reported as free for the second round; a project that is absent has none.
create table places_left (
    project_id text primary key references projects,
    places integer not null
);

-- Null until a place was offered; false for good once the offer or the placement has ended.
alter table applications add column holds_a_place boolean;
