import { expect, test } from 'vitest';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import { pageLesson, toHtml } from '../../../runner/page/document.ts';

const lesson = parseLesson(
  '01-page.md',
  `# A page

Read <script>alert(1)</script> and [on](02-next.md).

## One

\`\`\`sql {node=worker-1 name=first}
SELECT 1;
\`\`\`
\`\`\`predict
question: How many?
choices: [1, 2]
\`\`\`

\`\`\`sql {exercise}
-- yours
\`\`\`
\`\`\`hint
Think.
\`\`\`
\`\`\`sql {solution}
SELECT 42;
\`\`\`
\`\`\`check
returns: 1
\`\`\`
`,
);

test('markup of the author is text', () => {
  expect(pageLesson(lesson).intro).toContain('&lt;script&gt;');
  expect(pageLesson(lesson).intro).not.toContain('<script>');
});

test('a cell tells where it runs and what is asked; the solution stays behind', () => {
  const page = pageLesson(lesson);
  expect(page.steps[0]!.parts).toEqual([
    {
      kind: 'sql',
      id: 'one/first',
      text: 'SELECT 1;',
      node: 'worker-1',
      name: 'first',
      question: 'How many?',
      choices: ['1', '2'],
    },
    { kind: 'sql', id: 'one/2', text: '-- yours', hints: 1 },
  ]);
  expect(JSON.stringify(page)).not.toContain('42');
});

test('a link to another lesson opens it here, any other in a tab of its own', () => {
  expect(toHtml('[on](02-next.md)')).toContain('<a href="/02-next" data-lesson="02-next">');
  expect(toHtml('[docs](https://example.com/a.md)')).toContain('target="_blank" rel="noopener noreferrer"');
});
