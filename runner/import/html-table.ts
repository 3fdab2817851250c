// The first table of an HTML text, as notebooks show results.
import type { Table } from './printed-table.ts';

export function readHtmlTable(html: string): Table | undefined {
  const [table] = /<table[\s>][\s\S]*?<\/table>/i.exec(html) ?? [];
  if (table === undefined) return undefined;
  const rows = [...table.matchAll(/<tr[\s>][\s\S]*?<\/tr>/gi)].map(([row]) =>
    [...row.matchAll(/<t[hd](?:\s[^>]*)?>([\s\S]*?)<\/t[hd]>/gi)].map(([, cell]) => textOf(cell!)),
  );
  const [columns, ...body] = rows.filter((row) => row.length > 0);
  if (columns === undefined || body.some((row) => row.length !== columns.length)) return undefined;
  const open = /displaylimit/i.test(html) ? { open: true } : {};
  return withoutIndex({ columns, rows: body, ...open });
}

/** pandas numbers the rows, in a column without a name. */
function withoutIndex(table: Table): Table {
  const { columns, rows } = table;
  if (columns[0] !== '' || columns.length === 1 || !rows.every(([first], i) => first === String(i)))
    return table;
  return { ...table, columns: columns.slice(1), rows: rows.map((row) => row.slice(1)) };
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function textOf(cell: string): string {
  if (/^\s*<i>NULL<\/i>\s*$/.test(cell)) return '';
  return cell
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (all, decimal, hex, name) => {
      if (name !== undefined) return entities[name] ?? all;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    })
    .trim();
}
