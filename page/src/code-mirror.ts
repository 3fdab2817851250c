// CodeMirror as the cells use it: SQL as PostgreSQL writes it, completion of what the cluster has.
import {
  autocompletion,
  type CompletionSource,
  closeCompletion,
  completionKeymap,
  completionStatus,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { Annotation, EditorState, Prec, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, drawSelection, EditorView, keymap } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { functionNames, schema } from './catalog.ts';

export interface EditorProps {
  readonly label: string;
  readonly text: string;
  readonly language: 'sql' | 'shell';
  readonly isReadOnly: boolean;
  /** Where in the text the server found an error, from 0. */
  readonly errorAt: number | undefined;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  /** Runs it, and goes on to the next cell. */
  readonly onRunAndGo: () => void;
}

export interface EditorHandle {
  readonly setText: (text: string) => void;
  /** Marks the word at which an error is, until the text changes. */
  readonly mark: (errorAt: number | undefined) => void;
  readonly focus: () => void;
  readonly destroy: () => void;
}

const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';

/** @param props As they are now: what the keys do may have changed. */
export function createEditor(parent: HTMLElement, props: () => EditorProps): EditorHandle {
  const { language, label, isReadOnly } = props();
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
        EditorState.readOnly.of(isReadOnly),
        history(),
        drawSelection(),
        bracketMatching(),
        language === 'sql' ? [sql({ dialect: PostgreSQL, upperCaseKeywords: true }), completing] : [],
        autocompletion(),
        completesWhereTyped,
        syntaxHighlighting(classHighlighter),
        errorMark,
        typeOverSelection,
        EditorView.lineWrapping,
        EditorView.cspNonce.of(nonce),
        EditorView.contentAttributes.of({
          'aria-label': label,
          spellcheck: 'false',
          'aria-readonly': String(isReadOnly),
        }),
        EditorView.updateListener.of(({ docChanged, state, transactions }) => {
          const isTyped = docChanged && !transactions.some((each) => each.annotation(isGiven));
          if (isTyped) props().onChange(state.doc.toString());
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
        view.dispatch({ changes: { from: 0, to: length, insert: text }, annotations: isGiven.of(true) });
    },
    mark: (errorAt) => view.dispatch({ effects: setError.of(errorAt) }),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

/** Of a change that the page makes, not who types. */
const isGiven = Annotation.define<boolean>();

const setError = StateEffect.define<number | undefined>();

const errorMark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { docChanged, effects, state: { doc } }) {
    for (const effect of effects) {
      if (!effect.is(setError)) continue;
      if (effect.value === undefined || effect.value >= doc.length) return Decoration.none;
      const [word = ' '] = doc.sliceString(effect.value).match(/^(\w+|\W)/) ?? [];
      const mark = Decoration.mark({ class: 'error-at' });
      return Decoration.set(mark.range(effect.value, effect.value + word.length));
    }
    return docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Chromium keeps the colors of what is typed over by an inline style, which the page's policy refuses, aloud. */
const typeOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { inputType, data } = event as InputEvent;
    if (inputType !== 'insertText' || !data || view.state.selection.main.empty) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
    return true;
  },
});

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

/** CodeMirror closes an open list when the focus leaves; one that is still being made would open afterwards. */
const completesWhereTyped = EditorView.updateListener.of(({ view, state }) => {
  if (!view.hasFocus && completionStatus(state) !== null) queueMicrotask(() => closeCompletion(view));
});

const completing = PostgreSQL.language.data.of({ autocomplete: ofCluster });
