// The routes of the page: static files, the course, and one run that all tabs share.
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { UserError } from '../errors.ts';
import type { Lesson } from '../lesson/types.ts';
import { type ScratchCell, withDraft, withoutScratch, withScratch } from '../store/own-cells.ts';
import { readCatalog } from './catalog.ts';
import { pageLesson } from './document.ts';
import { feed } from './feed.ts';
import { type Guard, securityHeaders } from './guard.ts';
import type { Notebook, RunCell } from './notebook.ts';
import { shardRows } from './shard-rows.ts';
import { serveFile } from './static-files.ts';

export interface PageContext {
  readonly guard: Guard;
  readonly notebook: Notebook;
  /** In the order of the course, with how each stands. */
  readonly course: () => Promise<readonly CourseLesson[]>;
  /** @throws UserError where there is none. */
  readonly lesson: (id: string) => Promise<Lesson>;
}

export interface CourseLesson {
  readonly id: string;
  readonly title: string;
  readonly minutes?: number;
  readonly status?: string;
}

const mostBytes = 1_000_000;

export function pageApp({ guard, notebook, course, lesson }: PageContext): Hono {
  const app = new Hono();
  app.use(securityHeaders, guard.check, bodyLimit({ maxSize: mostBytes, onError: tooLong }));
  app.onError(explain);
  app.post('/api/enter', guard.enter);
  app.get('/api/course', async (c) =>
    c.json({ lessons: await course(), current: notebook.current?.lesson.id ?? null }),
  );
  app.post('/api/lessons/:id/open', async (c) => {
    const {
      lesson: opened,
      exercises,
      ownCells,
      session,
    } = await notebook.open(await lesson(c.req.param('id')));
    const { cluster, blocks } = session.state.plan;
    return c.json({
      ...pageLesson(opened),
      cluster,
      skips: Object.fromEntries(blocks.flatMap(({ id, skip }) => (skip ? [[id, skip]] : []))),
      own: await exercises.own(),
      ...(await ownCells.read()),
    });
  });
  app.post('/api/run', async (c) => {
    const { block, ...options } = await c.req.json<{ block: string } & RunCell>();
    return c.json({ word: (await notebook.run(block, options)) ?? null });
  });
  app.post('/api/restore', async (c) => {
    const { block } = await c.req.json<{ block: string }>();
    await notebook.request({ do: 'restore', block });
    return c.body(null, 204);
  });
  app.post('/api/cancel', async (c) => {
    await notebook.request({ do: 'cancel' });
    return c.body(null, 204);
  });
  app.post('/api/draft', async (c) => {
    const { block, text } = await c.req.json<{ block: string; text: string }>();
    const { exercises, ownCells, session } = open();
    const planned = session.state.plan.byId.get(block);
    if (planned === undefined) throw new UserError(`the lesson has no block "${block}"`, { code: 'usage' });
    if (planned.block.exercise) await exercises.keep(block, text);
    else await ownCells.change(withDraft(block, text, planned.block.text));
    return c.body(null, 204);
  });
  app.post('/api/scratch', async (c) => {
    const { id, after, text } = await c.req.json<ScratchCell>();
    await open().ownCells.change(withScratch({ id: String(id), after: String(after), text: String(text) }));
    return c.body(null, 204);
  });
  app.post('/api/scratch/remove', async (c) => {
    const { id } = await c.req.json<{ id: string }>();
    await open().ownCells.change(withoutScratch(id));
    return c.body(null, 204);
  });
  app.post('/api/scratch/run', async (c) => {
    const { text } = await c.req.json<{ text: string }>();
    const { changed, ...run } = await open().scratch.run(text, c.req.raw.signal);
    if (changed) await notebook.disturbed();
    return c.json(run);
  });
  app.post('/api/hint', async (c) => {
    const { block, number } = await c.req.json<{ block: string; number: number }>();
    return c.json({ html: await open().exercises.hint(block, number) });
  });
  app.post('/api/solution', async (c) => {
    const { block } = await c.req.json<{ block: string }>();
    return c.json({ solutions: await open().exercises.solutions(block) });
  });
  app.post('/api/look', async (c) => {
    await open().exercises.look();
    return c.body(null, 204);
  });
  app.post('/api/nodes/:node/:verb', async (c) => {
    const { node, verb } = c.req.param();
    const { servers } = open().cluster;
    if (servers === undefined)
      throw new UserError('the servers of this cluster are not ours', { code: 'usage' });
    if (!isVerb(verb)) throw new UserError(`unknown verb "${verb}"`, { code: 'usage' });
    await servers[verb](node, c.req.raw.signal);
    await notebook.disturbed();
    return c.body(null, 204);
  });
  app.get('/api/nodes/:node/shards/:shard', async (c) => {
    const { node, shard } = c.req.param();
    return c.json(await shardRows(open().cluster, { node, shardId: Number(shard) }, c.req.raw.signal));
  });
  app.get('/api/catalog', async (c) => {
    const cluster = notebook.current?.cluster;
    return c.json(cluster ? await readCatalog(cluster, c.req.raw.signal) : { tables: {}, functions: [] });
  });
  app.get('/api/events', (c) => feed(c, notebook));
  app.get('*', serveFile);
  return app;

  function open() {
    if (notebook.current === undefined) throw new UserError('no lesson is open', { code: 'usage' });
    return notebook.current;
  }
}

const verbs = ['start', 'stop', 'kill', 'pause', 'resume'] as const;
const isVerb = (word: string): word is (typeof verbs)[number] => verbs.some((verb) => verb === word);

const tooLong = (context: Context) =>
  context.json({ message: `more than ${mostBytes} bytes are not read` }, 413);

/** A sentence for a person; of what nobody expected, too. */
function explain(error: Error, context: Context): Response {
  const hint = error instanceof UserError ? error.hint : undefined;
  return context.json(
    { message: error.message, ...(hint !== undefined && { hint }) },
    error instanceof UserError ? 409 : 500,
  );
}
