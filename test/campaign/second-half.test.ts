import { expect, test } from 'vitest';
import { tellSeeds } from '../support/tell-seeds.ts';
import { playSeeds, SHARD_MILLISECONDS, SHARDS } from './play-seeds.ts';

test(
  'the second half of the seeds: random DAGs, endings and faults lose nothing, repeat nothing and come to an end, and a seed always tells the same story [I01 I02 I03 I05 I06 I08 I10 I13 I14 I16 I17 I21 I24 I28 I29 I31 I33 I34 I35 I36 I39]',
  async (context) => {
    expect(SHARDS).toBe(2);
    tellSeeds(context, await playSeeds(1));
  },
  SHARD_MILLISECONDS,
);
