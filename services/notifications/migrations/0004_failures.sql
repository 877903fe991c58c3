-- Kinds of failures that staff were told about less than an hour ago, and how many more of each have followed.
create table failures_told (
    service text not null,
    error text not null,
    more integer not null default 0,
    primary key (service, error)
);
