// The ledger's words, by what they mean to a person. The live network and the RFC spell some of them differently.

const healthy_words = new Set(['healthy', 'ready-for-service', 'ready-for-users']);
const drained_words = new Set(['hard-drained', 'soft-drained', 'drained', 'provisioning', 'device-provisioning', 'link-provisioning']);

export const is_healthy = (health: string) => healthy_words.has(health);
export const in_service = (status: string) => status === 'activated';
export const is_drained = (status: string) => drained_words.has(status);
export const is_wanted = (desired: string) => desired === 'activated';

// How a criterion was judged: a shape and a letter each, so that no colour is needed to tell them apart.
export type Verdict = 'met' | 'not-met' | 'unknown' | 'not-asked';

export function verdict_of(judgement: string): Verdict {
  if (judgement === 'met') return 'met';
  if (judgement === 'not met') return 'not-met';
  return judgement === 'unknown' ? 'unknown' : 'not-asked';
}

export const verdict_words: Record<Verdict, string> = {
  met: 'met',
  'not-met': 'not met',
  unknown: 'no evidence',
  'not-asked': 'not asked',
};
