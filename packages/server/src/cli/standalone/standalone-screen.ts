import { homedir } from 'node:os';
import { relative } from 'node:path';
import type { Standalone, StandaloneEvents, StandalonePart } from '../../main/standalone.ts';
import { VERSION } from '../../main/version.ts';
import { commandName } from '../command-name.ts';
import { printable } from '../output/printable.ts';
import type { Terminal } from '../output/terminal.ts';
import { duration } from '../output/time.ts';
import type { RunView } from '../progress/run-view.ts';

const NAMES: Readonly<Record<StandalonePart, string>> = {
  database: 'database',
  cluster: 'local cluster',
  workers: 'workers',
  'api-server': 'API server',
  'dag-processor': 'DAG processor',
  scheduler: 'scheduler',
};
const NAME_WIDTH = 13;

/** Everything that standalone writes to the terminal, in one calm order. */
export class StandaloneScreen implements StandaloneEvents {
  readonly terminal: Terminal;
  readonly #home: string;
  readonly #lastWarning = new Map<StandalonePart, string>();
  /** Set while a run is painted; lines go above it then. */
  #view: RunView | null = null;

  constructor(terminal: Terminal, home: string) {
    this.terminal = terminal;
    this.#home = home;
  }

  begin(): void {
    const { colors } = this.terminal;
    this.line(`${colors.bold(`Gantry ${VERSION}`)} starts; its data is in ${shortPath(this.#home)}`);
    this.line('');
  }

  ready(part: StandalonePart, milliseconds: number, place: string): void {
    const { colors } = this.terminal;
    const shown = place.startsWith('/') ? shortPath(place) : place;
    const name = NAMES[part].padEnd(NAME_WIDTH);
    const took = colors.dim(duration(milliseconds / 1000).padStart(6));
    this.line(`  ${colors.green('ready')}  ${name}  ${took}  ${shown}`);
  }

  started({ admin }: Standalone): void {
    if (admin === null) return;
    const { colors } = this.terminal;
    const [name, password] = [colors.bold(admin.username), colors.bold(admin.password)];
    this.line('');
    this.line(`Sign in as ${name} with the password ${password}; it is shown this once.`);
  }

  /** A part that says the same again, e.g. of a file that stays broken, is not repeated. */
  warned(part: StandalonePart, text: string): void {
    if (this.#lastWarning.get(part) === text) return;
    this.#lastWarning.set(part, text);
    const { colors } = this.terminal;
    this.line(`${colors.yellow(NAMES[part])}: ${printable(text).replaceAll('\n', ' ')}`);
  }

  runsOn({ url }: Standalone, dagId: string | null): void {
    const { colors } = this.terminal;
    const gantry = commandName();
    const commands =
      dagId === null
        ? [`${gantry} dags list`, `${gantry} dags trigger DAG --follow`, `${gantry} dags list-import-errors`]
        : [`${gantry} dags list`, `${gantry} dags trigger ${dagId} --follow`, `${gantry} dags list-runs ${dagId}`];
    this.line('');
    this.line(`Open ${colors.cyan(url)} in a browser, or try in another terminal:`);
    for (const command of commands) this.line(`  ${colors.cyan(command)}`);
    this.line('');
    this.line('Ctrl-C stops everything.');
  }

  stops(): void {
    this.#view = null;
    this.line('');
  }

  stopping(part: StandalonePart): void {
    const { isLive, colors, write } = this.terminal;
    if (isLive) write(`\r\u001b[2K${colors.dim(`Stopping the ${NAMES[part]} ...`)}`);
  }

  stopped(troubles: readonly string[]): void {
    if (this.terminal.isLive) this.terminal.write('\r\u001b[2K');
    for (const trouble of troubles) this.line(`The ${trouble}`);
    this.line('Everything is stopped.');
  }

  /** Lines go above the view from now on; null: to the end again. */
  viewed(view: RunView | null): void {
    this.#view = view;
  }

  line(text: string): void {
    if (this.#view === null) this.terminal.write(`${text}\n`);
    else this.#view.say(text);
  }
}

/** A path relative to this folder or to home where that is shorter. */
export function shortPath(path: string): string {
  const here = relative(process.cwd(), path);
  if (here === '') return '.';
  if (!here.startsWith('..')) return here;
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
