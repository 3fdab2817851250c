// Background blocks on a real cluster: what is acknowledged is there, what is not is told, and nothing goes on.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { onCoordinator, readClusterInfo } from '../../../runner/cluster/info.ts';
import { connect } from '../../../runner/connect/connection.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import { startWriter } from '../../../runner/session/blocks/writer.ts';
import type { LessonEvent } from '../../../runner/session/events.ts';
import { plan } from '../../../runner/session/plan.ts';
import { openSession, type Session } from '../../../runner/session/session.ts';
import { walk as walkThrough } from '../../../runner/session/walk.ts';
import { type TestCluster, testCluster } from '../../support/cluster.ts';
import { ask, never } from '../../support/servers.ts';

let cluster: TestCluster;
let verbs: NonNullable<TestCluster['servers']>;
beforeAll(async () => {
  cluster = await testCluster({ workers: 1 });
  verbs = cluster.servers!;
});
beforeEach(async () => {
  await cluster.reset({ signal: never });
  await ask(cluster, 'worker-1', 'CREATE TABLE t (n int)');
});

const write = ({ sql = 'INSERT INTO t (n) VALUES ($1)', everyMs = 5, signal = never } = {}) =>
  startWriter({
    name: 'w',
    sql,
    counter: { table: 't', column: 'n' },
    everyMs,
    connect: () => cluster.connect('worker-1'),
    signal,
  });
const there = async () =>
  (await ask(cluster, 'worker-1', 'SELECT n FROM t ORDER BY n')).map(([n]) => n as number);
const acknowledges = (writer: ReturnType<typeof write>, more: number) => {
  const before = writer.acknowledged.length;
  return expect
    .poll(() => writer.acknowledged.length, { timeout: 20_000, interval: 5 })
    .toBeGreaterThan(before + more);
};

describe('a writer', () => {
  test('writes 1, 2, 3 … until it is stopped, and all of them are there', async () => {
    const writer = write();
    expect(await writer.hasStarted(20_000)).toBe(true);
    await acknowledges(writer, 5);
    const report = await writer.stop();
    expect(report).toMatchObject({ name: 'w', refused: 0, outageMs: 0, errors: [] });
    const rows = await there();
    expect(rows).toEqual(rows.map((_, i) => i + 1));
    expect(writer.acknowledged).toEqual(rows);
    expect(report.acknowledged).toBe(rows.length);
    expect(await writer.stop()).toEqual(report);
    expect(await there()).toEqual(rows);
  });

  test('that writes seldom is stopped at once', async () => {
    const writer = write({ everyMs: 600_000 });
    await writer.hasStarted(20_000);
    expect((await writer.stop()).acknowledged).toBe(1);
  });

  test('goes on after its server was killed, and has lost nothing that was acknowledged', async () => {
    const writer = write();
    await acknowledges(writer, 3);
    await verbs.kill('worker-1', never);
    await expect.poll(() => ask(cluster, 'worker-1', 'SELECT 1').catch(() => 'gone')).toBe('gone');
    await verbs.start('worker-1', never);
    const { refused, outageMs, errors } = await writer.stop();
    expect(refused).toBeGreaterThan(0);
    expect(outageMs).toBeGreaterThan(0);
    expect(errors.join()).toMatch(/ECONNREFUSED|terminated unexpectedly|ECONNRESET/);
    expect(await there()).toEqual(expect.arrayContaining([...writer.acknowledged]));
  });

  test('of an INSERT that never succeeds says so, and waits for no better times', async () => {
    const writer = write({ sql: 'INSERT INTO nowhere (n) VALUES ($1)' });
    const begun = performance.now();
    expect(await writer.hasStarted(60_000)).toBe(false);
    const { acknowledged, errors } = await writer.stop();
    expect(performance.now() - begun).toBeLessThan(8_000);
    expect(acknowledged).toBe(0);
    expect(errors).toEqual(['42P01: relation "nowhere" does not exist']);
  });

  test('does not wait for ever for a server that is paused', async () => {
    await verbs.pause('worker-1', never);
    const writer = write();
    expect(await writer.hasStarted(2_500)).toBe(false);
    const starting = writer.hasStarted(60_000);
    await verbs.resume('worker-1', never);
    expect(await starting).toBe(true);
    await verbs.pause('worker-1', never);
    await expect.poll(() => writer.acknowledged.length, { interval: 50 }).toBe(writer.acknowledged.length);
    const stopping = writer.stop();
    await verbs.resume('worker-1', never);
    await stopping;
    expect(await there()).toEqual(expect.arrayContaining([...writer.acknowledged]));
  });

  test('does not count what was committed without its synchronous standby', async () => {
    await verbs.standby({ name: 's', of: 'worker-1', synchronous: true, delayMs: 0, slot: false }, never);
    const writer = write();
    await acknowledges(writer, 0);
    await verbs.pause('s', never);
    await expect
      .poll(
        async () =>
          (await ask(cluster, 'worker-1', `SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'`))
            .length,
        { timeout: 20_000 },
      )
      .toBe(1);
    const [waiting] = await ask(
      cluster,
      'worker-1',
      `SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'`,
    );
    await ask(cluster, 'worker-1', `SELECT pg_cancel_backend(${waiting![0]})`);
    await verbs.resume('s', never);
    const { refused, errors } = await writer.stop();
    expect(refused).toBe(1);
    expect(errors).toEqual(['canceling wait for synchronous replication due to user request']);
    expect(await there()).toHaveLength(writer.acknowledged.length + 1);
  });

  test('ends with its signal', async () => {
    const interruption = new AbortController();
    const writer = write({ signal: interruption.signal });
    await acknowledges(writer, 0);
    interruption.abort();
    const { acknowledged } = await writer.stop();
    expect(acknowledged).toBeGreaterThan(0);
    expect(
      await ask(
        cluster,
        'worker-1',
        `SELECT FROM pg_stat_activity WHERE query LIKE 'EXECUTE writer%' AND state = 'active'`,
      ),
    ).toEqual([]);
  });
});

