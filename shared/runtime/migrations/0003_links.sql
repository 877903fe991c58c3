-- A copy of what notifications publishes: a person's links that were issued before a moment are revoked.
create table revoked_links (
    kind text not null check (kind in ('host', 'student')),
    person_id text not null,
    issued_before timestamptz not null,
    primary key (kind, person_id)
);

-- The links for staff that were used: each opens a session once.
create table used_links (
    link_id uuid primary key,
    used_at timestamptz not null
);
