// SQL with the classes of highlight.js.
import { type Node, parseSql } from '../report/highlight.ts';
import { join, type Markup, markup } from './markup.ts';

export const sqlMarkup = (sql: string): Markup => join(parseSql(sql).map(draw));

function draw(node: Node): Markup {
  if (node.type === 'text') return markup`${node.value}`;
  if (node.type !== 'element') return markup``;
  const [name = ''] = (node.properties.className ?? []) as readonly string[];
  return markup`<span class="${name}">${node.children.map(draw)}</span>`;
}
