// Ready means a query answers.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { UserError } from '../../../errors.ts';
import { withClient } from '../../connect/client.ts';
import { addressOf } from './address.ts';
import { type Container, lastLines, listContainers } from './containers.ts';
import { docker } from './docker.ts';
import { containerEnded } from './failures.ts';
import { containerOf, type Project } from './project.ts';

const startSeconds = 60;

/** Waits until the servers of these nodes answer. @throws UserError with the last lines of the log of one that does not. */
export async function untilAnswers(
  { name, record }: Project,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + startSeconds * 1000;
  const waitFor = async (node: string, seen: Container | undefined) => {
    let container = seen;
    for (;;) {
      if (container?.port !== undefined && (await answers(node, record.password, container, signal))) return;
      if (Date.now() > deadline) throw await silent(name, node, signal);
      await wait(25, undefined, { signal });
      container = (await listContainers(name, signal)).find((each) => each.node === node);
      if (container?.state !== 'running') throw await ended(name, node, signal);
    }
  };
  const containers = await listContainers(name, signal);
  await Promise.all(
    nodes.map((node) =>
      waitFor(
        node,
        containers.find((each) => each.node === node),
      ),
    ),
  );
}

/** @throws UserError where it will never be ours. */
async function answers(
  node: string,
  password: string,
  container: Container,
  signal: AbortSignal,
): Promise<boolean> {
  const options = { signal, database: 'template1', timeoutMs: 5_000 };
  try {
    await withClient(addressOf(password, container), options, (client) => client.query('SELECT'));
    return true;
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof pg.DatabaseError && cause.code === invalidPassword) {
      throw new UserError(`${node} does not take the password of this cluster: its data is another one's`, {
        code: 'cluster',
        hint: 'Run "lesson down --purge" and then "lesson up" to start afresh.',
        cause,
      });
    }
    return false;
  }
}

const invalidPassword = '28P01';

/** Why a container does not run. */
export async function ended(cluster: string, node: string, signal: AbortSignal): Promise<UserError> {
  const container = containerOf(cluster, node);
  const format = '{{.State.ExitCode}} {{.State.OOMKilled}}';
  const state = await docker(['inspect', '-f', format, container], { signal });
  const [exitCode, outOfMemory] = state.trim().split(' ');
  const log = await lastLines(cluster, node, 8, signal);
  return containerEnded(node, { exitCode: Number(exitCode), outOfMemory: outOfMemory === 'true' }, log);
}

async function silent(cluster: string, node: string, signal: AbortSignal): Promise<UserError> {
  const log = (await lastLines(cluster, node, 8, signal)).map((line) => `  ${line}`).join('\n');
  return new UserError(
    `${node} did not answer within ${startSeconds} s. The last lines of its log:\n${log}`,
    {
      code: 'cluster',
      hint: 'Run "lesson down --purge" and then "lesson up" to start afresh.',
    },
  );
}
