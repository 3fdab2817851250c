// Where the servers of a local cluster listen: on loopback, each at a port of its own.
import { readFile } from 'node:fs/promises';
import { portFile } from './paths.ts';

export const loopback = '127.0.0.1';

/** As in the setting `lesson.addresses`: `worker-1=127.0.0.1:20001`. */
export async function addressIn(dir: string, node: string): Promise<string> {
  return `${node}=${loopback}:${await recordedPort(dir, node)}`;
}

/** 0 where there is none. */
export async function recordedPort(dir: string, node: string): Promise<number> {
  return Number(await readFile(portFile(dir, node), 'utf8').catch(() => '0'));
}
