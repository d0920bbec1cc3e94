import type { Command } from 'commander';

export function podCommands(program: Command): void {
  const group = program.command('pod').description('see the pod of a task before it runs, and who set what');
  group
    .command('explain')
    .description('the pod of a task: each field with who set it and what that replaced')
    .argument('<dag>', 'id of the DAG, or its file')
    .argument('<task>', 'id of the task')
    .option('--run <run>', 'the pod of this run’s last attempt, as it was created')
    .option('--map-index <index>', 'index of a mapped task', '-1')
    .option('-o, --output <format>', 'text, yaml or json', 'text')
    .action(async (dag, task, options) => (await import('./explain-pod.ts')).explainPod(dag, task, options));
}
