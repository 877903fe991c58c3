-- Inbox and outbox have eight partitions, filled in turn. Old rows are cleared by truncating a partition, which leaves
-- no dead rows to later readers. `slot` is the number of a row's partition (`shared/runtime/partitions.py`).
alter table inbox rename to inbox_of_0001;
alter table outbox rename to outbox_of_0001;
alter index inbox_pkey rename to inbox_of_0001_pkey;
alter index outbox_pkey rename to outbox_of_0001_pkey;
drop index inbox_by_age, outbox_by_age;

-- Messages that were handled, by their identity (source, id, type and body, digested).
create table inbox (
    slot smallint not null,
    id uuid not null,
    handled_at timestamptz not null,
    primary key (id, slot)
) partition by list (slot);

-- Messages that were published: written once and never changed.
create table outbox (
    slot smallint not null,
    id uuid not null,
    identity uuid not null,         -- by which the inboxes of its subscribers recognise it
    exchange text not null,
    routing_key text not null,
    headers jsonb not null,
    body bytea not null,
    mandatory boolean not null,
    said_at timestamptz not null,   -- the system's time
    primary key (id, slot)
) partition by list (slot);

do $do$ begin
    for slot in 0..7 loop
        execute format('create table inbox_%1$s partition of inbox for values in (%1$s)', slot);
        execute format('create table outbox_%1$s partition of outbox for values in (%1$s)', slot);
    end loop;
end $do$;

create index inbox_by_age on inbox using brin (handled_at);
create index outbox_by_age on outbox using brin (said_at);

-- Rows of the outbox that the broker has not confirmed yet, and from when on the relay looks for them here.
create table unsent (
    id uuid primary key,
    slot smallint not null,
    look_at timestamptz not null    -- the system's time
);

-- Messages that are published when they are due: timers and retries.
create table waiting (
    id uuid primary key,
    identity uuid not null,
    exchange text not null,
    routing_key text not null,
    headers jsonb not null,
    body bytea not null,
    mandatory boolean not null,
    said_at timestamptz not null,   -- the system's time
    due_at timestamptz,             -- a timer: the programme's time
    retry_at timestamptz,           -- a retry: the system's time
    check (num_nonnulls(due_at, retry_at) = 1)
);
create index waiting_timers on waiting (due_at) where due_at is not null;
create index waiting_retries on waiting (retry_at) where retry_at is not null;

insert into inbox (slot, id, handled_at) select 0, id, handled_at from inbox_of_0001;

create temporary table said on commit drop as
select *, encode(substr(sha256(
    convert_to(headers->>'ce-source', 'UTF8') || '\x00' || convert_to(headers->>'ce-id', 'UTF8') || '\x00' ||
    convert_to(headers->>'ce-type', 'UTF8') || '\x00' || body
), 1, 16), 'hex')::uuid as identity
from outbox_of_0001;

insert into outbox (slot, id, identity, exchange, routing_key, headers, body, mandatory, said_at)
select 0, id, identity, exchange, routing_key, headers, body, mandatory, said_at
from said where due_at is null and retry_at is null;

insert into unsent (id, slot, look_at)
select id, 0, said_at from said where sent_at is null and due_at is null and retry_at is null;

insert into waiting (id, identity, exchange, routing_key, headers, body, mandatory, said_at, due_at, retry_at)
select id, identity, exchange, routing_key, headers, body, mandatory, said_at,
       case when retry_at is null then due_at end, retry_at
from said where sent_at is null and num_nonnulls(due_at, retry_at) > 0;

drop table inbox_of_0001;
drop table outbox_of_0001;
