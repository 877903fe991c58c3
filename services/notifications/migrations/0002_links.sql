-- The page that a mail leads to, what its link opens, and when the link ends. A mail that was stored before mails had
-- links has none of these. A mail to staff may have a page, but no link that signs them in.
alter table emails
    add path text,
    add opens text check (opens in ('desk', 'survey')),
    add link_ends_at timestamptz,
    add check ((opens is null) = (link_ends_at is null) and (opens is null or path is not null));

create index emails_of_a_recipient on emails (recipient_kind, recipient_id, email_id);

-- The last day of a round's placements: links are valid until two weeks after it. It is unknown for a round whose event
-- was handled before mails had links.
alter table rounds add last_day date;

create or replace view known_projects as
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
    exists (select from rankings where rankings.project_id = projects.project_id) as ranked,
    rounds.last_day
from projects
join hosts using (host_id)
join rounds using (round_id);

create or replace view known_applications as
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

-- Hosts and students in one view: all who can be sent a link.
create view people as
select 'host' as kind, host_id as person_id, contact_name as name, organisation, contact_email as email from hosts
union all
select 'student', student_id, name, null, email from students;

create index hosts_by_address on hosts (lower(contact_email));
create index students_by_address on students (lower(email));

-- Whose links were revoked, when and by whom. Rows are only ever added.
create table revocations (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('host', 'student')),
    person_id text not null,
    revoked_at timestamptz not null,
    by text not null
);
create index revocations_of_a_person on revocations (kind, person_id, id);
