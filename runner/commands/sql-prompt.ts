// A plain SQL prompt, for machines without psql: statements end with a semicolon, `\q` or Ctrl-D leaves.
import { createInterface } from 'node:readline/promises';
import type { Connection, Row, StatementEnd } from '../connect/connection.ts';
import type { Invocation } from '../invocation.ts';
import { splitSql } from '../lesson/sql.ts';
import { formatTable } from '../lesson/table.ts';
import { printable } from '../report/style.ts';

const shownRows = 1_000;
const aDayMs = 86_400_000;

export async function sqlPrompt(node: string, connection: Connection, invocation: Invocation): Promise<void> {
  const { stdin, stdout, signal } = invocation;
  const terminal = createInterface({ input: stdin, output: stdout, prompt: `${node}=> ` });
  let typed = '';
  let running = new AbortController();
  // Ctrl-C ends the statement, not the prompt.
  terminal.on('SIGINT', () => {
    typed = '';
    running.abort();
    stdout.write('\n');
    terminal.prompt();
  });
  signal.addEventListener('abort', () => terminal.close(), { once: true });

  stdout.write(
    'There is no psql on this machine; this is a plain prompt. End a statement with ";", leave with \\q.\n',
  );
  terminal.prompt();
  for await (const line of terminal) {
    if (/^\s*(\\q|exit|quit)\s*;?\s*$/i.test(line)) break;
    typed += `${line}\n`;
    if (/;\s*$/.test(typed)) {
      const text = typed;
      typed = '';
      running = new AbortController();
      for (const { text: sql } of await splitSql(text)) {
        const rows: Row[] = [];
        const end = await connection.run(sql, {
          timeoutMs: aDayMs,
          signal: running.signal,
          onRow: (row) => rows.length < shownRows && rows.push(row),
          onNotice: ({ severity, message }) => stdout.write(`${severity}:  ${printable(message)}\n`),
        });
        stdout.write(`${describe(end, rows)}\n`);
        if (end.status !== 'done') break;
      }
    }
    terminal.setPrompt(typed === '' ? `${node}=> ` : `${node}-> `);
    terminal.prompt();
  }
  terminal.close();
  await connection.close();
}

function describe(end: StatementEnd, rows: readonly Row[]): string {
  switch (end.status) {
    case 'done':
      if (end.columns.length === 0) return end.command;
      return formatTable(end.columns, rows, { rowCount: end.rowCount });
    case 'failed': {
      const { message, detail, hint } = end.failure;
      const more = [detail && `DETAIL:  ${detail}`, hint && `HINT:  ${hint}`].filter(Boolean);
      return printable([`ERROR:  ${message}`, ...more].join('\n'));
    }
    case 'timed-out':
    case 'interrupted':
      return 'Cancelled.';
    case 'lost':
      return `The connection was lost: ${printable(end.message)}`;
  }
}
