/** The public door of the model: the nouns that all rooms share. */
export * from './bundle-face.ts';
export * from './clock.ts';
export * from './dag-spec.ts';
export * from './error-codes.ts';
export * from './execution-api.ts';
export * from './fact.ts';
export * from './failure.ts';
export * from './gantry-error.ts';
export * from './json.ts';
export * from './nearest-name.ts';
export * from './order.ts';
export * from './outcome.ts';
export * from './random.ts';
export * from './run.ts';
export * from './run-id.ts';
export * from './states.ts';
export * from './trigger-rule.ts';
