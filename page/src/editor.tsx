// SQL or shell commands, edited in place.
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  readonly text: string;
  readonly language: 'sql' | 'shell';
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
}

export function Editor({ text, onChange, onRun }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (area.current) area.current.rows = text.split('\n').length;
  }, [text]);
  return (
    <textarea
      ref={area}
      value={text}
      spellcheck={false}
      onInput={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || event.shiftKey)) {
          event.preventDefault();
          onRun();
        }
      }}
    />
  );
}
