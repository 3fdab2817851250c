// Before all tests of the Docker stage: an engine, and an image. Where either cannot be had, the tests are skipped, and
// it is said why.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { getEngine } from './engine.ts';
import { buildImage, findTools } from './image/build.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Why there are no containers here; empty where there are. */
    readonly skipped: string;
    /** What the image has: Citus, or the built-in engine. */
    readonly engine: 'citus' | 'built-in';
  }
}

const tag = 'pg-lessons-test:latest';

const releases: (() => Promise<void>)[] = [];

export async function setup(project: TestProject): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'lesson-docker-'));
  releases.push(() => rm(dir, { recursive: true, force: true }));
  try {
    const { env, stop } = await getEngine(dir);
    releases.push(stop);
    Object.assign(process.env, env);
    project.provide('engine', process.env.LESSON_CITUS_IMAGE ? 'citus' : 'built-in');
    if (process.env.LESSON_CITUS_IMAGE) {
      say(`runs the image ${process.env.LESSON_CITUS_IMAGE}`);
    } else {
      await buildImage({ tag, dir: join(dir, 'image'), ...(await findTools()) });
      releases.push(async () => void (await promisify(execFile)('docker', ['image', 'rm', '-f', tag])));
      process.env.LESSON_CITUS_IMAGE = tag;
      say('runs an image with PostgreSQL and the built-in engine, not Citus');
    }
    project.provide('skipped', '');
  } catch (error) {
    if (process.env.LESSON_DOCKER_REQUIRED) throw error;
    say(`SKIPPED: ${(error as Error).message}`);
    project.provide('skipped', (error as Error).message);
  }
}

export async function teardown(): Promise<void> {
  for (const release of releases.splice(0).reverse()) await release();
}

function say(what: string): void {
  console.log(`The Docker stage ${what}.`);
}
