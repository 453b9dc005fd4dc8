// The fleet as it was: each record's health then, the decision behind it, and how it is now. It says what is not known.
import { useMemo, useState } from 'preact/hooks';

import { use_keys } from '../app/keyboard.ts';
import { past_text, type Past } from '../app/past.tsx';
import { go, href_of } from '../app/router.ts';
import { known_words, type PastRecord } from '../data/past.ts';
import { at, moment } from '../data/time.ts';
import { use_now } from '../data/use.ts';
import { worse_first } from '../draw/map_network.ts';
import { health_mark, Mark } from '../ui/marks.tsx';
import { VirtualList } from '../ui/virtual_list.tsx';

export function FleetThen({ past, query }: { past: Past; query: string }) {
  const now = use_now();
  const records = useMemo(() => ordered([...past.records.values()], query), [past.records, query]);
  const [chosen, set_chosen] = useState('');
  const index = records.findIndex((one) => one.pubkey === chosen);
  const step = (by: number) => set_chosen(records[Math.min(records.length - 1, Math.max(0, index + by))]?.pubkey ?? '');
  use_keys({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => {
      const one = records[index];
      if (one) go(`r/${one.code}`, then_params(past.time, now));
    },
  });
  const counts = new Map<string, number>();
  for (const one of records) counts.set(one.health, (counts.get(one.health) ?? 0) + 1);
  return (
    <>
      <h1 class="unseen">Fleet at {moment(past.time, now)} UTC</h1>
      <dl class="figures">
        {[...counts].map(([health, count]) => (
          <div key={health}>
            <dt>{health || 'not known'}</dt>
            <dd class={health === 'impaired' ? 'bad' : ''} data-health={health}>{count.toLocaleString('en')}</dd>
          </div>
        ))}
      </dl>
      <p class="then-known quiet">
        Known of then: the health that the monitor had decided, and why. Not known of then: status, who wanted what, incidents, and
        how the criteria were between two decisions; the page of a record has its minutes and, out of its transactions, its status.
      </p>
      <section class="part" aria-labelledby="then">
        <header>
          <h2 id="then">As it was</h2>
          <span class="quiet">{records.length}, the worst first</span>
        </header>
        <div class="rows">
          {records.length === 0 && <p class="empty">{query ? `Nothing then has "${query}".` : 'Nothing is known of that time.'}</p>}
          <VirtualList label="As it was" count={records.length} row_height={34} chosen={index} key_of={(i) => records[i]?.pubkey ?? ''} row={(i) => <Then one={records[i]} past={past} now={now} />} />
        </div>
      </section>
    </>
  );
}

// A minute that is not of the last day is in the thirty days of its record.
function then_params(time: number, now: number): Record<string, string> {
  return { t: past_text(time), ...(now - time > 23 * 3_600_000 ? { zoom: '30d' } : {}) };
}

function ordered(records: readonly PastRecord[], query: string): PastRecord[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (one: PastRecord) => [one.code, one.kind, one.health, one.now?.contributor, one.now?.metro, ...(one.now?.metros ?? [])].join(' ').toLowerCase();
  return records
    .filter((one) => words.every((word) => text(one).includes(word)))
    .sort((a, b) => worse_first(health_mark(a.health), health_mark(b.health)) || (a.code < b.code ? -1 : 1));
}

function Then({ one, past, now }: { one: PastRecord | undefined; past: Past; now: number }) {
  if (!one) return null;
  const today = one.now ? (one.now.health === one.health ? '' : `now ${one.now.health}`) : 'gone since';
  return (
    <div class="then-row" data-record={one.code}>
      <div class="record">
        <Mark kind={health_mark(one.health)} />
        <a class="code row-link" href={href_of(`r/${one.code}`, then_params(past.time, now))}>{one.code}</a>
      </div>
      <span data-then={one.health}>{one.health || 'not known'}</span>
      <span class="quiet since">{one.decision ? `since ${moment(at(one.decision.at), now)}` : known_words[one.known_by]}</span>
      <span class="one-line quiet" title={one.decision?.sentence}>{one.decision?.sentence ?? ''}</span>
      <span class={today ? 'amber' : 'quiet'}>{today}</span>
    </div>
  );
}
