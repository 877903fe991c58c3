-- What a host is still writing: a new project, or the next revision of one. Only its host sees it.
create table drafts (
    draft_id uuid primary key,
    host_id text not null references hosts,
    project_id text not null,               -- of the project that it becomes, or that it corrects
    revision integer not null,
    content jsonb not null,                 -- the fields of the template as they were typed, valid or not
    version integer not null,               -- counts the saves
    saves jsonb not null,                   -- the last save of each step: its version, from which window, and when
    acceptance jsonb,                       -- of the obligations, before it is sent; null where not accepted
    saved_at timestamptz not null,
    ended text check (ended in ('sent', 'discarded'))   -- null while it is a draft; else its content is empty
);
create index drafts_by_host on drafts (host_id) where ended is null;
create unique index one_draft_a_project on drafts (project_id) where ended is null;

-- The obligations that a host accepted with a revision. Appended, never changed.
create table obligations_accepted (
    project_id text not null,
    revision integer not null,
    text_version integer not null,          -- of shared/obligations.py
    mode text not null,                     -- the text is another one for remote work
    accepted_by text not null,              -- the person's name
    accepted_at timestamptz not null,
    primary key (project_id, revision),
    foreign key (project_id, revision) references project_revisions
);
