// A folder made like another one: what is copied, what stays, what goes.
import * as fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mirrorFolder } from '../../../runner/system/folder-mirror.ts';

let dir: string;
let from: string;
let to: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lesson mirror '));
  [from, to] = [join(dir, 'from'), join(dir, 'to')];
  fs.mkdirSync(join(from, 'base'), { recursive: true });
  fs.writeFileSync(join(from, 'base', '1'), 'one');
  fs.writeFileSync(join(from, 'control'), 'control', { mode: 0o600 });
});
afterEach(() => rm(dir, { recursive: true }));

const mirror = (leaveOut?: readonly string[]) => mirrorFolder(from, to, undefined, leaveOut);
const contents = (folder: string) =>
  Object.fromEntries(
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [name, fs.readFileSync(join(parentPath, name), 'utf8')]),
  );

test('a new place gets all of it, with the times and the rights of the files', async () => {
  await mirror();
  expect(contents(to)).toEqual({ 1: 'one', control: 'control' });
  const [source, copy] = [fs.statSync(join(from, 'control')), fs.statSync(join(to, 'control'))];
  expect(copy.mode).toBe(source.mode);
  expect(copy.mtimeMs).toBeCloseTo(source.mtimeMs, 1);
});

test('what was changed, added or removed is as it was; what is the same is not written', async () => {
  await mirror();
  const { ino } = fs.statSync(join(to, 'control'));
  fs.writeFileSync(join(to, 'base', '1'), 'two');
  fs.utimesSync(join(to, 'base', '1'), 1, 1);
  fs.writeFileSync(join(to, 'base', '2'), 'new');
  fs.mkdirSync(join(to, 'worker-3'));
  await mirror();
  expect(contents(to)).toEqual({ 1: 'one', control: 'control' });
  expect(fs.readdirSync(to).sort()).toEqual(['base', 'control']);
  expect(fs.statSync(join(to, 'control')).ino).toBe(ino);
  fs.rmSync(join(to, 'base'), { recursive: true });
  fs.writeFileSync(join(to, 'base'), 'a file in the place of a folder');
  fs.rmSync(join(to, 'control'));
  fs.mkdirSync(join(to, 'control'));
  await mirror();
  expect(contents(to)).toEqual({ 1: 'one', control: 'control' });
});

test('a file that has further names gets one more', async () => {
  fs.linkSync(join(from, 'base', '1'), join(dir, 'template'));
  await mirror();
  expect(fs.statSync(join(to, 'base', '1')).ino).toBe(fs.statSync(join(dir, 'template')).ino);
});

test('what is left out is neither copied nor removed', async () => {
  fs.mkdirSync(to);
  fs.writeFileSync(join(to, 'kept'), '');
  await mirror(['kept', 'control']);
  expect(fs.readdirSync(to).sort()).toEqual(['base', 'kept']);
});

test('what is neither a file nor a folder is refused', async () => {
  fs.symlinkSync('/', join(from, 'tablespace'));
  await expect(mirror()).rejects.toThrow(`"${join(from, 'tablespace')}" is neither a file nor a folder`);
});
