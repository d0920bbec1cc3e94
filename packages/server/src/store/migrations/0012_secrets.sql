-- Values of variables, and passwords and extras of connections, may be sealed (AES-256-GCM) by the room `secrets`. A row
-- holds a secret plain or sealed, never both. What is sealed begins with a version byte and the id of its key.
alter table variable alter column value drop not null;
alter table variable add column sealed_value bytea;
alter table variable add constraint variable_value_once check ((value is null) <> (sealed_value is null));
alter table variable add constraint variable_value_size check (octet_length(sealed_value) <= 4194304);

alter table connection add column sealed_password bytea;
alter table connection add column sealed_extra bytea;
alter table connection add constraint connection_password_once check (password is null or sealed_password is null);
alter table connection add constraint connection_extra_once check (sealed_extra is null or extra = '{}');
alter table connection add constraint connection_secret_size
  check (octet_length(sealed_password) <= 4194304 and octet_length(sealed_extra) <= 4194304);
