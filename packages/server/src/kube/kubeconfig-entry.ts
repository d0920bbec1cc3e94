import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { badKubeconfig, type KubeconfigEntry } from './kubeconfig-files.ts';

/** Text of a field; null when it is absent or empty. */
export function textField(entry: KubeconfigEntry, place: string, field: string): string | null {
  const value = entry.fields[field];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string')
    throw badKubeconfig(entry.file, `${place}: ${field} is ${typeof value}, expected text`);
  return value;
}

export function booleanField(entry: KubeconfigEntry, place: string, field: string): boolean {
  const value = entry.fields[field];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean')
    throw badKubeconfig(entry.file, `${place}: ${field} is ${typeof value}, expected true or false`);
  return value;
}

/** A path of the file, made absolute from the folder of the file that names it. */
export function pathField(entry: KubeconfigEntry, place: string, field: string): string | null {
  const path = textField(entry, place, field);
  return path === null ? null : resolve(entry.folder, path);
}

/** PEM from `FIELD-data` (base64), which wins, or from the file that `FIELD` names. */
export async function pemField(entry: KubeconfigEntry, place: string, field: string): Promise<string | null> {
  const data = textField(entry, place, `${field}-data`);
  if (data !== null) return checkPem(Buffer.from(data, 'base64').toString('utf8'), entry, place, `${field}-data`);
  const path = pathField(entry, place, field);
  if (path === null) return null;
  try {
    return checkPem(await readFile(path, 'utf8'), entry, place, `${field} (${path})`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw badKubeconfig(entry.file, `${place}: the file ${path} that ${field} names cannot be read (${code})`, error);
  }
}

function checkPem(text: string, entry: KubeconfigEntry, place: string, field: string): string {
  if (!text.includes('-----BEGIN '))
    throw badKubeconfig(entry.file, `${place}: ${field} holds no PEM block (-----BEGIN ...)`);
  return text;
}
