// Decisions over time as bars: how many in each part of a span, and what health was changed to.
import { at } from '../data/time.ts';
import type { Decision } from '../data/types.ts';
import { health_mark, mark_colours } from '../ui/marks.tsx';

export interface Bucket {
  from: number;
  to: number;
  count: number;
  parts: readonly { colour: string; count: number }[];
}

const colours = ['bad', 'work', 'unknown', 'good']; // from the ground up

export function buckets_of(decisions: readonly Pick<Decision, 'at' | 'to'>[], from: number, to: number, many: number): Bucket[] {
  const width = (to - from) / many;
  const counts = Array.from({ length: many }, () => new Map<string, number>());
  for (const one of decisions) {
    const time = at(one.at);
    if (!(time >= from && time <= to)) continue;
    const counted = counts[Math.min(many - 1, Math.floor((time - from) / width))];
    const colour = mark_colours[health_mark(one.to)];
    counted?.set(colour, (counted.get(colour) ?? 0) + 1);
  }
  return counts.map((counted, i) => {
    const parts = colours.flatMap((colour) => (counted.has(colour) ? [{ colour, count: counted.get(colour) ?? 0 }] : []));
    return { from: from + i * width, to: from + (i + 1) * width, count: parts.reduce((sum, part) => sum + part.count, 0), parts };
  });
}
