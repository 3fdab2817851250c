// Colors for SQL.
import pgsql from 'highlight.js/lib/languages/pgsql';
import { createLowlight } from 'lowlight';
import type { Style } from './style.ts';

type Format = Parameters<Style>[0];

/** By the classes of highlight.js; what has none is left as it is. */
const formats: Readonly<Record<string, Format>> = {
  'hljs-keyword': 'blue',
  'hljs-type': 'cyan',
  'hljs-built_in': 'cyan',
  'hljs-string': 'green',
  'hljs-number': 'magenta',
  'hljs-comment': 'dim',
};

const lowlight = createLowlight({ pgsql });

export type Node = ReturnType<typeof lowlight.highlight>['children'][number];

/** The words of a text, with the classes of highlight.js. */
export const parseSql = (sql: string): readonly Node[] => lowlight.highlight('pgsql', sql).children;

export function highlight(sql: string, style: Style): string {
  const draw = (node: Node): string => {
    if (node.type === 'text') return node.value;
    if (node.type !== 'element') return '';
    const [name = ''] = (node.properties.className ?? []) as readonly string[];
    const text = node.children.map(draw).join('');
    const format = formats[name];
    // A line at a time: a color that spans lines would run into what stands beside them.
    return format ? text.replace(/[^\n]+/g, (line) => style(format, line)) : text;
  };
  return parseSql(sql).map(draw).join('');
}
