-- What was found in a project: [{kind, field, text}], in the order of the template. Null if it is to be found again: in
-- reviews from an earlier version, and in those of a host whose facts have changed.
alter table reviews add column findings jsonb;
create index reviews_to_look_through on reviews (host_id) where findings is null;

-- A review with everything that reviewers did on it, and what was found in it.
create view reviews_in_queue as
select reviews_at_desk.*, reviews.findings
from reviews_at_desk join reviews using (project_id, revision);
