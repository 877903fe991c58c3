drop view known_applications;
drop view known_projects;

-- Projects whose host has sent a ranking, and in which round. A ranking whose project has not arrived is deleted,
-- so that its host is asked again.
alter table rankings add column round_id text;
update rankings set round_id = projects.round_id from projects where projects.project_id = rankings.project_id;
delete from rankings where round_id is null;
alter table rankings drop constraint rankings_pkey, add primary key (project_id, round_id);

-- The places that projects have left for the second round of their round.
create table places_left (
    project_id text primary key,
    places integer not null
);

-- A project in each round that it may take part in: its own, and the second round of that (`.2`), with the places left.
create view known_projects as
select
    projects.project_id,
    rounds.round_id,
    rounds.round_id <> projects.round_id as in_second,
    projects.host_id,
    projects.title,
    projects.mode,
    projects.supervisor_name,
    case when rounds.round_id = projects.round_id then projects.places else coalesce(places_left.places, 0) end as places,
    projects.starts_on,
    projects.days,
    projects.approved,
    projects.withdrawn,
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
    rounds.last_day,
    second.name as second_name,
    second.opens_at as second_opens_at,
    second.closes_at as second_closes_at,
    exists (
        select from rankings where rankings.project_id = projects.project_id and rankings.round_id = rounds.round_id
    ) as ranked
from projects
join hosts using (host_id)
join rounds on rounds.round_id in (projects.round_id, projects.round_id || '.2')
left join rounds as second on second.round_id = rounds.round_id || '.2'
left join places_left on places_left.project_id = projects.project_id;

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
join known_projects using (project_id, round_id);
