// Each answer that only looks right must run to its end and fail a check.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openStates } from '../../runner/app/recorded-states.ts';
import { onCoordinator, readClusterInfo } from '../../runner/cluster/info.ts';
import { libpqEnvironment } from '../../runner/connect/libpq.ts';
import { parseLesson } from '../../runner/lesson/parse.ts';
import { initSqlFile } from '../../runner/paths.ts';
import type { RunEvent } from '../../runner/session/events.ts';
import { plan } from '../../runner/session/plan.ts';
import { openSession } from '../../runner/session/session.ts';
import { openStream } from '../../runner/session/stream.ts';
import { linkLesson, sandboxEnvironment } from '../support/binary.ts';
import { reapedFolder, type TestCluster, testCluster } from '../support/cluster.ts';
import { never } from '../support/servers.ts';
import { type Cheat, readCheats } from './read-cheats.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = path.join(root, 'test/cheats');
const readLesson = (name: string) =>
  parseLesson(name, readFileSync(path.join(root, 'lessons', name), 'utf8'));

/** Lessons that stop and start servers take minutes, the others seconds. */
export function testCheats({ ownServers }: { readonly ownServers: boolean }): void {
  const files = readdirSync(folder).filter((name) => name.endsWith('.md'));
  const chosen = files.filter(
    (name) => readLesson(name).steps.some(({ needs }) => needs.includes('own servers')) === ownServers,
  );
  test.each(chosen)('no cheat of %s passes', { timeout: 1_800_000 }, tryCheats);
}

async function tryCheats(name: string): Promise<void> {
  const cheats = await readCheats(path.join(folder, name));
  const lesson = readLesson(name);
  const cluster = await testCluster({ workers: lesson.workers?.count ?? 2 });
  const info = await onCoordinator(cluster, (coordinator) => readClusterInfo(cluster, coordinator, never));
  const planned = plan(lesson, info, { solve: true });
  const blockOf = ({ step }: Cheat) =>
    planned.blocks.find(({ block, step: of }) => of.step.id === step && block.exercise)?.id ?? step;
  const events: RunEvent[] = [];
  const states = await openStates(planned, path.join(root, 'lessons', name), {});
  const session = openSession(planned, {
    cluster,
    states,
    initSql: await readFile(initSqlFile, 'utf8'),
    shell: await shellOf(cluster),
    stream: openStream('1.0.0', (event) => events.push(event)),
    signal: never,
  });
  await session.request({ do: 'start', from: blockOf(cheats[0]!) });
  for (const cheat of cheats) {
    const trial = { answer: 'wrong', should: 'fail', ...cheat } as const;
    await session.request({ do: 'try', block: blockOf(cheat), trial });
  }
  await session.close();
  const verdicts = events.flatMap((event) =>
    event.type === 'answer-tried' ? [verdictOf(event, cheats)] : [],
  );
  expect(verdicts).toHaveLength(cheats.length);
  expect(verdicts.filter((verdict) => verdict !== undefined)).toEqual([]);
}

/** Undefined for a cheat that a check has caught. */
function verdictOf(
  { place: { file, line }, passed, seen, failed }: Extract<RunEvent, { type: 'answer-tried' }>,
  cheats: readonly Cheat[],
): string | undefined {
  const [title] = cheats.find(({ place }) => place.line === line)!.text.split('\n');
  if (!passed) return `${file}:${line}: ${title}: ${seen}`;
  const isBroken = ['SQL', 'shell'].includes(failed[0]?.title ?? '');
  return isBroken ? `${file}:${line}: ${title}: it does not run: ${seen}` : undefined;
}

async function shellOf(cluster: TestCluster) {
  const dir = await reapedFolder('shell ', 0o755);
  await linkLesson(dir);
  const cwd = path.join(dir, 'work');
  await mkdir(cwd);
  return async () => ({
    cwd,
    env: {
      ...sandboxEnvironment(dir),
      LESSON_STATE_DIR: cluster.stateDir,
      LESSON_COMMAND: 'lesson',
      ...libpqEnvironment(await cluster.address('coordinator')),
    },
  });
}
