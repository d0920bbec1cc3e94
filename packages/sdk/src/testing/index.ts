/** The public door for tests of DAGs. The program behind it is the scheduler's own plan, bundled into one file. */
import type { Simulate } from './simulation.ts';

export type * from './simulation.ts';
export declare const simulate: Simulate;
