-- A copy of what notifications says: a person's links that were issued before a moment are revoked.
create table revoked_links (
    kind text not null check (kind in ('host', 'student')),
    person_id text not null,
    issued_before timestamptz not null,
    primary key (kind, person_id)
);

-- Links that open a session once, for staff: those that were used.
create table used_links (
    link_id uuid primary key,
    used_at timestamptz not null
);
