// What a page asks to show a run. None of it changes anything.
import { Hono } from 'hono';
import { UserError } from '../errors.ts';
import { shownLesson } from './document.ts';
import { feed } from './feed.ts';
import { shardRows } from './shard-rows.ts';
import type { CourseLesson, ShownCourse, ShownRun } from './shown-run.ts';

interface ViewContext {
  readonly run: ShownRun;
  /** In the order of the course, with how each stands. */
  readonly course: () => Promise<readonly CourseLesson[]>;
  readonly watched?: string;
}

export function viewRoutes({ run, course, watched }: ViewContext): Hono {
  const app = new Hono();
  app.get('/course', async (c) => {
    const current = run.current?.session.state.plan.lesson.id ?? null;
    const shown: ShownCourse = { lessons: await course(), current, ...(watched && { watched }) };
    return c.json(shown);
  });
  app.get('/lesson', (c) => c.json(shownLesson(open().session.state.plan)));
  app.get('/nodes/:node/shards/:shard', async (c) => {
    const { node, shard } = c.req.param();
    return c.json(await shardRows(open().cluster, { node, shardId: Number(shard) }, c.req.raw.signal));
  });
  app.get('/events', (c) => feed(c, run));
  return app;

  function open() {
    if (run.current === undefined) throw new UserError('no lesson is open', { code: 'usage' });
    return run.current;
  }
}
