// `lesson import`, with the real binary: its drafts are lessons that pass.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
});

afterAll(() => sandbox.remove());

const write = (file: string, text: string | Uint8Array) => writeFile(path.join(sandbox.dir, file), text);

const session = `shop=# -- Keep prices
shop=# CREATE TABLE products (
shop(#   name text,
shop(#   price numeric CHECK (price >= 0)
shop(# );
CREATE TABLE
shop=# INSERT INTO products VALUES ('lamp', 20), ('desk|table', 150);
INSERT 0 2
shop=# SELECT * FROM products ORDER BY price;
    name    | price
------------+-------
 lamp       |    20
 desk|table |   150
(2 rows)

shop=# UPDATE products SET price = -1;
ERROR:  new row for relation "products" violates check constraint "products_price_check"
DETAIL:  Failing row contains (lamp, -1).
shop=# \\dt
`;

test('a session in psql passes as a lesson, and its export comes back as one', async () => {
  await write('My session.txt', session);
  const { exitCode, stdout } = await sandbox.run('import', 'My session.txt');
  expect(stdout).toContain('lessons/01-my-session.md is a draft with 1 step and 4 blocks.');
  expect(stdout).toContain('My session.txt, line 19: "\\dt" is a command of psql');
  expect(exitCode).toBe(0);
  expect((await sandbox.run('lint')).exitCode).toBe(0);
  expect((await sandbox.run('check', '--trust')).stdout).toContain('✓ passed');

  expect((await sandbox.run('export', '1', '--trust', '--ipynb', 'run.ipynb')).exitCode).toBe(0);
  expect((await sandbox.run('import', 'run.ipynb', 'again')).exitCode).toBe(0);
  const back = await readFile(path.join(sandbox.dir, 'lessons', '02-again.md'), 'utf8');
  expect(back).toContain('# My session\n\n## Keep prices\n');
  expect((await sandbox.run('check', '2', '--trust')).stdout).toContain('✓ passed');
});

test('a notebook whose setup is not here passes lint, and says what it lacks', async () => {
  const lesson = { init: ['setup/billing.sql'] };
  const code = { cell_type: 'code', source: 'SELECT 1;', metadata: {}, outputs: [] };
  const kernel = { language_info: { name: 'sql' } };
  const notebook = { nbformat: 4, metadata: { ...kernel, lesson }, cells: [code] };
  await write('elsewhere.ipynb', JSON.stringify(notebook));
  const { stdout } = await sandbox.run('import', 'elsewhere.ipynb', '--lessons', 'from-elsewhere');
  expect(stdout).toContain(
    'the lesson starts with setup/billing.sql, which is not here; copy it to from-elsewhere/setup/billing.sql, and',
  );
  expect((await sandbox.run('lint', '--lessons', 'from-elsewhere')).exitCode).toBe(0);
});

test('a lesson that is there stays as it is', async () => {
  await write('b.txt', session);
  await sandbox.run('import', 'b.txt', '07-b', '--lessons', 'others');
  const again = await sandbox.run('import', 'b.txt', '07-b', '--lessons', 'others');
  expect(again.stderr).toContain('cannot make "others/07-b.md": it exists already');
  expect(again.exitCode).toBe(2);
});

test.each([
  ['none.txt', undefined, 'it does not exist'],
  ['empty.txt', ' \n', 'it is empty'],
  ['image.txt', new Uint8Array([0x89, 0x50, 0x00]), 'it is a binary file'],
  ['latin.txt', new Uint8Array([0x64, 0xfc, 0x72]), 'it is not UTF-8'],
  ['large.txt', new Uint8Array(10_000_001).fill(0x61), 'at most 10 MB are read'],
  ['prose.txt', 'Nothing to see.\n', 'there is no statement in it'],
  ['bad.ipynb', '{', 'is not a Jupyter notebook'],
  ['python.ipynb', '{"nbformat": 4, "cells": []}', 'no cell has SQL or shell commands'],
])('%s is refused', async (file, content, why) => {
  if (content !== undefined) await write(file, content);
  const { exitCode, stderr } = await sandbox.run('import', file);
  expect(stderr).toContain(why);
  expect(exitCode).toBe(2);
});
