import { ERROR_CODES } from '@gantry/sdk/model';
import type { Argument, Command, Option } from 'commander';
import { PERMISSIONS } from '../../packages/server/src/api/permissions.ts';
import { buildProgram } from '../../packages/server/src/cli/program.ts';
import { OPTION_TABLE, type OptionRow } from '../../packages/server/src/main/config/option-table.ts';
import { airflowPage } from './airflow-page.ts';
import { page, table, WRITTEN } from './page-lines.ts';
import { ROUTE_SENTENCES } from './route-sentences.ts';

/** The pages that are made of tables in the code, by path. `scripts/write-docs.mjs` writes them, a test compares them. */
export function generatedPages(): Readonly<Record<string, string>> {
  return {
    'docs/configuration.md': configurationPage(),
    'docs/errors.md': errorsPage(),
    'docs/cli.md': commandsPage(buildProgram()),
    'docs/rest-api.md': restPage(),
    'docs/airflow-api.md': airflowPage(),
  };
}

function configurationPage(): string {
  const sections = Object.entries(OPTION_TABLE as Record<string, Record<string, OptionRow>>).flatMap(
    ([section, options]) => [
      `## [${section}]`,
      '',
      ...table(
        ['option', 'kind', 'default', 'meaning'],
        Object.entries(options).map(([name, row]) => [
          `\`${name}\``,
          kindOf(row),
          row.fallback === '' ? 'not set' : `\`${row.fallback}\``,
          row.about,
        ]),
      ),
      '',
    ],
  );
  return page([
    '# Configuration',
    '',
    WRITTEN,
    '',
    'Gantry reads `gantry.cfg` in the folder that the variable `GANTRY_HOME` names (`~/gantry` when it is not set), or the',
    'file that `GANTRY_CONFIG` names. An option that is not known, or has a wrong value, stops the start with one sentence.',
    '',
    '```ini',
    '[core]',
    'executor = KubernetesExecutor,LocalExecutor',
    '',
    '[kubernetes_executor]',
    'namespace = workflows',
    '```',
    '',
    'What is strongest comes first:',
    '',
    '1. a flag of the command, such as `--port`;',
    '2. the variable `GANTRY__SECTION__OPTION`, for instance `GANTRY__CORE__PARALLELISM=64`;',
    '3. for options marked secret only: the variables `GANTRY__SECTION__OPTION_CMD` (a command that prints the value) and',
    '   `GANTRY__SECTION__OPTION_FILE` (a file that holds it);',
    '4. the file, where secret options may be written as `option_cmd` and `option_file` too;',
    '5. the default.',
    '',
    '`gantry config list` shows every option with its value and where the value comes from; secrets are masked.',
    '`gantry config get-value core executor` prints one value.',
    '',
    ...sections,
  ]);
}

function kindOf(row: OptionRow): string {
  const bounds = [
    row.minimum === undefined ? '' : `from ${row.minimum}`,
    row.maximum === undefined ? '' : `to ${row.maximum}`,
  ].filter(Boolean);
  const kind = row.oneOf === undefined ? row.kind.replace('_', ' ') : `one of ${row.oneOf.join(', ')}`;
  return [[kind, ...bounds].join(' '), ...(row.secret === true ? ['secret'] : [])].join(', ');
}

function errorsPage(): string {
  return page([
    '# Errors',
    '',
    WRITTEN,
    '',
    'Every error is one sentence: what was found, where, what was expected and what to do. The REST API sends it with a code:',
    '',
    '```json',
    '{ "code": "not_found", "detail": "There is no DAG weather." }',
    '```',
    '',
    'The command line prints the sentence after `gantry:` and ends with an exit code (see [the command line](cli.md)). The list of',
    'all codes; those without a status never cross HTTP.',
    '',
    ...table(
      ['code', 'HTTP status', 'what it says', 'what to do'],
      Object.entries(ERROR_CODES).map(([code, { status, sentence, remedy }]) => [
        `\`${code}\``,
        status === null ? '' : String(status),
        sentence,
        remedy,
      ]),
    ),
    '',
  ]);
}

