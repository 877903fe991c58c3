-- One review for each revision of a project; `project` is the template as the host filled it in.
create table reviews (
    project_id text not null,
    revision integer not null check (revision >= 1),
    round_id text not null,
    host_id text not null,
    project jsonb not null,
    state text not null check (state in ('open', 'approved', 'returned', 'declined', 'superseded', 'withdrawn')),
    opened_at timestamptz not null,
    due_at timestamptz not null,
    primary key (project_id, revision)
);
create unique index reviews_one_open_a_project on reviews (project_id) where state = 'open';
create index reviews_by_age on reviews (state, opened_at);

-- What happened to a review; lines are only ever added.
create table review_steps (
    id bigint generated always as identity primary key,
    project_id text not null,
    revision integer not null,
    transition text not null,
    state_before text,
    state_after text not null,
    by text not null,
    at timestamptz not null,
    comments text not null,
    foreign key (project_id, revision) references reviews
);
create index review_steps_of_a_review on review_steps (project_id, revision, id);

-- The withdrawal of a project may arrive before the project itself.
create table withdrawals (
    project_id text primary key,
    withdrawn_at timestamptz not null
);

create view review_histories as
select
    reviews.*,
    (
        select jsonb_agg(to_jsonb(review_steps) order by review_steps.id)
        from review_steps
        where (review_steps.project_id, review_steps.revision) = (reviews.project_id, reviews.revision)
    ) as steps
from reviews;
