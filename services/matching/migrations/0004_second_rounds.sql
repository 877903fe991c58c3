-- Of a second round: when what its first leaves for it was said.
alter table rounds add column settled_at timestamptz;

-- The waiting list of a round that has a second (`.2`) ends, at the latest, when that one opens.
create view rounds_as_they_stand as
select
    rounds.round_id, rounds.version, rounds.name, rounds.opens_at, rounds.closes_at, rounds.rankings_due_at,
    rounds.weeks, rounds.offers_at, rounds.reply_within_days,
    least(rounds.waiting_list_ends_at, second.opens_at) as waiting_list_ends_at,
    rounds.matched_at, rounds.settled_at
from rounds
left join rounds as second on second.round_id = rounds.round_id || '.2';

-- A project is ranked once in each round.
alter table rankings add column round_id text;
update rankings set round_id = projects.round_id from projects where projects.project_id = rankings.project_id;
alter table rankings alter column round_id set not null;

-- The round in which a project takes part now: its own, until what that one leaves was said for its second (`.2`).
create view current_rounds as
select projects.project_id, coalesce(second.round_id, projects.round_id) as round_id
from projects
left join rounds as second on second.round_id = projects.round_id || '.2' and second.settled_at is not null;
