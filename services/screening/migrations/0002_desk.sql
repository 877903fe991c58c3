-- Members of staff who have opened the pages: reviews are assigned to them. Their last known names, and whether they
-- may review.
create table staff (
    staff_id text primary key,
    name text not null,
    may_review boolean not null
);

-- Who reviews a project, in all its revisions.
create table assignments (
    project_id text primary key,
    reviewer_id text not null references staff,
    assigned_at timestamptz not null
);
create index assignments_of_a_reviewer on assignments (reviewer_id);

-- A reviewer's marks for a revision, as {criterion: {score, comment}}. Lines are only ever added; the last one counts.
create table scorings (
    id bigint generated always as identity primary key,
    project_id text not null,
    revision integer not null,
    reviewer_id text not null references staff,
    marks jsonb not null,
    at timestamptz not null,
    foreign key (project_id, revision) references reviews
);
create index scorings_of_a_review on scorings (project_id, revision, reviewer_id, id desc);

create table second_opinions (
    project_id text not null,
    revision integer not null,
    asked_by text not null references staff,
    asked_of text references staff,
    why text not null,
    at timestamptz not null,
    primary key (project_id, revision),
    foreign key (project_id, revision) references reviews
);

-- A verdict that the host does not see yet; `number` is a new one after each change.
create table prepared_verdicts (
    project_id text not null,
    revision integer not null,
    number bigint generated always as identity,
    verdict text not null check (verdict in ('approve', 'return', 'decline')),
    comments text not null,
    prepared_by text not null references staff,
    at timestamptz not null,
    primary key (project_id, revision),
    foreign key (project_id, revision) references reviews
);

-- What members of staff did on a revision; lines are only ever added.
create table acts (
    id bigint generated always as identity primary key,
    project_id text not null,
    revision integer not null,
    act text not null,
    by_id text not null references staff,
    at timestamptz not null,
    words text not null,
    foreign key (project_id, revision) references reviews
);
create index acts_on_a_review on acts (project_id, revision, id);

-- Rules by which a host's project is approved when it is submitted. A rule is never erased: what it approved stays
-- explained.
create table approval_rules (
    rule_id bigint generated always as identity primary key,
    host_id text not null,
    corrections_only boolean not null,
    without text[] not null,
    round_id text,
    last_day date,
    reason text not null,
    made_by text not null references staff,
    made_at timestamptz not null,
    paused_at timestamptz,
    removed_at timestamptz,
    removed_by text references staff,
    check (round_id is not null or last_day is not null)
);
create index approval_rules_of_a_host on approval_rules (host_id) where removed_at is null;

create table rule_approvals (
    project_id text not null,
    revision integer not null,
    rule_id bigint not null references approval_rules,
    at timestamptz not null,
    primary key (project_id, revision),
    foreign key (project_id, revision) references reviews
);
create index rule_approvals_of_a_rule on rule_approvals (rule_id, at desc);

-- Copies of other services' facts; each keeps the highest version.
create table hosts (
    host_id text primary key,
    version integer not null,
    organisation text not null,
    legal_status text not null,
    sector text not null
);

create table rounds (
    round_id text primary key,
    version integer not null,
    name text not null,
    opens_at timestamptz not null
);

-- A review, with everything that reviewers did on it and the facts of its host and its round.
create view reviews_at_desk as
select
    review_histories.*,
    coalesce(rounds.name, review_histories.round_id) as round_name,
    case when hosts.host_id is not null then to_jsonb(hosts) - 'version' end as host,
    assignments.reviewer_id,
    reviewer.name as reviewer,
    (
        select jsonb_build_object(
            'number', number, 'verdict', verdict, 'comments', comments, 'by_id', prepared_by, 'by', name, 'at', at
        )
        from prepared_verdicts join staff on staff_id = prepared_by
        where (prepared_verdicts.project_id, prepared_verdicts.revision)
            = (review_histories.project_id, review_histories.revision)
    ) as prepared,
    (
        select jsonb_build_object(
            'asked_by_id', asked_by, 'asked_by', asking.name, 'asked_of_id', asked_of, 'asked_of', asked.name,
            'why', why, 'at', at
        )
        from second_opinions
        join staff as asking on asking.staff_id = asked_by
        left join staff as asked on asked.staff_id = asked_of
        where (second_opinions.project_id, second_opinions.revision)
            = (review_histories.project_id, review_histories.revision)
    ) as opinion,
    coalesce((
        select jsonb_agg(
            jsonb_build_object('reviewer_id', reviewer_id, 'reviewer', name, 'marks', marks, 'at', at) order by id
        )
        from (
            select distinct on (scorings.reviewer_id) scorings.*, name
            from scorings join staff on staff_id = scorings.reviewer_id
            where (scorings.project_id, scorings.revision)
                = (review_histories.project_id, review_histories.revision)
            order by scorings.reviewer_id, scorings.id desc
        ) as last_ones
    ), '[]') as scorings
from review_histories
left join hosts using (host_id)
left join rounds on rounds.round_id = review_histories.round_id
left join assignments on assignments.project_id = review_histories.project_id
left join staff as reviewer on reviewer.staff_id = assignments.reviewer_id;
