// What another judge signed of a decision that it held too: docs/formats/opinion.md.
import { i64, joined, text_bytes } from './bytes.ts';
import type { StatedOpinion, Statement } from './statement.ts';

const healths = ['unknown', 'pending', 'healthy', 'impaired', 'ready-for-links'];

// The statement has all of it but the judge, the end of its window and when it was made.
export function opinion_bytes(s: Pick<Statement, 'genesis' | 'program' | 'kind' | 'record' | 'account' | 'to' | 'policy'>, one: Pick<StatedOpinion, 'key' | 'window_end' | 'made_at'>): Uint8Array {
  return joined(
    text_bytes('doublezero opinion 1\n'), s.genesis, s.program, one.key, Uint8Array.of(s.kind === 'link' ? 0 : 1), s.record, s.account,
    Uint8Array.of(healths.indexOf(s.to)), i64(BigInt(one.window_end)), s.policy, i64(one.made_at),
  );
}
