// SQL or shell commands, edited in place. The editor itself is made when it comes into sight: a lesson has many.
import { useEffect, useRef } from 'preact/hooks';
import { createEditor, type EditorHandle, type EditorProps } from './code-mirror.ts';

export function Editor(props: EditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorHandle | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const seen = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting || editor.current) return;
        seen.disconnect();
        box.current!.replaceChildren();
        editor.current = createEditor(box.current!, () => latest.current);
      },
      { rootMargin: '300px' },
    );
    seen.observe(box.current!);
    return () => {
      seen.disconnect();
      editor.current?.destroy();
    };
  }, []);
  useEffect(() => editor.current?.setText(props.text), [props.text]);
  return (
    <div class="editor" ref={box}>
      <pre>{props.text}</pre>
    </div>
  );
}
