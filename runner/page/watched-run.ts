// The page of a run that its terminal leads: it shows everything, and nothing can be done on it.
import type { RunMode } from '../app/run-lessons.ts';
import type { Invocation } from '../invocation.ts';
import type { Lesson } from '../lesson/types.ts';
import { openEventLog } from './event-log.ts';
import { servePage } from './serve-page.ts';
import type { ShownRun } from './shown-run.ts';
import { viewRoutes } from './view-routes.ts';

interface Watched {
  readonly lessons: readonly Lesson[];
  readonly mode: RunMode;
  /** Of the cluster. */
  readonly name: string;
}

/** Runs with a mode that tells the page, too. The page is there for as long as that takes. */
export async function withRunPage<T>(
  { lessons, mode, name }: Watched,
  { stderr }: Pick<Invocation, 'stderr'>,
  use: (mode: RunMode) => Promise<T>,
): Promise<T> {
  const events = openEventLog();
  let current: ShownRun['current'];
  const run: ShownRun = {
    events,
    get current() {
      return current;
    },
    async disturbed() {},
  };
  const titles = lessons.map(({ id, title, minutes }) => ({
    id,
    title,
    ...(minutes !== undefined && { minutes }),
  }));
  const routes = viewRoutes({ run, course: async () => titles, watched: mode.holder });
  const server = await servePage([routes], { name });
  stderr.write(`Watch this run in a browser, as long as it lasts: ${server.url}\n\n`);
  try {
    return await use({
      ...mode,
      listen(event, cluster) {
        mode.listen?.(event, cluster);
        events.add(event);
      },
      client(session, cluster) {
        current = { session, cluster };
        return mode.client(session, cluster);
      },
    });
  } finally {
    events.end();
    await server.close();
  }
}
