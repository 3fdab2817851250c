// The backslash commands that show what a database has.
import { QueryError } from '../connect/query.ts';
import type { Style } from '../report/style.ts';
import type { Ask } from './ask.ts';
import type { After, Commands, PromptCommand, Use } from './client.ts';
import { describeRelations } from './describe-relation.ts';
import type { Display } from './display.ts';
import { formatBadEnd } from './format-failure.ts';
import { formatResult } from './format-result.ts';
import { allRelations, type Listing, listings } from './listings.ts';

export function catalogCommands(ask: Ask, display: Display, style: Style): Commands {
  const list = async ({ title, what, query }: Omit<Listing, 'help'>, pattern: string, use: Use) => {
    const { columns, rows } = await ask(query(pattern), use.signal);
    if (rows.length === 0) {
      use.screen.complain(`Did not find any ${what}${pattern === '' ? '' : ` named "${pattern}"`}.`);
      return;
    }
    const { width } = use.screen;
    const result = { columns, rows, rowCount: rows.length };
    const { expanded } = display;
    await use.screen.print(`${formatResult(result, { width, expanded, style, title })}\n`);
  };

  const describe = async (pattern: string, use: Use) => {
    const texts = await describeRelations(pattern, ask, use.signal);
    if (texts.length === 0) use.screen.complain(`Did not find any relation named "${pattern}".`);
    else await use.screen.print(`${texts.join('\n\n')}\n`);
  };

  const everything = { title: 'List of relations', what: 'relations', query: allRelations };
  const commands: [string, PromptCommand][] = [
    [
      'd',
      {
        argument: '[NAME]',
        help: 'tables, views and sequences; with a name, all about it',
        run: (name, use) => asked(use, () => (name === '' ? list(everything, '', use) : describe(name, use))),
      },
    ],
    ...Object.entries(listings).map(([name, listing]): [string, PromptCommand] => [
      name,
      {
        argument: '[PATTERN]',
        help: listing.help,
        run: (pattern, use) => asked(use, () => list(listing, pattern, use)),
      },
    ]),
  ];
  return Object.fromEntries(commands);
}

async function asked({ screen }: Use, ask: () => Promise<void>): Promise<After> {
  try {
    await ask();
    return 'stay';
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    screen.complain(formatBadEnd('', error.end));
    return 'failed';
  }
}
