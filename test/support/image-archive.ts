import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';

/** What one image holds: paths inside it, from the root and without a leading slash. */
export interface ImageContents {
  /** Path inside to the file of this machine that is copied there. */
  readonly files: Readonly<Record<string, string>>;
  /** Path inside to a text written there. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Path inside to where a symbolic link points. */
  readonly links?: Readonly<Record<string, string>>;
}

const BLOCK = 512;

/** Writes an image of one layer as `docker save` would, which containerd and Docker import. No engine is needed. */
export function writeImageArchive(path: string, name: string, contents: ImageContents): void {
  const layer = archive(layerEntries(contents));
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
    }),
  );
  const configName = `${sha256(config)}.json`;
  const manifest = Buffer.from(JSON.stringify([{ Config: configName, RepoTags: [name], Layers: ['layer.tar'] }]));
  const entries = [file(configName, config), file('layer.tar', layer), file('manifest.json', manifest)];
  writeFileSync(path, archive(entries));
}

interface Entry {
  readonly path: string;
  readonly mode: number;
  /** Of the tar format: a file, a symbolic link, a folder. */
  readonly type: '0' | '2' | '5';
  readonly target: string;
  readonly body: Buffer;
}

function layerEntries({ files, texts = {}, links = {} }: ImageContents): Entry[] {
  const entries = [
    folder('tmp', 0o1777),
    ...['dev', 'proc', 'sys'].map((path) => folder(path)),
    ...Object.entries(files).map(([path, source]) => file(path, readFileSync(realpathSync(source)), 0o755)),
    ...Object.entries(texts).map(([path, text]) => file(path, Buffer.from(text))),
    ...Object.entries(links).map(([path, target]) => link(path, target)),
  ];
  const above = new Set(entries.flatMap(({ path }) => foldersAbove(path)));
  return [...[...above].map((path) => folder(path)), ...entries];
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, place) => parts.slice(0, place + 1).join('/'));
}

function file(path: string, body: Buffer, mode = 0o644): Entry {
  return { path, mode, type: '0', target: '', body };
}

function folder(path: string, mode = 0o755): Entry {
  return { path, mode, type: '5', target: '', body: Buffer.alloc(0) };
}

function link(path: string, target: string): Entry {
  return { path, mode: 0o777, type: '2', target, body: Buffer.alloc(0) };
}

/** A tar archive of root's files, all of the year 1970, so that the same contents give the same image. */
function archive(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap((entry) => [header(entry), entry.body, padding(entry.body.length)]);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header({ path, mode, type, target, body }: Entry): Buffer {
  if (Buffer.byteLength(path) > 100 || Buffer.byteLength(target) > 100) {
    throw new Error(`"${path}" is too long for the plain tar format.`);
  }
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  block.write(path, 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(body.length, 11), 124);
  block.write(octal(0, 11), 136);
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write(target, 157);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function padding(length: number): Buffer {
  return Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
