// The server of a page: on loopback, for those who have the URL with its token, until it is closed.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { UserError } from '../errors.ts';
import { stateDir } from '../system/state-folder.ts';
import { pageApp } from './app.ts';
import { openGuard } from './guard.ts';

export interface PageOptions {
  /** Of the cluster. */
  readonly name: string;
  readonly port?: number | undefined;
  /** Under which a proxy shows the page, as a browser writes it. */
  readonly origin?: string | undefined;
  /** What the address names, such as a lesson. */
  readonly path?: string | undefined;
}

export interface PageServer {
  /** With the token. */
  readonly url: string;
  /** What is on its way still arrives, where somebody takes it. */
  readonly close: () => Promise<void>;
}

/** How long those who read may take for the last of it. */
const goodbyeMs = 500;

/** @throws UserError where it cannot listen. */
export async function servePage(routes: readonly Hono[], options: PageOptions): Promise<PageServer> {
  const { name, origin, path = '' } = options;
  const hosts: string[] = [];
  const guard = openGuard(() => hosts, origin);
  const server = createServer({ maxHeaderSize: 16_384 }, getRequestListener(pageApp(guard, routes).fetch));
  server.maxConnections = 64;
  const port = await (options.port === undefined
    ? listen(server, usualPort(name, stateDir())).catch(() => listen(server, 0))
    : listen(server, options.port));
  hosts.push(`127.0.0.1:${port}`, `localhost:${port}`);
  return {
    url: `${origin ?? `http://127.0.0.1:${port}`}/${path}#${guard.token}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      await Promise.race([closed, pause(goodbyeMs, undefined, { ref: false })]);
      server.closeAllConnections();
    },
  };
}

/** The same each time: a tab that stayed open finds the next server there. Below those that systems give away. */
export function usualPort(cluster: string, dir: string): number {
  const hash = createHash('sha256').update(`${dir}\n${cluster}`).digest();
  return 20_000 + (hash.readUInt16BE() % 12_000);
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    const message =
      cause.code === 'EADDRINUSE'
        ? `port ${port} is in use`
        : `cannot listen on port ${port}: ${cause.message}`;
    throw new UserError(message, { code: 'usage', hint: 'Give another one with --port, or none.', cause });
  });
  return (server.address() as AddressInfo).port;
}
