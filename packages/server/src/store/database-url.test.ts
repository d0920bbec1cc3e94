import type { GantryError } from '@gantry/sdk/model';
import { describe, expect, it } from 'vitest';
import { checkedDatabaseUrl, databasePlace } from './database-url.ts';

function refusal(url: string): GantryError {
  try {
    checkedDatabaseUrl(url);
  } catch (error) {
    return error as GantryError;
  }
  throw new Error(`${url} was taken`);
}

describe('[database] url', () => {
  it.each(['postgresql://a:b@h/d', 'postgres://h/d', 'postgresql:///d?host=/run/postgresql'])('takes %s', (url) => {
    expect(checkedDatabaseUrl(url)).toBe(url);
  });

  it('reads sslmode as libpq does', () => {
    expect(checkedDatabaseUrl('postgresql://h/d?sslmode=require')).toBe(
      'postgresql://h/d?sslmode=require&uselibpqcompat=true',
    );
  });

  it.each(['sqlite:////tmp/a.db', 'mysql://root:secret@h/d', 'mysql+mysqldb://h/d', 'redis://:secret@h'])(
    'refuses %s as unsupported, in one sentence without its password',
    (url) => {
      const { code, message } = refusal(url);
      expect(code).toBe('database_unsupported');
      expect(message).toContain('PostgreSQL 15');
      expect(message).not.toContain('secret');
      expect(message).not.toContain('\n');
    },
  );

  it('says what to drop from a URL of SQLAlchemy', () => {
    expect(refusal('postgresql+psycopg2://h/d').message).toContain('without +psycopg2');
  });

  it.each(['', 'localhost', 'postgresql://u:sec ret@h:port/d'])('refuses %j as no URL, without repeating it', (url) => {
    const { code, message } = refusal(url);
    expect(code).toBe('configuration_invalid');
    expect(message).not.toContain('sec ret');
  });

  it('is shown as host, port and database only', () => {
    expect(databasePlace('postgresql://user:secret@db.example:6432/gantry?sslmode=require')).toBe(
      'db.example:6432/gantry',
    );
    expect(databasePlace('postgresql://user@h/d')).toBe('h:5432/d');
  });
});
