// The argument of a command such as `\dt`: `public.sensor*` to conditions in SQL, with the rules of psql.
import pg from 'pg';

export interface NamePattern {
  readonly schema: string | undefined;
  readonly name: string | undefined;
}

/** Regular expressions of the parts: `*` and `?` are wildcards, double quotes keep capital letters and wildcards. */
export function readNamePattern(text: string): NamePattern {
  const parts = [''];
  const append = (regex: string) => parts.push(parts.pop()! + regex);
  for (const [part] of text.matchAll(/"(?:[^"]|"")*"?|[^"]/g)) {
    if (part.startsWith('"')) append(literally(part.replace(/^"|"$/g, '').replaceAll('""', '"')));
    else if (part === '.') parts.push('');
    else if (part === '*') append('.*');
    else if (part === '?') append('.');
    else append(literally(part.toLowerCase()));
  }
  const [name, schema] = parts.reverse();
  return { schema: schema ? `^(${schema})$` : undefined, name: name ? `^(${name})$` : undefined };
}

function literally(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

export interface NamedThings {
  /** The column with the schema's name; absent for what is in no schema. */
  readonly schema?: string;
  readonly name: string;
  /** Holds for what can be named without its schema. */
  readonly visible?: string;
  /** Holds for what is shown where nothing is named. */
  readonly own?: string;
}

/** The condition of a query for what an argument names; all that is not the system's, unless it names something. */
export function matching(argument: string, { schema, name, visible, own }: NamedThings): string {
  const pattern = readNamePattern(argument);
  const conditions = [
    ...(pattern.name === undefined ? [] : [`${name} ~ ${pg.escapeLiteral(pattern.name)}`]),
    ...(pattern.schema === undefined
      ? visible === undefined
        ? []
        : [visible]
      : [`${schema} ~ ${pg.escapeLiteral(pattern.schema)}`]),
    ...(argument === '' && own !== undefined ? [own] : []),
  ];
  return conditions.length === 0 ? 'true' : conditions.join(' AND ');
}
