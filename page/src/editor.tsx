// SQL or shell commands, edited in place. The editor itself is made when it comes into sight: a lesson has many.
import { useEffect, useRef } from 'preact/hooks';
import { createEditor, type EditorHandle, type EditorProps } from './code-mirror.ts';

export function Editor(props: EditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorHandle | undefined>(undefined);
  const latest = useRef(props);
  /** What was typed comes back as a text to show, later, when there may be more of it. */
  const typed = useRef<readonly string[]>([]);
  latest.current = {
    ...props,
    onChange(text) {
      typed.current = [...typed.current, text];
      props.onChange(text);
    },
  };
  const make = () => {
    if (editor.current) return;
    const hasFocus = box.current!.contains(document.activeElement);
    box.current!.replaceChildren();
    editor.current = createEditor(box.current!, () => latest.current);
    editor.current.mark(latest.current.errorAt);
    if (hasFocus) editor.current.focus();
  };
  useEffect(() => {
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && make(), {
      rootMargin: '300px',
    });
    seen.observe(box.current!);
    return () => {
      seen.disconnect();
      editor.current?.destroy();
    };
  }, []);
  useEffect(() => {
    const at = typed.current.indexOf(props.text);
    typed.current = at === -1 ? [] : typed.current.slice(at + 1);
    if (at === -1) editor.current?.setText(props.text);
  }, [props.text]);
  useEffect(() => editor.current?.mark(props.errorAt), [props.errorAt]);
  return (
    <div class="editor" ref={box}>
      <pre tabIndex={0} onFocus={make}>
        {props.text}
      </pre>
    </div>
  );
}
