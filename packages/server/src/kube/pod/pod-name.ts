import { createHash } from 'node:crypto';

const NAME_LIMIT = 63;
const HASH_LENGTH = 10;
const SLUG_LIMIT = NAME_LIMIT - HASH_LENGTH - 1;
/** What a DAG id keeps of the name however long the task id is. */
const DAG_SHARE = 20;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * The name of an attempt's pod: `<dag>-<task>-<10 characters of a hash of the attempt id>`, DNS-1123, at most 63
 * characters. The same attempt always gets the same name, so that a second create answers "already exists".
 */
export function podName(dagId: string, taskId: string, attemptId: string): string {
  const task = slug(taskId);
  const dagRoom = Math.max(DAG_SHARE, SLUG_LIMIT - task.length - 1);
  const dag = slug(dagId).slice(0, dagRoom);
  const readable = trimDashes([dag, task].filter(Boolean).join('-').slice(0, SLUG_LIMIT)) || 'task';
  return `${readable}-${attemptHash(attemptId)}`;
}

/** Lower case, accents dropped, everything but letters and digits one dash. */
function slug(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
  return trimDashes(plain.replace(/[^a-z0-9]+/g, '-'));
}

function trimDashes(text: string): string {
  return text.replace(/^-+|-+$/g, '');
}

/** 50 bits of the SHA-256 in letters and digits: 2^25 attempts of one task before a clash becomes likely. */
function attemptHash(attemptId: string): string {
  const digest = createHash('sha256').update(attemptId, 'utf8').digest();
  return Array.from(digest.subarray(0, HASH_LENGTH), (byte) => BASE32[byte & 31]).join('');
}
