// Our own texts in a lesson, as markdown.
import { renderMarkdown } from '../report/markdown.ts';
import type { Desk } from './desk.ts';

/** As wide as the terminal is now. */
export function inTerminal(
  markdown: string,
  { invocation: { stdout }, style, isPlain }: Pick<Desk, 'invocation' | 'style' | 'isPlain'>,
): string {
  return renderMarkdown(markdown, { style, plain: isPlain, width: stdout.columns || 80 });
}
