import type { Output } from '../../runner/session/view.ts';

type Result = Extract<Output, { kind: 'result' }>['result'];

export function ResultTable({ result }: { readonly result: Result }) {
  return <pre>{JSON.stringify(result)}</pre>;
}
