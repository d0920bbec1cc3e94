import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { GantryError, nearestName } from '@gantry/sdk/model';
import type { Setting, Settings } from './config.ts';
import { OPTION_TABLE, type OptionRow } from './option-table.ts';

const PREFIX = 'GANTRY__';
const COMMAND_TIMEOUT_MILLISECONDS = 10_000;

export interface LoadedSettings {
  /** GANTRY_HOME, `~/gantry` when unset. */
  readonly home: string;
  readonly settings: Settings;
}

/**
 * Reads gantry.cfg under GANTRY_HOME and the environment. Order, strongest first: `overrides` (flags),
 * GANTRY__SECTION__OPTION, ..._CMD, ..._FILE, the file, its `option_cmd` and `option_file`, the default. The command and
 * file forms are for secret options only, as in Airflow. Unknown sections and options stop the start.
 */
export function loadSettings(environment: NodeJS.ProcessEnv, overrides: Settings = new Map()): LoadedSettings {
  const home = environment.GANTRY_HOME ?? join(homedir(), 'gantry');
  const settings = new Map<string, Setting>();
  const file = environment.GANTRY_CONFIG ?? join(home, 'gantry.cfg');
  if (existsSync(file)) readFile(file, settings);
  else if (environment.GANTRY_CONFIG !== undefined) {
    throw refusal(`GANTRY_CONFIG names ${file}, but there is no such file.`);
  }
  readEnvironment(environment, settings);
  for (const [key, setting] of overrides) settings.set(key, setting);
  return { home, settings };
}

function refusal(sentence: string): GantryError {
  return new GantryError('configuration_invalid', sentence);
}

function readFile(file: string, settings: Map<string, Setting>): void {
  let section: string | null = null;
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  for (const [index, raw] of lines.entries()) {
    const place = `${file} line ${index + 1}`;
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const header = /^\[(.+)\]$/.exec(line);
    if (header !== null) {
      section = knownSection(header[1]!.trim(), place);
      continue;
    }
    const equals = line.indexOf('=');
    if (equals < 1) throw refusal(`${place}: found "${line}", expected "option = value".`);
    if (section === null) throw refusal(`${place}: an option stands before the first [section].`);
    set(section, line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim(), place, settings);
  }
}

function readEnvironment(environment: NodeJS.ProcessEnv, settings: Map<string, Setting>): void {
  // Plain values last, so that they beat the command and file forms of the same option.
  const isIndirect = (name: string): number => Number(/_(CMD|FILE)$/.test(name));
  const names = Object.keys(environment).filter((name) => name.startsWith(PREFIX));
  names.sort((a, b) => isIndirect(b) - isIndirect(a) || (a < b ? -1 : 1));
  for (const name of names) {
    const parts = name.slice(PREFIX.length).toLowerCase().split('__');
    const place = `environment ${name}`;
    if (parts.length !== 2) throw refusal(`${place}: expected GANTRY__SECTION__OPTION.`);
    set(knownSection(parts[0]!, place), parts[1]!, environment[name]!, place, settings);
  }
}

function set(section: string, written: string, text: string, place: string, settings: Map<string, Setting>): void {
  const options: Record<string, OptionRow> = OPTION_TABLE[section as keyof typeof OPTION_TABLE];
  if (Object.hasOwn(options, written)) {
    settings.set(`${section}.${written}`, { text, origin: place });
    return;
  }
  const indirect = /^(.+)_(cmd|file)$/.exec(written);
  const target = indirect === null ? undefined : options[indirect[1]!];
  if (indirect !== null && target?.secret === true) {
    const value = indirect[2] === 'cmd' ? runCommand(text, place) : readSecret(text, place);
    settings.set(`${section}.${indirect[1]!}`, { text: value.trim(), origin: place });
    return;
  }
  const hint = nearestName(written, Object.keys(options));
  throw refusal(`${place}: [${section}] has no option "${written}"${hint === null ? '' : `; did you mean "${hint}"`}.`);
}

function knownSection(name: string, place: string): string {
  const section = name.toLowerCase();
  if (Object.hasOwn(OPTION_TABLE, section)) return section;
  const hint = nearestName(section, Object.keys(OPTION_TABLE));
  throw refusal(`${place}: there is no section [${name}]${hint === null ? '' : `; did you mean [${hint}]`}.`);
}

function runCommand(command: string, place: string): string {
  try {
    return execFileSync('/bin/sh', ['-c', command], {
      encoding: 'utf8',
      timeout: COMMAND_TIMEOUT_MILLISECONDS,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    throw refusal(`${place}: the command failed or took more than ${COMMAND_TIMEOUT_MILLISECONDS / 1000} s.`);
  }
}

function readSecret(path: string, place: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw refusal(`${place}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
