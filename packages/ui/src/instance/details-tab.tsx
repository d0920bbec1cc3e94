import { Facts } from '../parts/facts.tsx';
import { factOf } from './fact-of.tsx';
import type { OfInstance } from './use-instance.ts';

/** Every field that the API tells of the task instance; those without a value are left out. */
export function DetailsTab({ instance }: OfInstance) {
  return <Facts facts={Object.entries(instance).map(factOf)} />;
}
