// What a prompt and the client that it serves know of each other.

/** `failed`: the prompt stays, and a script that it runs has failed. */
export type After = 'stay' | 'failed' | 'leave';

export interface PromptClient {
  /** What stands before the mark of the prompt, such as `coordinator`; asked before each line. */
  readonly name: () => string;
  /** What is typed: SQL unless given; of a shell each line is a statement. */
  readonly language?: 'sql' | 'shell';
  /** Runs one statement, given with its semicolon, and prints what came. */
  readonly run: (sql: string, use: Use) => Promise<After>;
  /** By name without the backslash; `\?`, `\q`, `\e` and `\i` are there already, and may be replaced. */
  readonly commands: Commands;
  /** Words that mean a command when they stand alone in a line: `{ hint: 'hint' }`. `help` and `quit` are the prompt's own. */
  readonly words?: Readonly<Record<string, string>>;
  /** What may stand where the line ends now; names of commands are completed by the prompt. */
  readonly complete?: (line: string) => Promise<Completion>;
  /** Statements of other times, the newest first. */
  readonly history: readonly string[];
  /** Is told of each statement or command that joins the history. */
  readonly remember?: (entry: string) => void;
  /**
   * Called once; may hand on work that is done between two lines, such as to run a file that was saved. Returns what ends
   * that.
   */
  readonly watch?: (interject: (work: Interjection) => void) => () => void;
  /** Text that stands in the first line, to be changed; it may have several lines. */
  readonly typed?: string;
}

export type Interjection = (use: Use) => Promise<After>;

/** What a statement or a command works with. */
export interface Use {
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  readonly screen: Screen;
}

export interface Screen {
  /** In characters; without a terminal there is no end to a line. */
  readonly width: number;
  /** Prints a text and a newline, by way of the pager where it is longer than the screen. */
  readonly print: (text: string) => Promise<void>;
  /** Leaves the terminal to another program meanwhile. */
  readonly lend: <T>(use: () => Promise<T>) => Promise<T>;
  /** Prints a text and a newline where errors belong. */
  readonly complain: (text: string) => void;
}

export type Commands = Readonly<Record<string, PromptCommand>>;

export interface PromptCommand {
  /** How its argument is called in the help: `[NAME]`. */
  readonly argument?: string;
  readonly help: string;
  readonly run: (argument: string, use: Use) => Promise<After>;
}

export interface Completion {
  /** The end of the line that the candidates would take the place of. */
  readonly word: string;
  readonly candidates: readonly string[];
}
