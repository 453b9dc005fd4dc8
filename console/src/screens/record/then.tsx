// A record as it was at the time that is looked at, above the page of what it is now.
import type { Past } from '../../app/past.tsx';
import { known_words, word_at } from '../../data/past.ts';
import { at, moment } from '../../data/time.ts';
import { health_mark, Mark } from '../../ui/marks.tsx';
import type { RecordHistory } from './use_record.ts';
import type { Assessment } from './view.ts';

export function ThenBox({ past, a, history, now }: { past: Past; a: Assessment; history: RecordHistory | undefined; now: number }) {
  const then = past.records.get(a.pubkey);
  const entries = history?.history ?? [];
  const whole = history?.from_creation === true;
  const created = whole ? at(entries.at(-1)?.time) : NaN;
  const status = word_at(entries, 'status', a.status, past.time, whole);
  const desired = word_at(entries, 'desired_status', a.desired_status, past.time, whole);
  if (created > past.time) return <p class="then-box" data-then="">At {moment(past.time, now)} UTC it was not there yet: it was created at {moment(created, now)}.</p>;
  return (
    <div class="then-box" data-then={then?.health ?? ''}>
      <p>
        <Mark kind={health_mark(then?.health ?? '')} /> At <b>{moment(past.time, now)} UTC</b> its health was <b>{then?.health || 'not known'}</b>
        <span class="quiet"> ({then?.decision ? `decided at ${moment(at(then.decision.at), now)}` : known_words[then?.known_by ?? 'nothing']})</span>, its status{' '}
        <b>{status ?? 'is not known of then'}</b>, wanted <b>{desired ?? 'not known'}</b>.
      </p>
      {then?.decision && <p>{then.decision.sentence}</p>}
      <p class="quiet">Everything else on this page is of now; that minute is pinned in the evidence.</p>
    </div>
  );
}
