-- Kinds of failures of which staff were told less than an hour ago, and how many have followed.
create table failures_told (
    service text not null,
    error text not null,
    more integer not null default 0,
    primary key (service, error)
);
