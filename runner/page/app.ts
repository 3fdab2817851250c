// What every page has: who may ask, its files, and a sentence where something cannot be.
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { UserError } from '../errors.ts';
import { type Guard, securityHeaders } from './guard.ts';
import { serveFile } from './static-files.ts';

const mostBytes = 1_000_000;

export function pageApp(guard: Guard, routes: readonly Hono[]): Hono {
  const app = new Hono();
  app.use(securityHeaders, guard.check, bodyLimit({ maxSize: mostBytes, onError: tooLong }));
  app.onError(explain);
  app.post('/api/enter', guard.enter);
  for (const each of routes) app.route('/api', each);
  app.get('*', serveFile);
  return app;
}

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
