import type { JsonObject } from '@gantry/sdk/model';
import type { HttpAnswer } from './http-transport.ts';
import { KubeError } from './kube-error.ts';
import { isJsonObject } from './pod/json-shape.ts';

export interface DryRunOptions {
  /** What becomes of fields that the server does not know: `Strict` refuses the pod, `Ignore` drops them. */
  readonly fieldValidation: 'Strict' | 'Ignore';
  readonly signal?: AbortSignal;
}

/** A pod that would have been created. */
export interface DryRunAnswer {
  /** With what defaults and admission have put in. */
  readonly pod: JsonObject;
  /** The server's warnings, e.g. of pod security in mode `warn`, or of a field that is going away. */
  readonly warnings: readonly string[];
}

/** A Warning header, or several joined: code, agent, quoted text (RFC 9110). */
const WARNING = /\d{3} \S+ "((?:[^"\\]|\\.)*)"/g;

export function readDryRunAnswer({ body, headers }: HttpAnswer): DryRunAnswer {
  const texts = [...String(headers.warning ?? '').matchAll(WARNING)].map(([, text = '']) => text);
  return { pod: readObject(body), warnings: texts.map((text) => text.replace(/\\(.)/g, '$1')) };
}

export function readObject(body: Buffer): JsonObject {
  let value: unknown = null;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    // Said below, without the text.
  }
  if (isJsonObject(value)) return value;
  throw new KubeError({
    kind: 'server',
    message: 'The Kubernetes API answered with something that is no JSON object.',
  });
}
