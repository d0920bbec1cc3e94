-- What pods are made of: JSON with holes for what differs between the attempts of one task and DAG version. An attempt
-- names its shape instead of holding a pod of its own, so that thousands of attempts share one row.
create table pod_shape (
  digest text primary key,
  body text not null,
  -- Who set each field, and what that replaced; JSON, as text like the body, since a variable may hold what jsonb refuses.
  origins text not null,
  warnings text not null,
  created_at timestamptz not null default clock_timestamp()
);

-- Told by the worker with its claim. A pod that never claims tells it in the place of a fact.
alter table attempt add column pod_shape text;
