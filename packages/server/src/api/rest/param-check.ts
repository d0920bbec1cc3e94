import { type Context, createContext, Script } from 'node:vm';
import { type DagSpec, GantryError, type JsonObject } from '@gantry/sdk/model';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { BoundedCache } from '../bounded-cache.ts';
import { faultSentence } from '../validation.ts';

const COMPILED_KEPT = 500;
/** A pattern of a schema may be of the kind that takes for ever on some texts. */
const CHECK_MILLISECONDS = 500;

type Validators = ReadonlyMap<string, ValidateFunction>;

/** Checks what a run is triggered with against the params of its DAG, JSON Schema 2020-12. */
export class ParamCheck {
  readonly #compiled = new BoundedCache<Validators>(COMPILED_KEPT);
  readonly #context: Context & { check?: () => void } = createContext({});
  readonly #script = new Script('check()');

  /**
   * All params of a run: the DAG's defaults, and over them `given`. Names beside the params pass unchecked, as Airflow's
   * conf does. Throws `bad_request` with a sentence for the first value that does not fit.
   */
  resolve(spec: DagSpec, version: number, given: JsonObject): JsonObject {
    const resolved: Record<string, JsonObject[string]> = { ...given };
    const validators = this.#validators(spec, version);
    const unfit: string[] = [];
    this.#bounded(spec, () => {
      for (const [name, param] of Object.entries(spec.params)) {
        if (!Object.hasOwn(given, name) || given[name] === undefined) resolved[name] = param.default;
        const sentence = faultOf(name, resolved[name], validators.get(name)!);
        if (sentence !== null) unfit.push(sentence);
      }
    });
    if (unfit[0] !== undefined) throw new GantryError('bad_request', unfit[0]);
    return resolved;
  }

  #validators(spec: DagSpec, version: number): Validators {
    const key = `${spec.dagId}\n${version}`;
    const kept = this.#compiled.get(key);
    if (kept !== undefined) return kept;
    const ajv = new Ajv2020({ strict: false, allErrors: false, addUsedSchema: false, logger: false });
    addFormats.default(ajv);
    const validators = new Map(
      Object.entries(spec.params).map(([name, { schema }]) => [name, compile(ajv, spec.dagId, name, schema)]),
    );
    this.#compiled.set(key, validators);
    return validators;
  }

  /** Runs the check where V8 can end it, regular expressions included. */
  #bounded(spec: DagSpec, check: () => void): void {
    this.#context.check = check;
    try {
      this.#script.runInContext(this.#context, { timeout: CHECK_MILLISECONDS });
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new GantryError(
        'bad_request',
        `Checking the params of the DAG ${spec.dagId} took longer than ${CHECK_MILLISECONDS} ms; a pattern of theirs may be too costly for this text.`,
      );
    } finally {
      this.#context.check = undefined;
    }
  }
}

function compile(ajv: Ajv2020, dagId: string, name: string, schema: JsonObject): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (error) {
    const reason = (error as Error).message;
    throw new GantryError(
      'bad_request',
      `The schema of the param ${name} of the DAG ${dagId} cannot be used: ${reason}.`,
    );
  }
}

function faultOf(name: string, value: JsonObject[string], validate: ValidateFunction): string | null {
  if (value === undefined) return `The param ${name} has no default and must be given.`;
  if (validate(value)) return null;
  const found = JSON.stringify(value);
  const shown = found.length > 100 ? `${found.slice(0, 100)}...` : found;
  return `${faultSentence(validate.errors?.[0] ?? {}, `The param ${name}`).replace(/\.$/, '')}; found ${shown}.`;
}
