-- The student who sent a document from our own pages. For one that a system sent it is null: its student is the one
-- who applied with it.
alter table documents add column student_id text references students;
create index documents_by_student on documents (student_id);

-- Each approved project as students find it. Weights: A title, B skills, tasks, deliverables and category, C scope and
-- focus, D the host.
create view catalogue_entries as
select
    projects.project_id,
    projects.round_id,
    template->>'title' as title,
    facts->>'organisation' as organisation,
    facts->>'sector' as sector,
    facts->>'city' as city,
    facts->>'country' as country,
    facts->>'size' as size,
    template->>'category' as category,
    template->>'mode' as mode,
    (template->>'week')::integer as week,
    (template->>'days')::integer as days,
    (template->>'places')::integer as places,
    (template->>'starts_on')::date as starts_on,
    array(select jsonb_array_elements_text(template->'skills')) as skills,
    array(select jsonb_array_elements_text(template->'disciplines')) as disciplines,
    coalesce(
        (select max(at) from history where subject = 'project/' || projects.project_id and transition = 'approve'),
        project_revisions.received_at
    ) as approved_at,
    setweight(to_tsvector('english', template->>'title'), 'A')
        || setweight(to_tsvector('english', template->'skills'), 'B')
        || setweight(to_tsvector('english', template->'tasks'), 'B')
        || setweight(to_tsvector('english', template->'deliverables'), 'B')
        || setweight(to_tsvector('english', template->>'category'), 'B')
        || setweight(to_tsvector('english', template->>'scope'), 'C')
        || setweight(to_tsvector('english', template->>'strategic_focus'), 'C')
        || setweight(to_tsvector('english', concat_ws(' ', facts->>'organisation', facts->>'kind')), 'D')
        || setweight(to_tsvector('english', concat_ws(' ', facts->>'sector', facts->>'city')), 'D')
        as search
from projects join project_revisions using (project_id, revision) join hosts using (host_id)
where projects.state = 'approved';

-- The same as a table, written when a project is approved and when its host's facts change. A withdrawn project keeps
-- its row, so the table is read through `listed_projects`.
create table catalogue (
    project_id text primary key references projects,
    round_id text not null references rounds,
    title text not null,
    organisation text not null,
    sector text not null,
    city text not null,
    country text not null,
    size text not null,
    category text not null,
    mode text not null,
    week integer not null,
    days integer not null,
    places integer not null,
    starts_on date not null,
    skills text[] not null,
    disciplines text[] not null,
    approved_at timestamptz not null,
    search tsvector not null
);
create index catalogue_by_round on catalogue (round_id);
create index catalogue_by_words on catalogue using gin (search);

insert into catalogue select * from catalogue_entries;

create view listed_projects as
select catalogue.*, coalesce(places_left.places, 0) as places_left
from catalogue join projects using (project_id, round_id) left join places_left using (project_id)
where projects.state = 'approved';
