// `lesson map`: the cluster as a picture.

import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import type { Cluster } from '../cluster/port.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { openMapReader, readMap } from '../map/read-map.ts';
import { renderMap } from '../map/render-map.ts';
import { coloured, plain, type Style, wantsColour } from '../report/style.ts';
import { watch } from './watch.ts';

interface Options extends ProviderOptions {
  readonly json: boolean;
  readonly watch: boolean;
}

export async function map(options: Options, invocation: Invocation): Promise<number> {
  const { stdout, env, signal } = invocation;
  if (options.json && options.watch) {
    throw new UserError('--json and --watch are given together', {
      code: 'usage',
      hint: 'Choose one of them.',
    });
  }
  const style = wantsColour(env, stdout.isTTY === true) ? coloured : plain;
  const cluster = await (await findProvider(options)).find(options.name);
  if (options.watch) await watchMap(cluster, style, invocation);
  else {
    const data = await readMap(cluster, signal);
    const text = options.json
      ? JSON.stringify(data, null, 2)
      : renderMap(data, { style, width: stdout.columns ?? 80, ...heightOf(stdout) });
    stdout.write(`${text}\n`);
  }
  return exitCodes.ok;
}

/** With room for the prompt. */
const heightOf = ({ rows }: Invocation['stdout']) => (rows === undefined ? {} : { height: rows - 1 });

async function watchMap(cluster: Cluster, style: Style, invocation: Invocation): Promise<void> {
  const reader = openMapReader(cluster);
  const draw = async (size: { readonly width: number; readonly height: number }, signal: AbortSignal) => {
    try {
      return renderMap(await reader.read(signal), { style, ...size });
    } catch (error) {
      return style('red', (error as Error).message); // there may be a cluster again in a moment
    }
  };
  await watch(draw, invocation).finally(() => reader.close());
}
