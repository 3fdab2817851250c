// CodeMirror as the cells use it: SQL as PostgreSQL writes it, completion of what the cluster has.
import { autocompletion, type CompletionSource, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, keymap } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { functionNames, schema } from './catalog.ts';

export interface EditorProps {
  readonly label: string;
  readonly text: string;
  readonly language: 'sql' | 'shell';
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  /** Runs it, and goes on to the next cell. */
  readonly onRunAndGo: () => void;
}

export interface EditorHandle {
  readonly setText: (text: string) => void;
  readonly destroy: () => void;
}

const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';

/** @param props As they are now: what the keys do may have changed. */
export function createEditor(parent: HTMLElement, props: () => EditorProps): EditorHandle {
  const { language, label } = props();
  const run = (go: boolean) => () => {
    if (go) props().onRunAndGo();
    else props().onRun();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: props().text,
      extensions: [
        Prec.highest(
          keymap.of([
            { key: 'Mod-Enter', run: run(false) },
            { key: 'Shift-Enter', run: run(true) },
          ]),
        ),
        history(),
        drawSelection(),
        bracketMatching(),
        language === 'sql' ? [sql({ dialect: PostgreSQL, upperCaseKeywords: true }), completing] : [],
        autocompletion(),
        syntaxHighlighting(classHighlighter),
        EditorView.lineWrapping,
        EditorView.cspNonce.of(nonce),
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) props().onChange(state.doc.toString());
        }),
        // Escape, then Tab leaves the editor.
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      ],
    }),
  });
  return {
    setText(text) {
      const { length } = view.state.doc;
      if (view.state.doc.toString() !== text)
        view.dispatch({ changes: { from: 0, to: length, insert: text } });
    },
    destroy: () => view.destroy(),
  };
}

/** Tables, their columns and functions, as the cluster has them now. */
const ofCluster: CompletionSource = (context) => {
  const word = context.matchBefore(/[\w.]+/);
  if (word === null || (word.from === word.to && !context.explicit)) return null;
  const [table, ...rest] = word.text.split('.');
  if (rest.length > 0) {
    const columns = schema.value[table!] ?? [];
    const from = word.from + table!.length + 1;
    return { from, options: columns.map((label) => ({ label, type: 'property' })) };
  }
  const columns = [...new Set(Object.values(schema.value).flat())];
  return {
    from: word.from,
    options: [
      ...Object.keys(schema.value).map((label) => ({ label, type: 'class', boost: 2 })),
      ...columns.map((label) => ({ label, type: 'property', boost: 1 })),
      ...functionNames.value.map((label) => ({ label, type: 'function', apply: `${label}(` })),
    ],
  };
};

const completing = PostgreSQL.language.data.of({ autocomplete: ofCluster });
