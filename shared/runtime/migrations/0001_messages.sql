-- Messages that were handled, by their identity (source, id, type and body, digested).
create table inbox (
    id uuid primary key,
    handled_at timestamptz not null
);
create index inbox_by_age on inbox (handled_at);

-- Messages that are to be published, and those that were published lately.
create table outbox (
    id uuid primary key,
    exchange text not null,
    routing_key text not null,
    headers jsonb not null,
    body bytea not null,
    mandatory boolean not null,
    said_at timestamptz not null,   -- the system's time
    due_at timestamptz,             -- a timer: the programme's time
    retry_at timestamptz,           -- a retry: the system's time
    sent_at timestamptz             -- the system's time
);
create index outbox_left_behind on outbox (said_at) where sent_at is null and due_at is null and retry_at is null;
create index outbox_timers on outbox (due_at) where sent_at is null and due_at is not null;
create index outbox_retries on outbox (retry_at) where sent_at is null and retry_at is not null;
create index outbox_by_age on outbox (sent_at) where sent_at is not null;

-- Messages that could not be handled, whole, until staff retry or discard them.
create table failures (
    id bigint generated always as identity primary key,
    identity uuid not null unique,
    message_id text not null,
    message_type text not null,
    source text not null,
    lane text not null,
    exchange text not null,
    routing_key text not null,
    headers jsonb not null,
    body bytea not null,
    handler text not null,
    error text not null,
    attempts integer not null,
    first_failed_at timestamptz not null,
    last_failed_at timestamptz not null,
    state text not null default 'waiting' check (state in ('waiting', 'retried', 'discarded')),
    decided_at timestamptz
);
create index failures_waiting on failures (last_failed_at) where state = 'waiting';

-- Messages that the broker delivered again. An attempt is counted before it begins, and the row is deleted when the
-- message was handled. So a count that is left over is the number of processes that died of the message.
create table suspects (
    id uuid primary key,
    deaths integer not null,
    last_tried_at timestamptz not null
);
