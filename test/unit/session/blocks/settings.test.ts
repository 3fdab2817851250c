import { expect, test } from 'vitest';
import type { Connection } from '../../../../runner/connect/connection.ts';
import type { SqlBlock } from '../../../../runner/lesson/types.ts';
import { noteSettings, setsSession, settleSettings } from '../../../../runner/session/blocks/settings.ts';
import { blocksOf, fence, oneStep } from '../../lesson/lesson-text.ts';

const { signal } = new AbortController();

test.each([
  'SET work_mem = 100',
  'set session x.y to 1',
  'RESET ALL',
  "SELECT set_config('a.b', '1', false)",
])('%s sets the session', (sql) => {
  expect(setsSession(sql)).toBe(true);
});

test.each(['SET LOCAL work_mem = 100', 'SET TRANSACTION READ ONLY', 'UPDATE t SET v = 1', 'RESETTLE'])(
  '%s does not',
  (sql) => {
    expect(setsSession(sql)).toBe(false);
  },
);

test('after an answer the session is set as by the blocks before it and the first solution', async () => {
  const ran: string[] = [];
  const run = async (sql: string) => {
    ran.push(sql);
    return { status: 'done' };
  };
  const connection = { run, inTransaction: false } as unknown as Connection;
  const exercise = blocksOf(
    oneStep(fence('sql {exercise}'), fence('sql {solution}', 'SET b.b = 2; SELECT 1')),
  )[0] as SqlBlock;
  const statement = (text: string) => ({ text, line: 0, ordered: false });

  noteSettings(connection, [statement('SET a.a = 1'), statement('SELECT 2')]);
  await settleSettings(connection, exercise, signal);
  expect(ran).toEqual(['RESET SESSION AUTHORIZATION', 'RESET ALL', 'SET a.a = 1', 'SET b.b = 2']);
});
