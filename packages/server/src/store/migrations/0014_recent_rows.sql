-- Home and the page of the cluster count what was queued lately. Rows come in the order of queued_at, so a summary of
-- each block of pages finds them, at a few kilobytes for millions of rows and no cost for updates.
create index attempt_queued on attempt using brin (queued_at) with (pages_per_range = 32, autosummarize = on);
create index dag_run_queued on dag_run using brin (queued_at) with (pages_per_range = 32, autosummarize = on);
