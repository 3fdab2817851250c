// What a page asks to work in a lesson: to open it, run its cells, keep what was typed, stop and start servers.
import { Hono } from 'hono';
import { UserError } from '../errors.ts';
import type { Lesson } from '../lesson/types.ts';
import { type ScratchCell, withDraft, withoutScratch, withScratch } from '../store/own-cells.ts';
import { readCatalog } from './catalog.ts';
import { shownLesson } from './document.ts';
import type { Notebook, RunCell } from './notebook.ts';

interface WorkContext {
  readonly notebook: Notebook;
  /** @throws UserError where there is none. */
  readonly lesson: (id: string) => Promise<Lesson>;
}

export function workRoutes({ notebook, lesson }: WorkContext): Hono {
  const app = new Hono();
  app.post('/lessons/:id/open', async (c) => {
    const { exercises, ownCells, session } = await notebook.open(await lesson(c.req.param('id')));
    return c.json({
      ...shownLesson(session.state.plan),
      reached: session.state.reached?.id ?? null,
      own: await exercises.own(),
      ...(await ownCells.read()),
    });
  });
  app.post('/run', async (c) => {
    const { block, ...options } = await c.req.json<{ block: string } & RunCell>();
    return c.json({ word: (await notebook.run(block, options)) ?? null });
  });
  app.post('/restore', async (c) => {
    const { block } = await c.req.json<{ block: string }>();
    await notebook.request({ do: 'restore', block });
    return c.body(null, 204);
  });
  app.post('/cancel', async (c) => {
    await notebook.request({ do: 'cancel' });
    return c.body(null, 204);
  });
  app.post('/draft', async (c) => {
    const { block, text } = await c.req.json<{ block: string; text: string }>();
    const { exercises, ownCells, session } = open();
    const planned = session.state.plan.byId.get(block);
    if (planned === undefined) throw new UserError(`the lesson has no block "${block}"`, { code: 'usage' });
    if (planned.block.exercise) await exercises.keep(block, text);
    else await ownCells.change(withDraft(block, text, planned.block.text));
    return c.body(null, 204);
  });
  app.post('/scratch', async (c) => {
    const { id, after, text } = await c.req.json<ScratchCell>();
    await open().ownCells.change(withScratch({ id: String(id), after: String(after), text: String(text) }));
    return c.body(null, 204);
  });
  app.post('/scratch/remove', async (c) => {
    const { id } = await c.req.json<{ id: string }>();
    await open().ownCells.change(withoutScratch(id));
    return c.body(null, 204);
  });
  app.post('/scratch/run', async (c) => {
    const { text } = await c.req.json<{ text: string }>();
    const { scratch } = await prepared();
    const { changed, ...run } = await scratch.run(text, c.req.raw.signal);
    if (changed) await notebook.disturbed();
    return c.json(run);
  });
  app.post('/hint', async (c) => {
    const { block, number } = await c.req.json<{ block: string; number: number }>();
    return c.json({ html: await open().exercises.hint(block, number) });
  });
  app.post('/solution', async (c) => {
    const { block } = await c.req.json<{ block: string }>();
    return c.json({ solutions: await open().exercises.solutions(block) });
  });
  app.post('/look', async (c) => {
    await open().exercises.look();
    return c.body(null, 204);
  });
  app.post('/nodes/:node/:verb', async (c) => {
    const { node, verb } = c.req.param();
    const { servers } = (await prepared()).cluster;
    if (servers === undefined)
      throw new UserError('the servers of this cluster are not ours', { code: 'usage' });
    if (!isVerb(verb)) throw new UserError(`unknown verb "${verb}"`, { code: 'usage' });
    await servers[verb](node, c.req.raw.signal);
    await notebook.disturbed();
    return c.body(null, 204);
  });
  app.get('/catalog', async (c) => {
    const { session, cluster } = notebook.current ?? {};
    await session?.prepared();
    const catalog = cluster && (await readCatalog(cluster, c.req.raw.signal).catch(() => undefined)); // it may be down
    return c.json(catalog ?? { tables: {}, functions: [] });
  });
  return app;

  function open() {
    if (notebook.current === undefined) throw new UserError('no lesson is open', { code: 'usage' });
    return notebook.current;
  }

  /** The lesson, once its cluster is reset: it can be read before that. */
  async function prepared() {
    const lesson = open();
    await lesson.session.prepared();
    return lesson;
  }
}

const verbs = ['start', 'stop', 'kill', 'pause', 'resume'] as const;
const isVerb = (word: string): word is (typeof verbs)[number] => verbs.some((verb) => verb === word);
