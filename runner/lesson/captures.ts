// Values that a block captures from its result, and where texts below it say `:name`: in SQL as psql reads it. Pure.
import { afterComment, quotationOrComment } from './blank-comments.ts';

/** By name. */
export type Captured = Readonly<Record<string, string>>;

/** What `capture=` may name: also a variable of a shell, where names in capitals mean something already. */
export const captureName = /^[a-z]\w*$/;

/** `:shard` as it is, `:'shard'` as a literal, `:"shard"` as an identifier. */
export type ReferenceForm = 'plain' | 'literal' | 'identifier';

export interface Reference {
  readonly name: string;
  readonly form: ReferenceForm;
  /** Where it begins. */
  readonly at: number;
  /** Within brackets, where `:n` may be the end of an array slice. */
  readonly isInBrackets: boolean;
}

/** Quotations and comments, in which nothing is a reference, then `::` and `:=`, references and brackets. */
const PART = new RegExp(
  `${quotationOrComment.source}|::|:=|:(?:(?<plain>[a-z_]\\w*)|'(?<literal>[a-z_]\\w*)'|"(?<identifier>[a-z_]\\w*)")|[[\\]]`,
  'gis',
);

/** @param replace What stands in the place of a reference; undefined leaves it as it is. */
export function replaceReferences(
  sql: string,
  replace: (reference: Reference) => string | undefined,
): string {
  if (!sql.includes(':')) return sql;
  let result = '';
  let done = 0;
  let brackets = 0;
  PART.lastIndex = 0;
  for (let part = PART.exec(sql); part !== null; part = PART.exec(sql)) {
    const { index: at, 0: text, groups = {} } = part;
    if (text === '/*') PART.lastIndex = afterComment(sql, at) ?? sql.length;
    else if (text === '[') brackets += 1;
    else if (text === ']') brackets -= 1;
    const [form, name] = Object.entries(groups).find(([, found]) => found !== undefined) ?? [];
    if (name === undefined) continue;
    const instead = replace({ name, form: form as ReferenceForm, at, isInBrackets: brackets > 0 });
    if (instead === undefined) continue;
    result += sql.slice(done, at) + instead;
    done = at + text.length;
  }
  return result + sql.slice(done);
}

/** What stands in the place of a reference; undefined where the name has no value. */
export function writeReference(value: string | undefined, form: ReferenceForm): string | undefined {
  if (value === undefined) return undefined;
  switch (form) {
    case 'plain':
      return value;
    case 'literal': {
      const quoted = `'${value.replaceAll("'", "''")}'`;
      return value.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
    }
    case 'identifier':
      return `"${value.replaceAll('"', '""')}"`;
  }
}

const REFERENCE = /(?<!:):([a-z_]\w*)/gi;

/** As `replaceReferences`, in a text that is not SQL: there is only `:name`. */
export const replaceNames = (text: string, valueFor: (name: string) => string | undefined): string =>
  text.replace(REFERENCE, (whole, name) => valueFor(name) ?? whole);

export const valueIn =
  (captured: Captured) =>
  (name: string): string | undefined =>
    Object.hasOwn(captured, name) ? captured[name] : undefined;

/** SQL with the values in it; a name that is not captured stays, as in psql. */
export const fillSql = (sql: string, captured: Captured): string =>
  replaceReferences(sql, ({ name, form }) => writeReference(valueIn(captured)(name), form));

export const fillText = (text: string, captured: Captured): string => replaceNames(text, valueIn(captured));

/** A cell or a line of an expectation, in which a value that is `*` or `...` does not match anything else. */
export function fillPattern(pattern: string, captured: Captured): string {
  const filled = fillText(pattern, captured);
  return filled !== pattern && /^\\*(?:\*|\.\.\.)$/.test(filled) ? `\\${filled}` : filled;
}

/** What a text of SQL refers to. */
export function namesInSql(sql: string): readonly string[] {
  const names: string[] = [];
  replaceReferences(sql, ({ name }) => {
    names.push(name);
    return undefined;
  });
  return names;
}
