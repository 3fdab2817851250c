// A small lesson for the tests of the terminal: a block, an exercise, a block that asks.
export const learnerLesson = `# Learn

## Make a table

Here is a **table**.

\`\`\`sql
CREATE TABLE t (a int, b int);
\`\`\`

## Your turn

Distribute \`t\` by \`a\`.

\`\`\`sql {exercise}
-- Distribute t.
\`\`\`
\`\`\`hint
The column is \`a\`.
\`\`\`
\`\`\`sql {solution}
SELECT create_distributed_table('t', 'a');
\`\`\`
\`\`\`sql {wrong}
-- Rows are found by a, not by b.
SELECT create_distributed_table('t', 'b');
\`\`\`
\`\`\`check
true:
  is: SELECT distribution_column = 'a' FROM citus_tables WHERE table_name = 't'::regclass
  say: t should be distributed by a.
  claim: t is distributed by a
\`\`\`

## Look

\`\`\`sql
SELECT distribution_column FROM citus_tables WHERE table_name = 't'::regclass;
\`\`\`
\`\`\`result
 distribution_column
---------------------
 a
\`\`\`
\`\`\`predict
question: By which column?
choices: [a, b]
\`\`\`
`;

export const wrongAnswer = "SELECT create_distributed_table('t', 'b');";
export const rightAnswer = "SELECT create_distributed_table('t', 'a');";
