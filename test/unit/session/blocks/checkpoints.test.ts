// When a state is kept, and what is done to sessions for it, with a cluster that only counts.
import { expect, test } from 'vitest';
import type { Connection } from '../../../../runner/connect/connection.ts';
import { openCheckpoints } from '../../../../runner/session/blocks/checkpoints.ts';
import { openConnections } from '../../../../runner/session/blocks/connections.ts';
import { noteSettings } from '../../../../runner/session/blocks/settings.ts';
import type { Accepted, PlannedBlock } from '../../../../runner/session/plan.ts';
import { blocksOf, fence, oneStep } from '../../lesson/lesson-text.ts';

const { signal } = new AbortController();

const ran = (info: string, text: string): Accepted => ({
  block: { block: blocksOf(oneStep(fence(info, text)))[0]! } as unknown as PlannedBlock,
  text,
});
const insert = ran('sql', 'INSERT INTO t VALUES (1)');
const another = ran('sql', 'INSERT INTO t VALUES (2)');

/**
 * @param isPlain What each session says when it is asked whether it has more than settings.
 * @param files What shell blocks have left in their folder.
 */
function open({ isPlain = true, keeps = true, restores = true, files = [] as string[] } = {}) {
  const log: string[] = [];
  let count = 0;
  const connect = async (node: string): Promise<Connection> => {
    count += 1;
    const id = `${node} ${count}`;
    return {
      lost: false,
      inTransaction: false,
      close: async () => void log.push(`close ${id}`),
      async run(sql: string, { onRow }: Parameters<Connection['run']>[1]) {
        if (sql.includes('pg_cursors')) onRow?.([isPlain ? 't' : 'f'], ['plain']);
        else log.push(`${id}: ${sql}`);
        return { status: 'done', command: 'SELECT 1', columns: ['plain'], rowCount: 1, ms: 1 };
      },
    } as unknown as Connection;
  };
  const databases = {
    keep: async () => log.push('keep') > 0 && keeps,
    restore: async () => log.push('restore') > 0 && restores,
  };
  const servers = {
    keep: async () => log.push('keep servers') > 0 && keeps,
    restore: async () => log.push('restore servers') > 0 && restores,
  };
  const connections = openConnections({ connect });
  const opened = openCheckpoints(
    { checkpoints: { databases, servers } },
    connections,
    async () => files,
    signal,
  );
  const checkpoints = {
    ...opened,
    keep: (path: readonly Accepted[], replayMs = 200, insteadOf?: readonly Accepted[]) =>
      opened.keep(path, { replayMs, insteadOf }),
  };
  return { log, connections, checkpoints };
}

test('a state is kept once, and serves the way to it and beyond', async () => {
  const { log, checkpoints } = open();
  await checkpoints.keep([insert]);
  await checkpoints.keep([insert]);
  expect(await checkpoints.restore([insert])).toBe(1);
  expect(await checkpoints.restore([insert, another])).toBe(1);
  expect(log).toEqual(['keep', 'restore', 'restore']);
});

test('a state that is being kept is not kept a second time', async () => {
  const { log, checkpoints } = open();
  await Promise.all([checkpoints.keep([insert]), checkpoints.keep([insert])]);
  expect(log).toEqual(['keep']);
});

test('a state on another way is of no use', async () => {
  const { log, checkpoints } = open();
  await checkpoints.keep([insert, another]);
  expect(await checkpoints.restore([insert])).toBeUndefined();
  expect(await checkpoints.restore([another, insert])).toBeUndefined();
  expect(await checkpoints.restore([insert, { ...another, text: 'ROLLBACK' }])).toBeUndefined();
  expect(log).toEqual(['keep']);
});

const kill = ran('sh', 'lesson node kill worker-1');

test('after a shell command all of the servers is kept, where the blocks before took long', async () => {
  const { log, checkpoints } = open();
  await checkpoints.keep([insert, kill]);
  expect(log).toEqual([]);
  await checkpoints.keep([insert, kill], 10_000);
  expect(await checkpoints.restore([insert, kill])).toBe(2);
  expect(log).toEqual(['keep servers', 'restore servers']);
});

test('where more than the databases has changed, all of the servers is kept', async () => {
  const { log, checkpoints } = open({ keeps: false });
  await checkpoints.keep([insert], 10_000);
  expect(log).toEqual(['keep', 'keep servers']);
});

test('an earlier state is kept where the one that is needed cannot be', async () => {
  const files: string[] = [];
  const { log, checkpoints } = open({ files });
  const whole = [insert, kill, another];
  expect(await checkpoints.keep([insert, kill], 10_000, whole)).toBe(false);
  files.push('dump.sql');
  expect(await checkpoints.keep(whole, 10_000)).toBe(false);
  files.pop();
  expect(await checkpoints.keep([insert, kill], 10_000, whole)).toBe(true);
  files.push('dump.sql');
  expect(await checkpoints.keep(whole, 10_000)).toBe(false);
  expect(await checkpoints.restore(whole)).toBe(2);
  expect(log).toEqual(['keep servers', 'restore servers']);
});

test('files of a shell command are in no checkpoint', async () => {
  const { log, checkpoints } = open({ files: ['dump.sql'] });
  await checkpoints.keep([insert, kill], 10_000);
  expect(log).toEqual([]);
});

test('a session whose server went away does not matter', async () => {
  const { log, connections, checkpoints } = open({ isPlain: false });
  const { connection } = await connections.open('worker-1');
  Object.assign(connection, { lost: true });
  await checkpoints.keep([insert, kill], 10_000);
  expect(log).toEqual(['close worker-1 1', 'keep servers']);
});

test('sessions with more than settings are left alone', async () => {
  const { log, connections, checkpoints } = open({ isPlain: false });
  await connections.open('coordinator');
  await checkpoints.keep([insert]);
  expect(log).toEqual([]);
});

test('what the lesson has set in a session is set again, when the state was kept and when it is restored', async () => {
  const { log, connections, checkpoints } = open();
  const { connection } = await connections.open('worker-1', 'second');
  noteSettings(connection, [{ text: "SET work_mem = '1MB'" }] as unknown as Parameters<
    typeof noteSettings
  >[1]);
  await checkpoints.keep([insert]);
  await connections.closeAll();
  await checkpoints.restore([insert]);
  expect(log).toEqual([
    ...['close worker-1 1', 'keep', "worker-1 2: SET work_mem = '1MB'"],
    ...['close worker-1 2', 'restore', "worker-1 3: SET work_mem = '1MB'"],
  ]);
});

test('where it could not be kept or restored, there is none', async () => {
  const refusing = open({ keeps: false });
  await refusing.checkpoints.keep([insert]);
  expect(await refusing.checkpoints.restore([insert])).toBeUndefined();
  const damaged = open({ restores: false });
  await damaged.checkpoints.keep([insert]);
  expect(await damaged.checkpoints.restore([insert])).toBeUndefined();
  expect(await damaged.checkpoints.restore([insert])).toBeUndefined();
  expect(damaged.log).toEqual(['keep', 'restore']);
});
