// How long until, and when that is in UTC; without a time, why there is none.
import { at, moment, span } from '../data/time.ts';
import { use_now } from '../data/use.ts';

export function Countdown({ until, otherwise }: { until: string | null | undefined; otherwise: string }) {
  const now = use_now();
  const time = at(until);
  if (Number.isNaN(time)) {
    return (
      <div class="countdown">
        <span class="none">{otherwise}</span>
      </div>
    );
  }
  return (
    <div class="countdown">
      <div class="left">{time <= now ? 'any moment' : span(time - now)}</div>
      <time class="when" dateTime={until ?? ''}>
        {moment(time, now)} UTC
      </time>
    </div>
  );
}
