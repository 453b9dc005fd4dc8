// The monitors that have to hold a change before it is written: when each last spoke, and where they differ.
import { age, at, moment } from './time.ts';
import type { Status } from './types.ts';

type Judges = Status['judges'];

export interface JudgeShown {
  name: string;
  level: 'good' | 'watch' | 'silent'; // watch: it answered before, and does not now
  heard: string;
}

export interface Difference {
  code: string;
  text: string; // whom it waits for, and what they would write
  since: string;
}

export interface JudgesShown {
  sentence: string;
  too_few: boolean; // that answer: nothing can be raised
  judges: readonly JudgeShown[];
  differences: readonly Difference[];
  more: number; // that are not listed
}

const most_shown = 5;

// None: this monitor decides alone.
export function judges_of(judges: Judges | undefined, now: number): JudgesShown | undefined {
  if (!judges || judges.n <= 1) return undefined;
  const answering = 1 + judges.peers.filter((peer) => peer.answers).length;
  const too_few = answering < judges.k;
  const differences = judges.waiting.slice(0, most_shown).map((one): Difference => ({ code: one.code, text: one.text, since: moment(at(one.since), now) }));
  return {
    sentence: too_few
      ? `Only ${answering} of the ${judges.k} judges that have to agree ${answering === 1 ? 'is' : 'are'} there: nothing is raised`
      : `${judges.k} of ${judges.n} judges have to agree`,
    too_few,
    judges: judges.peers.map((peer) => shown(peer, now)),
    differences,
    more: Math.max(0, judges.waiting_count - differences.length),
  };
}

function shown(peer: Judges['peers'][number], now: number): JudgeShown {
  const spoke = at(peer.answered_at);
  const error = peer.error === null ? '' : `: ${peer.error}`;
  if (Number.isNaN(spoke)) return { name: peer.judge, level: 'silent', heard: peer.error === null ? 'not heard yet' : `never answered${error}` };
  if (!peer.answers) return { name: peer.judge, level: 'watch', heard: `silent since ${moment(spoke, now)}${error}` };
  return { name: peer.judge, level: 'good', heard: `spoke ${age(now - spoke)} ago` };
}
