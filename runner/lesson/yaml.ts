// YAML to the tree of `yaml-node.ts`.
// Made from js-yaml's events: it loads in a quarter of the time of others that give positions.
import { EVENT_ID, getScalarValue, parseEvents, YAMLException } from 'js-yaml';
import type { ReportProblem } from './problem.ts';
import type { YamlEntry, YamlList, YamlMap, YamlNode, YamlText } from './yaml-node.ts';

/**
 * The only document of a text; undefined where there is none, and where a mistake was reported.
 * `firstLine` is the line of the text's start in the file.
 */
export function readYaml(text: string, firstLine: number, report: ReportProblem): YamlNode | undefined {
  const pair = onePair.exec(text);
  if (pair !== null) {
    const value: YamlText = { kind: 'text', line: firstLine, text: pair[2]!, isQuoted: false };
    return { kind: 'map', line: firstLine, entries: [{ key: pair[1]!, line: firstLine, value }] };
  }
  try {
    return compose(text, firstLine);
  } catch (error) {
    if (error instanceof YAMLException) {
      const line = error.mark?.line ?? 0;
      const remedy = secondColon.test(text.split('\n')[line] ?? '') ? unquoted : '';
      report(firstLine + line, `bad YAML: ${error.reason}${remedy}`);
    } else if (error instanceof Unsupported) {
      report(error.line, error.message);
    } else throw error;
    return undefined;
  }
}

/** `claim: Hello: there`, which is a key in a value. */
const secondColon = /^[^'"{[]*: [^'"{[]*:( |$)/;
const unquoted = '; a value with a colon must be quoted';

/** `shards: 4`, as every third check is written: no YAML reader is needed for that. */
const onePair = /^(\w+): (\w+)\n?$/;

class Unsupported extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

type Open =
  | { readonly kind: 'document'; readonly nodes: YamlNode[] }
  | { readonly kind: 'list'; readonly line: number; readonly nodes: YamlNode[] }
  | { readonly kind: 'map'; readonly line: number; readonly nodes: YamlNode[] };

function compose(text: string, firstLine: number): YamlNode | undefined {
  const lineOf = lineCounter(text, firstLine);
  const stack: Open[] = [];
  const roots: YamlNode[] = [];
  for (const event of parseEvents(text, {})) {
    const open = stack.at(-1);
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        stack.push({ kind: 'document', nodes: roots });
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const kind = event.type === EVENT_ID.SEQUENCE ? 'list' : 'map';
        stack.push({ kind, line: lineOf(event.start), nodes: [] });
        break;
      }
      case EVENT_ID.SCALAR: {
        const line = lineOf(event.valueStart);
        const isQuoted = event.style !== 1;
        open!.nodes.push({ kind: 'text', line, text: getScalarValue(text, event), isQuoted });
        break;
      }
      case EVENT_ID.ALIAS: {
        const name = text.slice(event.anchorStart, event.anchorEnd);
        throw new Unsupported(
          lineOf(event.anchorStart),
          `"*${name}" is an alias in YAML; quote it: "*${name}"`,
        );
      }
      case EVENT_ID.POP: {
        const closed = stack.pop()!;
        if (closed.kind !== 'document') stack.at(-1)!.nodes.push(close(closed));
        break;
      }
    }
  }
  if (roots.length > 1) throw new Unsupported(roots[1]!.line, 'a second YAML document; only one is read');
  return roots[0];
}

function close({ kind, line, nodes }: Exclude<Open, { kind: 'document' }>): YamlList | YamlMap {
  if (kind === 'list') return { kind, line, items: nodes };
  const entries: YamlEntry[] = [];
  const seen = new Map<string, number>();
  for (let i = 0; i < nodes.length; i += 2) {
    const key = nodes[i]!;
    if (key.kind !== 'text') throw new Unsupported(key.line, 'a key must be a word, not a list or a map');
    const first = seen.get(key.text);
    if (first !== undefined)
      throw new Unsupported(key.line, `the key "${key.text}" stands twice; first in line ${first}`);
    seen.set(key.text, key.line);
    entries.push({ key: key.text, line: key.line, value: nodes[i + 1]! });
  }
  return { kind, line, entries };
}

/** Lines of positions that only grow; an absent position (-1) is on the line of the one before. */
function lineCounter(text: string, firstLine: number): (position: number) => number {
  let line = firstLine;
  let counted = 0;
  return (position) => {
    for (; counted < position; counted++) if (text[counted] === '\n') line++;
    return line;
  };
}
