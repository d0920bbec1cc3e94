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
}
