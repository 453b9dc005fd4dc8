// Decisions over a span as bars; the text beside them says the numbers.
import { buckets_of } from '../draw/buckets.ts';
import { moment } from '../data/time.ts';
import type { Decision } from '../data/types.ts';

interface TimeBarsProps {
  decisions: readonly Pick<Decision, 'at' | 'to'>[];
  from: number;
  to: number;
  many?: number;
  height?: number;
}

export function TimeBars({ decisions, from, to, many = 96, height = 36 }: TimeBarsProps) {
  const buckets = buckets_of(decisions, from, to, many);
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  return (
    <svg class="time-bars" viewBox={`0 0 ${many} ${height}`} preserveAspectRatio="none" role="img" aria-label={`${decisions.length} decisions from ${moment(from, to)} to ${moment(to, to)} UTC, at most ${most} in one of ${many} parts`}>
      {buckets.map((bucket, i) => {
        let top = height;
        return bucket.parts.map(({ colour, count }) => {
          const high = Math.max(2, (count / most) * (height - 2));
          top -= high;
          return <rect key={`${i} ${colour}`} class={colour} x={i + 0.1} y={top} width="0.8" height={high} fill="currentColor" />;
        });
      })}
      <path d={`M0 ${height - 0.5}H${many}`} stroke="var(--line)" vector-effect="non-scaling-stroke" />
    </svg>
  );
}