function commandsPage(program: Command): string {
  return page([
    '# The command line',
    '',
    WRITTEN,
    '',
    'The program is called `gantry`. In a clone of the repository, type `npx gantry` in its place, after `npm start` has built it once.',
    'Each command explains itself with `--help`.',
    '',
    'Commands that ask the API server find it, and a credential, in this order: the variables `GANTRY_API_URL` with `GANTRY_API_TOKEN`',
    '(or `GANTRY_API_USERNAME` and `GANTRY_API_PASSWORD`); a standalone that runs on this machine, on `GANTRY_HOME` or, without that',
    'variable, on the nearest folder `.gantry` (where `npm start` keeps its data) or `~/gantry`; `[api]` host and port of the configuration with',
    'the same variables for the credential.',
    '',
    'Exit codes: 0 it worked, or the run that was waited for succeeded; 1 it was tried and did not work; 2 wrong usage, or a refusal to',
    'start that the same start would meet again (a wrong option, a port in use); 130 ended by Ctrl-C.',
    '',
    ...optionLines(program, 'For every command:'),
    ...leaves(program).flatMap((command) => commandLines(command)),
  ]);
}

/** Commands that do something, without those that only hold others. */
function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap((inside) => leaves(inside));
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

function commandLines(command: Command): readonly string[] {
  const places = command.registeredArguments.map((argument) => placeOf(argument));
  const meanings = command.registeredArguments
    .filter(({ description }) => description !== '')
    .map((argument) => `- \`${placeOf(argument)}\`: ${argument.description}`);
  return [
    `## ${fullName(command)}`,
    '',
    `\`${[fullName(command), ...places].join(' ')}\``,
    '',
    sentence(command.description()),
    '',
    ...(meanings.length === 0 ? [] : [...meanings, '']),
    ...optionLines(command, 'Options:'),
  ];
}

function placeOf(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionLines(command: Command, title: string): readonly string[] {
  const shown = command.options.filter(({ hidden }) => !hidden);
  if (shown.length === 0) return [];
  return [title, '', ...shown.map((option) => `- \`${option.flags}\`: ${option.description}${extras(option)}`), ''];
}

function extras({ argChoices, defaultValue }: Option): string {
  const choices = argChoices === undefined ? '' : `; one of ${argChoices.join(', ')}`;
  const preset = defaultValue === undefined ? '' : `; ${JSON.stringify(defaultValue)} when not given`;
  return `${choices}${preset}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

function restPage(): string {
  const routes = Object.entries(PERMISSIONS).filter(([, permission]) => permission !== 'worker');
  return page([
    '# The REST API',
    '',
    WRITTEN,
    '',
    'Paths and shapes are those of Airflow 3 (`/api/v2`), for the parts that are listed here. `GET /openapi.json` describes every',
    "route with its fields. What is Gantry's own begins with `/api/v2/gantry/`.",
    '',
    'Get a token with name and password, and send it with each request:',
    '',
    '```sh',
    'TOKEN=$(curl -s http://127.0.0.1:8080/auth/token -H "Content-Type: application/json" \\',
    '  -d \'{"username": "admin", "password": "..."}\' | node -p "JSON.parse(fs.readFileSync(0)).access_token")',
    'curl -s http://127.0.0.1:8080/api/v2/dags -H "Authorization: Bearer $TOKEN"',
    '```',
    '',
    '`gantry standalone` prints the password of the first account `admin` at its first start. An error is one sentence with a code',
    '(see [errors](errors.md)). Lists come in pages (`limit`, `offset`), at most `[api] maximum_page_limit` rows each, with',
    '`total_entries`. A role may do what the roles before it may: viewer, user, op, admin.',
    '',
    ...table(
      ['route', 'role', 'what it does'],
      routes.map(([route, permission]) => [
        `\`${route.replace(/:(\w+)/g, '{$1}')}\``,
        permission,
        routeSentence(route),
      ]),
    ),
    '',
    'The routes under `/execution/v1` are for workers only: see [worker and execution API](worker-and-execution-api.md).',
    '',
  ]);
}

function routeSentence(route: string): string {
  const found = ROUTE_SENTENCES[route];
  if (found === undefined) throw new Error(`The route ${route} has no sentence in test/docs/route-sentences.ts.`);
  return found;
}
