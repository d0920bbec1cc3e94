import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface MigrationFile {
  readonly number: number;
  /** The file's name, for instance `0001_tables.sql`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text, hexadecimal. */
  readonly digest: string;
}

/** The folder stands beside this file in the sources and, copied by the build, beside the compiled one. */
const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'migrations');

const NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

/** Every migration in order. Throws when a name is malformed or a number is missing or taken twice. */
export function migrationFiles(folder: string = FOLDER): readonly MigrationFile[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return names.map((name, index) => {
    const number = Number(NAME.exec(name)?.[1]);
    if (number !== index + 1) {
      throw new Error(
        `Migration ${name} is out of order: expected a name that begins with ${String(index + 1).padStart(4, '0')}_.`,
      );
    }
    // Line ends are normalized, so that a checkout on another system has the same digest.
    const sql = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
    return { number, name, sql, digest: createHash('sha256').update(sql).digest('hex') };
  });
}

/** A digest over every migration: two equal digests mean equal schemas. */
export function schemaDigest(files: readonly MigrationFile[] = migrationFiles()): string {
  return createHash('sha256')
    .update(files.map((file) => `${file.name} ${file.digest}\n`).join(''))
    .digest('hex');
}
