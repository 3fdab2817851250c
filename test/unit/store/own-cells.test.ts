import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownCellsFile, withDraft, withoutScratch, withScratch } from '../../../runner/store/own-cells.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lesson-own-'));
});
afterAll(() => rm(dir, { recursive: true }));

const open = () =>
  ownCellsFile({ dir, course: 'lessons', answersOf: (lesson) => path.join(dir, lesson) }, '01-first');

test('drafts and cells are there when the file is read again, in order', async () => {
  const own = open();
  expect(await own.read()).toEqual({ drafts: {}, scratch: [] });
  await Promise.all([
    own.change(withDraft('one/1', 'SELECT 2;', 'SELECT 1;')),
    own.change(withScratch({ id: 'a', after: 'one/1', text: 'SELECT 3;' })),
    own.change(withScratch({ id: 'b', after: 'one/1', text: '' })),
    own.change(withScratch({ id: 'a', after: 'one/1', text: 'SELECT 4;' })),
  ]);
  expect(await open().read()).toEqual({
    drafts: { 'one/1': 'SELECT 2;' },
    scratch: [
      { id: 'a', after: 'one/1', text: 'SELECT 4;' },
      { id: 'b', after: 'one/1', text: '' },
    ],
  });
});

test("the author's own text is no draft, and a cell can be removed", async () => {
  const own = open();
  await own.change(withDraft('one/1', 'SELECT 1;', 'SELECT 1;'));
  await own.change(withoutScratch('a'));
  expect(await own.read()).toEqual({ drafts: {}, scratch: [{ id: 'b', after: 'one/1', text: '' }] });
  expect(await readFile(path.join(dir, '01-first', 'page.json'), 'utf8')).toContain('"scratch"');
});
