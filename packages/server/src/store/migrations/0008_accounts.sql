-- Who may do what: accounts without a role see only the DAGs that they were granted, sessions live here so that they can
-- be ended, and every change leaves a row that nobody alters.

-- Null: the account signs in by a provider only. A role of null: only its grants count.
alter table account alter column password_hash drop not null;
alter table account alter column role drop not null;
alter table account add column is_disabled boolean not null default false;
alter table account add column issuer text;
alter table account add column subject text;
alter table account add column email text;
alter table account add column signed_in_at timestamptz;
alter table account add constraint account_identity unique (issuer, subject);
alter table account add constraint account_identity_whole check ((issuer is null) = (subject is null));

-- What an account may do with one DAG beyond its role. The DAG need not exist yet.
create table account_grant (
  username text not null references account on delete cascade,
  dag_id text not null,
  role text not null check (role in ('viewer', 'user')),
  created_at timestamptz not null default clock_timestamp(),
  primary key (username, dag_id)
);

-- A token with a name was asked for by its owner; one without comes from a sign-in.
alter table account_token add column id uuid not null default gen_random_uuid() unique;
alter table account_token add column name text;
alter table account_token add column used_at timestamptz;
create unique index account_token_name on account_token (username, name) where name is not null;
create index account_token_username on account_token (username);

-- A signed-in browser; only the SHA-256 of its cookie is kept.
create table account_session (
  session_hash bytea primary key,
  id uuid not null default gen_random_uuid() unique,
  username text not null references account on delete cascade,
  signed_in_by text not null check (signed_in_by in ('password', 'oidc')),
  created_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  address text,
  user_agent text
);
create index account_session_username on account_session (username);

-- Failed sign-ins in a row, by account and by address; no sign-in of it is looked at before `until`.
create table sign_in_delay (
  subject text primary key,
  failures integer not null,
  until timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp()
);
create index sign_in_delay_recorded on sign_in_delay (recorded_at);

-- Every change that a person or a program made, written in the transaction of the change. Rows are never altered.
create table audit_log (
  id bigint generated always as identity primary key,
  recorded_at timestamptz not null default clock_timestamp(),
  username text,
  -- By what the account was known: a session of a browser, a token, the command line on the database itself, or a
  -- sign-in under way.
  credential text not null check (credential in ('session', 'token', 'cli', 'sign_in')),
  event text not null,
  dag_id text,
  run_id text,
  task_id text,
  map_index integer,
  try_number integer,
  -- What of it is no DAG: the name of a pool, variable, connection, account.
  object text,
  address text,
  before jsonb,
  after jsonb
);
create index audit_log_recorded on audit_log (recorded_at);
create index audit_log_dag on audit_log (dag_id, id) where dag_id is not null;

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_log is append-only: rows are never changed or removed' using errcode = 'GA005';
end $$;
create trigger audit_log_append_only before update or delete or truncate on audit_log
  for each statement execute function refuse_audit_change();
