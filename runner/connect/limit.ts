// Between the socket and the parser of `pg`, which holds each message whole, and its cells as strings: a value may have
// 1 GB. Of messages that are too large each value is cut here, and says so.

import { EventEmitter } from 'node:events';
import { grouped } from '../lesson/grouped.ts';

/** Messages up to this size come whole, in bytes. */
const largestMessage = 1 << 20;
/** What is kept of a value that is cut, in bytes or characters. */
const keptLength = 8_000;
/** A text up to this length is shown whole, in characters. More than is kept, so that a text is cut once. */
const longestText = 10_000;

/** For a person: the beginning of a long text. */
export function shorten(text: string): string {
  if (text.length <= longestText) return text;
  return text.slice(0, keptLength) + cutMark(keptLength, text.length, 'characters');
}

const cutMark = (kept: number, total: number, unit: string) =>
  `… (the first ${grouped(kept)} of ${grouped(total)} ${unit})`;

/** What `stream` emits, with large messages cut. */
export function limited(stream: EventEmitter): EventEmitter {
  const parts = new EventEmitter();
  const limit = limitMessages();
  stream.on('data', (chunk: Buffer) => {
    for (const part of limit(chunk)) parts.emit('data', part);
  });
  stream.on('end', () => parts.emit('end'));
  return parts;
}

const headerLength = 5;

/** @returns A function from a chunk to what to hand on; what is not whole is kept for the next one. */
export function limitMessages(): (chunk: Buffer) => readonly Buffer[] {
  let header: Buffer = Buffer.alloc(0);
  /** What is left to come of a message that is small enough, in bytes. */
  let passing = 0;
  let cutter: Cutter | undefined;

  return (next) => {
    const chunk = header.length > 0 ? Buffer.concat([header, next]) : next;
    header = chunk.subarray(0, 0);
    const parts: Buffer[] = [];
    let from = 0; // what comes from here on is passed as it is
    let at = 0;
    while (at < chunk.length) {
      if (cutter !== undefined) {
        at = cutter.read(chunk, at);
        from = at;
        if (cutter.message === undefined) break;
        parts.push(cutter.message);
        cutter = undefined;
      } else if (passing > 0) {
        const here = Math.min(passing, chunk.length - at);
        passing -= here;
        at += here;
      } else if (chunk.length - at < headerLength) {
        header = chunk.subarray(at);
        break;
      } else {
        const code = String.fromCharCode(chunk[at] ?? 0);
        const length = chunk.readUInt32BE(at + 1) - 4;
        const cut = length > largestMessage ? cuts[code] : undefined;
        if (cut === undefined) passing = length;
        else {
          if (at > from) parts.push(chunk.subarray(from, at));
          from = at + headerLength;
          cutter = openCutter(code, cut(length));
        }
        at += headerLength;
      }
    }
    if (at > from) parts.push(chunk.subarray(from, at));
    return parts;
  };
}

/** So many bytes, or those up to a NUL. */
type Wanted = number | 'string';

interface Value {
  /** The first bytes. */
  readonly kept: Buffer;
  readonly length: number;
}

/** Asks for one value after another; returns the body of the message that takes the place of the large one. */
type Cut = (length: number) => Generator<Wanted, Buffer, Value>;

/** "Message Formats" in PostgreSQL's "Frontend/Backend Protocol". */
const cuts: Readonly<Record<string, Cut>> = {
  D: cutRow,
  E: cutReport,
  N: cutReport,
  d: dropCopiedData,
};

function* cutRow(): Generator<Wanted, Buffer, Value> {
  const { kept: count } = yield 2;
  const body = [count];
  for (let cell = 0; cell < count.readUInt16BE(); cell += 1) {
    const { kept: size } = yield 4;
    const length = size.readInt32BE();
    const isNull = length < 0;
    const text = isNull ? Buffer.alloc(0) : withMark(yield length);
    body.push(isNull ? size : int32(text.length), text);
  }
  return Buffer.concat(body);
}

/** An error or a notice: fields with a letter each. */
function* cutReport(): Generator<Wanted, Buffer, Value> {
  const body: Buffer[] = [];
  for (;;) {
    const { kept: letter } = yield 1;
    body.push(letter);
    if (letter[0] === 0) return Buffer.concat(body);
    body.push(withMark(yield 'string'), Buffer.of(0));
  }
}

/** Nobody reads it. */
function* dropCopiedData(length: number): Generator<Wanted, Buffer, Value> {
  yield length;
  return Buffer.alloc(0);
}

function withMark({ kept, length }: Value): Buffer {
  if (kept.length === length) return kept;
  // As of a stream: without a character that was cut in two.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(kept, { stream: true });
  return Buffer.from(text + cutMark(kept.length, length, 'bytes'));
}

interface Cutter {
  /** Takes what it wants from here on; returns where it stopped. */
  read(chunk: Buffer, from: number): number;
  /** The message in the place of the large one, once that has come whole. */
  readonly message: Buffer | undefined;
}

function openCutter(code: string, steps: ReturnType<Cut>): Cutter {
  let message: Buffer | undefined;
  let wanted = steps.next().value as Wanted;
  let kept: Buffer[] = [];
  let keptSoFar = 0;
  let length = 0;
  return {
    read(chunk, from) {
      for (let at = from; ; ) {
        const end = wanted === 'string' ? chunk.indexOf(0, at) : at + wanted - length;
        const isWhole = end >= 0 && end <= chunk.length;
        const here = chunk.subarray(at, isWhole ? end : chunk.length);
        const first = here.subarray(0, keptLength - keptSoFar);
        if (first.length > 0) kept.push(Buffer.from(first)); // a copy: the chunk is not to stay for it
        keptSoFar += first.length;
        length += here.length;
        at += here.length;
        if (!isWhole) return at;
        if (wanted === 'string') at += 1;
        const { value, done } = steps.next({ kept: Buffer.concat(kept), length });
        if (done) {
          message = Buffer.concat([Buffer.from(code), int32(value.length + 4), value]);
          return at;
        }
        wanted = value;
        kept = [];
        keptSoFar = 0;
        length = 0;
      }
    },
    get message() {
      return message;
    },
  };
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
