// `lesson psql`: the system's psql where there is one, else a prompt of our own.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import type { Address } from '../connect/address.ts';
import { libpqEnvironment, withoutLibpqVariables } from '../connect/libpq.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { nodeCalled } from '../prompt/node-session.ts';
import { runInForeground } from '../system/foreground.ts';
import { runningNode } from './running-node.ts';

interface Options extends ProviderOptions {
  readonly node: string;
  /** What stands behind `--`, for psql. */
  readonly '--'?: readonly string[];
}

export async function psql(asked: Options, invocation: Invocation): Promise<number> {
  const cluster = await (await findProvider(asked)).find(asked.name);
  const options = { ...asked, node: await nodeCalled(asked.node, cluster) };
  const { node, '--': args = [] } = options;
  const address = await runningNode(options, node);
  // psql's own prompt does not say which node it is on, and lessons have several.
  const prompts = [`--set=PROMPT1=${node}%R%x%# `, `--set=PROMPT2=${node}%R%x%# `];
  return (
    (await systemPsql(address, args.length === 0 ? prompts : args, invocation)) ??
    (await ownPrompt(options, args, invocation))
  );
}

/** Its exit code; undefined where this machine has none. */
function systemPsql(address: Address, args: readonly string[], invocation: Invocation) {
  const env = { ...withoutLibpqVariables(invocation.env), ...libpqEnvironment(address) };
  return runInForeground('psql', args, { ...invocation, env });
}

async function ownPrompt(options: Options, args: readonly string[], invocation: Invocation): Promise<number> {
  const scripts = await readScripts(args, invocation.cwd);
  const { openPrompt, runScripts } = await import('../prompt/prompt.ts');
  const { openNodeSession } = await import('../prompt/node-session.ts');
  const { serverClient } = await import('../prompt/server-client.ts');
  const { addToHistory, readHistory } = await import('../prompt/history.ts');

  const cluster = await (await findProvider(options)).find(options.name);
  const session = openNodeSession(cluster, options.node);
  const entries: string[] = [];
  const history = { history: await readHistory(), remember: (entry: string) => void entries.unshift(entry) };
  const client = serverClient(cluster, session, history, invocation);
  try {
    await session.connection(invocation.signal);
    if (scripts.length > 0) return exitCodeOf(await runScripts(client, scripts, invocation));
    const { stdin, stdout } = invocation;
    if (!stdin.isTTY || !stdout.isTTY) return exitCodeOf(await openPrompt(client, invocation));
    stdout.write(
      'This machine has no psql, so this is a prompt of lesson. "\\?" shows its commands, "\\q" leaves.\n\n',
    );
    await openPrompt(client, invocation);
    return exitCodes.ok;
  } finally {
    await addToHistory(entries);
    await session.close();
  }
}

const exitCodeOf = ({ failed }: { readonly failed: boolean }) => (failed ? exitCodes.failed : exitCodes.ok);

/** The texts of `-c SQL` and `-f FILE`. @throws UserError for what else psql would take. */
async function readScripts(args: readonly string[], cwd: string): Promise<readonly string[]> {
  const scripts: string[] = [];
  for (let at = 0; at < args.length; at += 2) {
    const [option = '', value] = args.slice(at);
    if (!['-c', '-f'].includes(option)) {
      throw new UserError(`this machine has no psql, and the prompt of lesson does not know "${option}"`, {
        code: 'usage',
        hint: 'It takes -c SQL and -f FILE, each as often as you like.',
      });
    }
    if (value === undefined) {
      const what = option === '-c' ? 'a statement: -c "SELECT 1"' : 'the name of a file: -f FILE';
      throw new UserError(`${option} needs ${what}`, { code: 'usage' });
    }
    scripts.push(option === '-c' ? value : await readScript(path.resolve(cwd, value)));
  }
  return scripts;
}

async function readScript(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UserError(`"${file}" cannot be read: ${(cause as Error).message}`, { code: 'usage', cause });
  }
}
