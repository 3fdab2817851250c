// Which statements of a block the check `tasks` looks at.

export interface Ran {
  /** All of the block; at an exercise all of the answer, also what ran before. Without semicolons. */
  readonly statements: readonly string[];
  readonly isExercise: boolean;
  /** The statement whose result is held against the `result` fence, where the block has one. */
  readonly ofResult?: string | undefined;
}

/**
 * The last statement. Of an answer, which may end with another statement than the one that was asked for: the statement
 * whose result is judged; where none is, all that write; where none does, the last that reads.
 */
export function judgedStatements({ statements, isExercise, ofResult }: Ran): readonly string[] {
  if (!isExercise) return statements.slice(-1);
  if (ofResult !== undefined) return [ofResult];
  const writing = statements.filter(writes);
  return writing.length > 0 ? writing : statements.filter((sql) => reads.test(sql)).slice(-1);
}

/** Of what a body does, its statement says nothing: it may write. */
const writes = (sql: string): boolean =>
  /^\s*(INSERT|UPDATE|DELETE|MERGE|COPY|DO|CALL)\b/i.test(sql) ||
  /^\s*CREATE\s+(OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE|TRIGGER|RULE)\b/i.test(sql) ||
  (/^\s*(WITH|EXPLAIN)\b/i.test(sql) && /\b(INSERT|UPDATE|DELETE|MERGE)\b/i.test(sql));

const reads = /^\s*(SELECT|WITH|TABLE|VALUES|EXPLAIN|EXECUTE)\b|^\s*\(/i;
