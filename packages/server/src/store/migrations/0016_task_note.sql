-- What people write beside a task instance.
alter table task_instance add column note text;
