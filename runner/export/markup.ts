// Text that becomes HTML: what is not markup already is escaped.

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | undefined | false | Markup | readonly Markup[];

/** A template whose values are text, unless they are markup. Nothing stands for undefined and false. */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(strings.map((part, at) => part + textOf(values[at])).join(''));
}

export const join = (parts: readonly Markup[]): Markup => new Markup(parts.map(({ text }) => text).join(''));

function textOf(value: Value): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return join(value).text;
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
