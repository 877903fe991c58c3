-- The field's terms: a failure came from one of the service's two queues; a message was published at a moment.
alter table outbox rename column said_at to published_at;
alter table waiting rename column said_at to published_at;
alter table failures rename column lane to queue;
