// `lesson logs`: the end of what the servers wrote.
import { open } from 'node:fs/promises';
import { findLocal } from '../cluster/local/list.ts';
import { UserError } from '../errors.ts';
import { unknownWord } from '../lesson/nearest.ts';
import { printable } from '../report/style.ts';
import { exitCodes, type Surroundings } from '../surroundings.ts';

interface Options {
  readonly name: string;
  readonly node?: string | undefined;
  readonly lines: number;
}

/** How much of a log is read from its end, in bytes. */
const window = 1 << 20;

export async function logs({ name, node, lines }: Options, { stdout }: Surroundings): Promise<number> {
  if (!(lines > 0)) throw new UserError(`--lines ${lines} is not a number above 0`, { code: 'usage' });
  const nodes = await (await findLocal(name)).nodes();
  const names = nodes.map((each) => each.name);
  if (node !== undefined && !names.includes(node)) {
    throw new UserError(unknownWord('node', node, names), { code: 'usage' });
  }
  for (const { name: each, logFile } of nodes) {
    if ((node !== undefined && each !== node) || logFile === undefined) continue;
    if (node === undefined) stdout.write(`==> ${each} <==\n`);
    for (const line of await lastLines(logFile, lines)) stdout.write(`${printable(line)}\n`);
  }
  return exitCodes.held;
}

async function lastLines(file: string, count: number): Promise<readonly string[]> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return [];
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, window);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count);
  } finally {
    await handle.close();
  }
}
