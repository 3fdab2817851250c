// Bytes of a lesson file to text.
import { LessonError } from './problem.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a file; throws a LessonError with the line of the first byte that is not UTF-8, or of a control character. */
export function decodeLesson(file: string, bytes: Uint8Array): string {
  if (isUtf8(bytes)) return withoutControls(file, UTF8.decode(bytes));
  const line = firstBadLine(bytes);
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const looks = wide ? ' (it looks like UTF-16)' : '';
  throw new LessonError([
    { place: { file, line }, message: `the file is not UTF-8${looks}; save it in that encoding` },
  ]);
}

/** They could take over a terminal. */
function withoutControls(file: string, text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const at = text.search(/[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f]/);
  if (at === -1) return text;
  const line = text.slice(0, at).split('\n').length;
  const code = text.charCodeAt(at).toString(16).padStart(4, '0');
  throw new LessonError([
    {
      place: { file, line },
      message: `the file has the control character U+${code.toUpperCase()}; remove it`,
    },
  ]);
}

/** A newline is never part of a longer UTF-8 sequence, so that each line can be tried alone. */
function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  while (true) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    line++;
    start = end + 1;
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    UTF8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
