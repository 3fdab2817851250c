// Markdown in a file that stands alone: a link to another lesson, which is not there, is its words.
import MarkdownIt from 'markdown-it/browser';
import { Markup } from './markup.ts';

const markdown = new MarkdownIt({ html: false });

const isElsewhere = (href: string) => /^(https?|mailto):/.test(href);

markdown.core.ruler.push('own links', ({ tokens }) => {
  for (const { children } of tokens) {
    let isKept = true;
    for (const token of children ?? []) {
      if (token.type === 'link_open') isKept = isElsewhere(String(token.attrGet('href')));
      if (isKept || (token.type !== 'link_open' && token.type !== 'link_close')) continue;
      token.tag = 'span';
      token.attrs = null;
    }
  }
});

/** Nothing is loaded from anywhere. */
markdown.renderer.rules.image = (tokens, at) => markdown.utils.escapeHtml(tokens[at]!.content);

export const proseOf = (text: string): Markup => new Markup(markdown.render(text));
