// SQL or shell commands, edited in place. The editor itself is made when it comes into sight: a lesson has many.
import { useEffect, useRef } from 'preact/hooks';
import { createEditor, type EditorHandle, type EditorProps } from './code-mirror.ts';

export function Editor(props: EditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorHandle | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
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
  useEffect(() => editor.current?.setText(props.text), [props.text]);
  useEffect(() => editor.current?.mark(props.errorAt), [props.errorAt]);
  return (
    <div class="editor" ref={box}>
      <pre tabIndex={0} onFocus={make}>
        {props.text}
      </pre>
    </div>
  );
}
