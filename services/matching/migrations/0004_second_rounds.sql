-- For a second round: when the places that its first round leaves were published. The opening of the second round ends
-- the waiting list of the first.
alter table rounds add column settled_at timestamptz;

-- A project is ranked once in each round.
alter table rankings add column round_id text;
update rankings set round_id = projects.round_id from projects where projects.project_id = rankings.project_id;
alter table rankings alter column round_id set not null;

-- The round in which a project takes part now: its own, until the places that this one leaves were published for the
-- second round (`.2`).
create view current_rounds as
select projects.project_id, coalesce(second.round_id, projects.round_id) as round_id
from projects
left join rounds as second on second.round_id = projects.round_id || '.2' and second.settled_at is not null;
