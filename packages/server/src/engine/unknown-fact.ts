import { GantryError } from '@gantry/sdk/model';

/** What a newer version wrote into the inbox: to pass over it would lose it, so its run waits for a scheduler that knows it. */
export function unknownFact(fact: { readonly kind: string }): GantryError {
  return new GantryError('internal', `What was told of it, a fact of kind ${fact.kind}, is not known to this version.`);
}
