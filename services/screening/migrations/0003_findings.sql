-- What was found in a project: [{kind, field, text}], in the order of the template. Null where it is to be found again:
-- in reviews of an earlier version, and in those of a host of which something else has become known.
alter table reviews add column findings jsonb;
create index reviews_to_look_through on reviews (host_id) where findings is null;

-- A review at the desk, with what was found in it.
create view reviews_in_queue as
select reviews_at_desk.*, reviews.findings
from reviews_at_desk join reviews using (project_id, revision);
