import type { Command } from 'commander';

export function kubernetesCommands(program: Command): void {
  const group = program.command('kubernetes').description('check pod templates, see and clean up pods');
  group
    .command('check-template')
    .description('check pod templates; one line for each finding')
    .argument('<file...>', 'pod templates, YAML')
    .option('--strict', 'fields that Kubernetes does not know are errors, as with strict_pod_schema')
    .option('-o, --output <format>', 'text or json', 'text')
    .action(async (files, options) => {
      process.exitCode = await (await import('./check-template.ts')).checkTemplates(files, options);
    });
  group
    .command('cleanup-pods')
    .description('delete pods that attempts left behind; never the pod of an open attempt, or one that runs')
    .option('--namespace <name>', 'only pods of this namespace; default: wherever pods are launched')
    .option('--min-pending-minutes <minutes>', 'age from which a pod that waits is deleted; at least 5', '30')
    .option('--min-completed-minutes <minutes>', 'time since its end that a pod is left; 0: none', '1')
    .option('--dry-run', 'only tell what would be deleted')
    .option('-v, --verbose', 'also tell whose pod it is, its phase and age')
    .action(async (options) => {
      process.exitCode = await (await import('./cleanup-pods.ts')).cleanUpPods(options);
    });
  group
    .command('preflight')
    .description(
      'ask the cluster about the pods of a DAG before it runs: dry run, what they name, size; creates nothing',
    )
    .argument('<dag>', 'id of the DAG, or its file')
    .option('-o, --output <format>', 'text or json', 'text')
    .action(async (dag, options) => {
      process.exitCode = await (await import('./preflight.ts')).preflight(dag, options);
    });
  previewCommands(group);
}

/** These need neither a database nor a cluster. */
function previewCommands(group: Command): void {
  group
    .command('merge-pods')
    .description('print the merge of two pods, as the executor merges the layers of a pod')
    .argument('<base>', 'file with a pod or a part of one, YAML or JSON; - for standard input')
    .argument('<override>', 'file with what is merged onto it; - for standard input')
    .option('-o, --output <format>', 'yaml or json', 'yaml')
    .action(async (base, override, options) => (await import('./merge-pods.ts')).mergePods(base, override, options));
  group
    .command('generate-dag-yaml')
    .description('write the pod of each task of a DAG to a file')
    .argument('<dag>', 'id of the DAG, or its file')
    .option('-l, --logical-date <time>', 'the time the run stands for; default: now')
    .option('-o, --output-path <folder>', 'where the folder gantry_yaml_output is made', '.')
    .action(async (dag, options) => (await import('./generate-dag-yaml.ts')).generateDagYaml(dag, options));
}
