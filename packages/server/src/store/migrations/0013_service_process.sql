-- Machine, process and when it began: by it another process of the same machine can prove that this one is dead. Null
-- where the system does not tell.
alter table service add column process text;
