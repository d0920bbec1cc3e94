import { GantryError } from '@gantry/sdk/model';
import { describe, expect, it } from 'vitest';
import { CommitUnknown, databaseFailure } from './database-failure.ts';

const said = (code: string): Error => Object.assign(new Error('said the server'), { code, severity: 'ERROR' });

describe('databaseFailure', () => {
  it.each([
    ['40001', 'serialization'],
    ['40P01', 'deadlock'],
    ['55P03', 'lock_timeout'],
    ['57014', 'statement_timeout'],
    ['25P03', 'idle_in_transaction_timeout'],
    ['57P01', 'shutdown'],
    ['57P03', 'shutdown'],
    ['53100', 'disk_full'],
    ['53300', 'too_many_connections'],
    ['25006', 'read_only'],
    ['08006', 'connection_lost'],
    ['23505', 'constraint'],
    ['23503', 'constraint'],
    ['GA001', 'illegal_transition'],
    ['GA002', 'closed_attempt'],
    ['GA003', 'refused'],
    ['42601', 'other'],
    ['58P01', 'out_of_resources'],
  ])('knows SQLSTATE %s as %s [D6]', (code, kind) => {
    expect(databaseFailure(said(code))).toMatchObject({ kind, sqlState: code });
  });

  it.each([
    ['Connection terminated unexpectedly', 'connection_lost'],
    ['Client has encountered a connection error and is not queryable', 'connection_lost'],
    ['Query read timeout', 'connection_lost'],
    ['timeout exceeded when trying to connect', 'unreachable'],
    ['Connection terminated due to connection timeout', 'unreachable'],
    ['something else', 'other'],
  ])('knows the driver’s message "%s" as %s', (message, kind) => {
    expect(databaseFailure(new Error(message)).kind).toBe(kind);
  });

  it.each([
    ['ECONNRESET', 'connection_lost'],
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['EMFILE', 'no_file_handles'],
  ])('knows the system’s %s as %s', (code, kind) => {
    expect(databaseFailure(Object.assign(new Error('no'), { code })).kind).toBe(kind);
  });

  it('looks through wrappers at the cause', () => {
    const error = new GantryError('unavailable', 'It does not answer.', { cause: said('40P01') });
    expect(databaseFailure(new Error('outer', { cause: error })).kind).toBe('deadlock');
  });

  it('puts an unknown commit before the reason that made it unknown', () => {
    expect(databaseFailure(new GantryError('unavailable', '', { cause: new CommitUnknown(said('57P01')) })).kind).toBe(
      'commit_unknown',
    );
  });

  it('survives a cause that points at itself, and values that are no errors', () => {
    const circular = new Error('round');
    circular.cause = circular;
    expect(databaseFailure(circular).kind).toBe('other');
    expect(databaseFailure('text')).toMatchObject({ kind: 'other', message: 'text' });
    expect(databaseFailure(undefined).kind).toBe('other');
  });
});
