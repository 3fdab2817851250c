// The client behind `lesson psql`: it runs the statements itself, in one session on a node of a cluster.
import type { Cluster } from '../cluster/port.ts';
import type { Row, StatementEnd } from '../connect/connection.ts';
import type { Invocation } from '../invocation.ts';
import { coloured, plain, printable, type Style, wantsColour } from '../report/style.ts';
import { type Ask, askOn } from './ask.ts';
import { catalogCommands } from './catalog.ts';
import type { After, PromptClient, Use } from './client.ts';
import { completeLine, type Names, noNames, readNames } from './complete.ts';
import { displayCommands, newDisplay } from './display.ts';
import { formatBadEnd, formatNotice } from './format-failure.ts';
import { type Expanded, formatResult } from './format-result.ts';
import { type NodeSession, nodeCommands, nodeNames } from './node-session.ts';

/** Nobody reads more rows on a screen. */
const mostRowsOnScreen = 10_000;
const aDayMs = 86_400_000;

const { signal: never } = new AbortController();

export function serverClient(
  cluster: Cluster,
  session: NodeSession,
  history: Pick<PromptClient, 'history' | 'remember'>,
  { env, stdout }: Invocation,
): PromptClient {
  const style: Style = wantsColour(env, stdout.isTTY === true) ? coloured : plain;
  const mostRows = stdout.isTTY ? mostRowsOnScreen : Number.POSITIVE_INFINITY;
  const display = newDisplay();
  const ask: Ask = async (sql, signal) => askOn(await session.connection(signal))(sql, signal);
  let names: Names | undefined;

  const run = async (sql: string, { signal, screen }: Use): Promise<After> => {
    const refused = refusal(sql);
    if (refused !== undefined) {
      screen.complain(refused);
      return 'failed';
    }
    const connection = await session.connection(signal);
    const rows: Row[] = [];
    const end = await connection.run(sql, {
      timeoutMs: aDayMs,
      signal,
      onRow: (row) => rows.length < mostRows && rows.push(row),
      onNotice: (notice) => screen.complain(formatNotice(notice)),
    });
    if (end.status !== 'done') screen.complain(formatBadEnd(sql, end));
    else {
      const { expanded } = display;
      await screen.print(describeDone(end, rows, { width: screen.width, expanded, style }));
      if (changesNames(end.command)) names = undefined;
    }
    if (display.timing) await screen.print(`Time: ${end.ms.toFixed(3)} ms`);
    return end.status === 'done' ? 'stay' : 'failed';
  };

  return {
    name: () => session.node,
    run,
    commands: {
      ...catalogCommands(ask, display, style),
      ...displayCommands(display),
      ...nodeCommands(cluster, session),
    },
    async complete(line) {
      // Where the session has a failed transaction, there is no answer; the next time there may be.
      names ??= await readNames(ask, never).catch(() => undefined);
      return completeLine(line, names ?? noNames, await nodeNames(cluster));
    },
    ...history,
  };
}

/** What this prompt has no data for, or nowhere to put it. */
function refusal(sql: string): string | undefined {
  const bare = sql.replace(/'[^']*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
  if (!/^\s*copy\b/i.test(bare)) return undefined;
  if (/\bfrom\s+stdin\b/i.test(bare)) {
    return 'COPY FROM STDIN does not work at this prompt, which cannot send data. Use INSERT instead.';
  }
  if (/\bto\s+stdout\b/i.test(bare)) {
    return 'COPY TO STDOUT does not work at this prompt. Use SELECT instead.';
  }
  return undefined;
}

const changesNames = (command: string) => /^(CREATE|ALTER|DROP|SELECT INTO|IMPORT|ROLLBACK)\b/.test(command);

type Done = Extract<StatementEnd, { status: 'done' }>;

function describeDone(
  { columns, numeric, command, rowCount }: Done,
  rows: readonly Row[],
  options: { readonly width: number; readonly expanded: Expanded; readonly style: Style },
): string {
  if (columns.length === 0) return printable(command);
  const table = formatResult({ columns, numeric, rows, rowCount }, options);
  // As psql does for RETURNING.
  return /^(INSERT|UPDATE|DELETE|MERGE)\b/.test(command) ? `${table}\n\n${printable(command)}` : `${table}\n`;
}
