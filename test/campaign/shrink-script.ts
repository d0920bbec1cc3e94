import type { CampaignScript } from './campaign-script.ts';

/** No more plays than this; what is left then is small enough. */
const MOST_PLAYS = 200;

/** The smallest script found that still fails, by leaving out one thing after another. */
export async function shrinkScript(
  script: CampaignScript,
  fails: (smaller: CampaignScript) => Promise<boolean>,
): Promise<CampaignScript> {
  let smallest = script;
  let plays = 0;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const smaller of smallerScripts(smallest)) {
      if (plays === MOST_PLAYS) return smallest;
      plays += 1;
      if (!(await fails(smaller))) continue;
      smallest = smaller;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

/** Each lacks one thing, the larger ones first. */
function* smallerScripts(script: CampaignScript): Iterable<CampaignScript> {
  const { tasks, faults, endings } = script;
  const without = <Item>(items: readonly Item[], index: number): readonly Item[] =>
    items.filter((_, at) => at !== index);
  if (script.runs > 1) yield { ...script, runs: script.runs - 1 };
  for (const [index, { id }] of tasks.entries()) {
    if (tasks.length > 1)
      yield { ...script, ...withoutTask(script, id), tasks: withoutUpstream(without(tasks, index), id) };
  }
  for (const index of faults.keys()) yield { ...script, faults: without(faults, index) };
  for (const index of endings.keys()) yield { ...script, endings: without(endings, index) };
  const isOfSecond = (fault: (typeof faults)[number]): boolean => 'scheduler' in fault && fault.scheduler > 0;
  if (script.schedulers > 1 && !faults.some(isOfSecond)) yield { ...script, schedulers: 1 };
}

function withoutTask({ endings }: CampaignScript, id: string): Pick<CampaignScript, 'endings'> {
  return { endings: endings.filter(({ task }) => task !== id) };
}

function withoutUpstream(tasks: CampaignScript['tasks'], id: string): CampaignScript['tasks'] {
  return tasks.map((task) => ({ ...task, upstream: task.upstream.filter((above) => above !== id) }));
}
