// Free ports on loopback, below those that systems give to outgoing connections.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { UserError } from '../errors.ts';

const [lowest, highest] = [20_000, 32_000];

/** So many ports that nobody listens on now, each another. Somebody may take one before it is used. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries++) {
    if (tries > 1000) throw new UserError('no free port on 127.0.0.1', { code: 'cluster' });
    const port = randomInt(lowest, highest);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

/** Whether a server could listen on it now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
