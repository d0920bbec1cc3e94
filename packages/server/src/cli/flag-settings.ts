import type { Setting, Settings } from '../main/config/config.ts';

/** Flags of the command line as settings by `section.option`; what was not given is left out. */
export function flagSettings(
  flags: Readonly<Record<string, { readonly flag: string; readonly value: string | number | undefined }>>,
): Settings {
  const settings = new Map<string, Setting>();
  for (const [key, { flag, value }] of Object.entries(flags)) {
    if (value !== undefined) settings.set(key, { text: String(value), origin: `option ${flag}` });
  }
  return settings;
}
