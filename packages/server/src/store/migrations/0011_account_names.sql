-- Two accounts whose names differ by case alone would be taken for one another.
create unique index account_username_lower on account (lower(username));
