import { MASK } from '../model/sensitive-name.ts';

/** A shorter text is in too many others: to mask it would garble the log and give it away. */
const LEAST_LENGTH = 5;
const LEAST_LINE_LENGTH = 8;
/** A bound for what one task can hide; each line of the log is searched for all of it. */
const MOST_FORMS = 5_000;

/**
 * What must not show in the log of a task: the secrets that it has read, and the forms in which they are commonly printed.
 * Best effort: whoever changes a secret in another way before printing it is not caught.
 */
export class SecretMask {
  readonly #known = new Set<string>();
  /** Longest first, so that no part of a longer one is left over. */
  #forms: readonly string[] = [];

  get isEmpty(): boolean {
    return this.#forms.length === 0;
  }

  /** False when one of the secrets is too short to be masked. */
  add(secrets: readonly string[]): boolean {
    const before = this.#known.size;
    const long = secrets.filter((secret) => secret.length >= LEAST_LENGTH && secret !== MASK);
    for (const secret of long) {
      for (const form of formsOf(secret)) if (this.#known.size < MOST_FORMS) this.#known.add(form);
    }
    if (this.#known.size > before) this.#forms = [...this.#known].sort((one, other) => other.length - one.length);
    return secrets.every((secret) => secret === '' || secret.length >= LEAST_LENGTH);
  }

  readonly apply = (text: string): string => {
    let shown = text;
    for (const form of this.#forms) if (shown.includes(form)) shown = shown.replaceAll(form, () => MASK);
    return shown;
  };

  /** The same for a text that goes on somewhere else: what may be the beginning of a secret at its end is left out. */
  applyToPart(text: string): string {
    const begun = Math.max(0, ...this.#forms.map((form) => lengthBegun(text, form)));
    return this.apply(text.slice(0, text.length - begun));
  }
}

/** How many characters at the end of a text are the beginning of a form. */
function lengthBegun(text: string, form: string): number {
  for (let length = Math.min(form.length - 1, text.length); length > 0; length -= 1) {
    if (text.charCodeAt(text.length - length) === form.charCodeAt(0) && text.endsWith(form.slice(0, length)))
      return length;
  }
  return 0;
}

/** The secret itself, its lines, and each of them as in JSON, in a URL and in base64. */
function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const texts = lines.length === 1 ? [secret] : [secret, ...lines.filter((line) => line.length >= LEAST_LINE_LENGTH)];
  return texts.flatMap((text) => [text, ...jsonForms(text), ...urlForms(text), ...base64Forms(text)]);
}

function jsonForms(text: string): readonly string[] {
  const once = JSON.stringify(text).slice(1, -1);
  return [once, JSON.stringify(once).slice(1, -1)];
}

function urlForms(text: string): readonly string[] {
  if (/[\ud800-\udfff]/u.test(text)) return [];
  const plain = encodeURIComponent(text);
  const strict = plain.replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  const inForm = new URLSearchParams({ '': text }).toString().slice(1);
  const forms = [plain, strict, inForm, plain.replaceAll('%20', '+')];
  return [...forms, ...forms.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

/**
 * In base64 three bytes are four characters, so a text inside another one looks in three ways. Of each, the characters
 * are taken that do not depend on what stands before and behind.
 */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const inner = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const isCutBehind = (before + bytes.length) % 3 !== 0;
    return encoded.slice([0, 2, 3][before], isCutBehind ? -1 : undefined);
  });
  const both = inner.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
  return both.filter((form) => form.length >= LEAST_LENGTH);
}