describe('in a lesson', () => {
  const fence = (info: string, ...lines: readonly string[]) => [`\`\`\`${info}`, ...lines, '```', ''];
  const create = fence('sql', 'CREATE TABLE w (n int);');
  const writer = fence('sql {background name=w every=5ms}', 'INSERT INTO w (n) VALUES ($1);');

  /** The events of a lesson with these steps. */
  const walk = (...steps: readonly (readonly string[])[]) =>
    drive((session) => walkThrough(session), ...steps);

  async function drive(
    client: (session: Session) => Promise<unknown>,
    ...steps: readonly (readonly string[])[]
  ) {
    const body = steps.flatMap((lines, i) => [`## Step ${i}`, '', ...lines]);
    const lesson = parseLesson('01-a.md', ['---', 'init: false', '---', '# A', '', ...body].join('\n'));
    const info = await onCoordinator(cluster, (coordinator) => readClusterInfo(cluster, coordinator, never));
    const shell = () => Promise.reject(new Error('no shell here'));
    const events: LessonEvent[] = [];
    const stream = { publish: (event: LessonEvent) => events.push(event) };
    const context = { cluster, initSql: '', shell, stream, signal: never };
    const session = openSession(plan(lesson, info, { solve: false }), context);
    await client(session).finally(() => session.close());
    const outcomes = events.flatMap((event) => (event.type === 'block-finished' ? event.outcomes : []));
    return { events, outcomes, types: events.map(({ type }) => type) };
  }
  const failed = (outcomes: Awaited<ReturnType<typeof walk>>['outcomes']) =>
    outcomes.filter(({ status }) => status === 'failed');

  test('a writer ends with the block that stops it, which sees that nothing is lost', async () => {
    const { events, outcomes, types } = await walk(
      [
        ...create,
        ...writer,
        ...fence('sql {stop=w}', 'SELECT pg_sleep(0.05);'),
        ...fence('check', 'lost: 0'),
      ],
      fence('sql', 'SELECT 1;'),
    );
    expect(failed(outcomes)).toEqual([]);
    expect(outcomes).toMatchObject([
      { claim: 'the server acknowledged the first write' },
      { claim: expect.stringMatching(/^\d+ acknowledged writes? of "w", and none lost$/) },
    ]);
    const stopped = events.filter(({ type }) => type === 'writer-stopped');
    expect(stopped).toEqual([expect.objectContaining({ name: 'w', refused: 0 })]);
    expect(types.indexOf('writer-stopped')).toBeLessThan(types.lastIndexOf('block-finished'));
  });

  test('else with its step, and what it wrote can be asked for later', async () => {
    const { types, outcomes } = await walk(
      [...create, ...writer],
      [...fence('sql', 'DELETE FROM w WHERE n = 1;'), ...fence('check', 'lost: 1')],
    );
    expect(failed(outcomes)).toEqual([]);
    const at = types.indexOf('writer-stopped');
    expect(types[at + 1]).toBe('step-finished');
    expect(types.filter((type) => type === 'writer-stopped')).toHaveLength(1);
  });

  test('a block that is tried again still tells what it stopped', async () => {
    const tries = [...create, ...fence('sql', 'CREATE SEQUENCE tries;'), ...writer];
    const { outcomes, types } = await walk([
      ...tries,
      ...fence('sql {stop=w retry=20s}', "SELECT nextval('tries') > 2 AS enough;"),
      ...fence('check', 'value: t'),
    ]);
    expect(failed(outcomes)).toEqual([]);
    expect(types.filter((type) => type === 'writer-stopped')).toHaveLength(1);
  });

  test('a block that is run again while it writes goes on with its numbers', async () => {
    const twice = async (session: Session) => {
      await session.request({ do: 'start' });
      await session.request({ do: 'run', block: 'step-0/1' });
      await session.request({ do: 'run', block: 'step-0/w' });
      await ask(cluster, 'coordinator', 'CREATE TABLE mended ()');
      await session.request({ do: 'run', block: 'step-0/w' });
      await session.request({ do: 'leave' });
    };
    const { events, outcomes } = await drive(twice, [
      ...fence('sql', 'CREATE TABLE w (n int PRIMARY KEY);'),
      ...writer,
      ...fence('check', "true: SELECT to_regclass('mended') IS NOT NULL"),
    ]);
    expect(failed(outcomes)).toEqual([expect.objectContaining({ title: 'condition', actual: 'false' })]);
    const stopped = events.filter(({ type }) => type === 'writer-stopped');
    expect(stopped).toEqual([expect.objectContaining({ name: 'w', refused: 0, errors: [] })]);
  });

  test('a writer whose first write is refused fails its block', async () => {
    const { events, outcomes } = await walk(writer);
    expect(failed(outcomes)).toEqual([
      expect.objectContaining({ title: 'first write', actual: '42P01: relation "w" does not exist' }),
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'lesson-finished', status: 'failed' });
  });
});

test('a session on a server that is paused ends in time', async () => {
  const connection = await connect(await cluster.address('worker-1'));
  await verbs.pause('worker-1', never);
  await connection.close();
  await verbs.resume('worker-1', never);
});
