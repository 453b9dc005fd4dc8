// Every decision as a timeline: what, when, why, by whom, what the criteria said, and the minutes that decided it.
import './decisions/decisions.css';

import { useMemo } from 'preact/hooks';

import { use_keys } from '../app/keyboard.ts';
import { use_past } from '../app/past.tsx';
import { go, remember } from '../app/router.ts';
import { use_decisions } from '../data/decisions.ts';
import { at, moment } from '../data/time.ts';
import { use_now, use_store } from '../data/use.ts';
import { TimeBars } from '../ui/time_bars.tsx';
import { DecisionRow } from './decisions/row.tsx';
import { by_day, deciding_minute, filters_of, fitting, spans, strip_params, type Filters } from './decisions/view.ts';
import type { ScreenProps } from './index.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

export function Decisions({ params }: ScreenProps) {
  const now = Math.floor(use_now() / minute) * minute + minute;
  const filters = filters_of(params, now, use_past()?.time);
  // "All" is read as it is asked for.
  const log = use_decisions(filters.query, filters.since === -Infinity ? Infinity : filters.since);
  const shown = useMemo(() => fitting(log.decisions, filters), [log.decisions, filters.since, filters.until, filters.words]);
  const open = params.get('at') ?? '';
  const index = shown.findIndex((one) => String(one.id) === open);
  const step = (by: number) => {
    const next = shown[Math.min(shown.length - 1, Math.max(0, index + by))];
    if (next) {
      remember({ at: String(next.id), verify: '' });
      document.getElementById(`decision-${next.id}`)?.scrollIntoView({ block: 'nearest' });
    }
  };
  use_keys({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    v: () => index >= 0 && remember({ verify: '1' }),
    Enter: () => {
      const one = shown[index];
      if (one) go(`r/${one.code}`, strip_params(deciding_minute(one), now));
    },
  });
  const end = Math.min(filters.until, now);
  const begin = filters.since === -Infinity ? at(shown.at(-1)?.at) || end - day : filters.since;
  const whole = log.read_to <= filters.since;

  return (
    <div class="decisions-page">
      <h1 class="unseen">Decisions</h1>
      <Filtering filters={filters} params={params} />
      <section class="part" aria-labelledby="decisions">
        <header>
          <h2 id="decisions">{shown.length.toLocaleString('en')} {shown.length === 1 ? 'decision' : 'decisions'}</h2>
          <span class="quiet">
            {moment(begin, now)} to {filters.until > now ? 'now' : moment(end, now)} UTC, the newest first
            {!whole && !log.reading && log.decisions.length > 0 && `; read as far as ${moment(log.read_to, now)}`}
            {log.reading && '; being read'}
          </span>
        </header>
        {log.problem && <p class="empty bad">{log.problem}</p>}
        {shown.length > 0 && <TimeBars decisions={shown} from={begin} to={end} />}
        {!log.reading && !log.problem && shown.length === 0 && <p class="rows empty">No change of health was decided then, as far as is asked for.</p>}
        {by_day(shown).map((group) => (
          <section key={group.day} class="decision-day" aria-label={group.day}>
            <h3>{group.day} <span class="quiet">{group.decisions.length}</span></h3>
            <ol class="rows">
              {group.decisions.map((one) => <DecisionRow key={one.id} decision={one} open={String(one.id) === open} verify={params.get('verify') !== null} now={now} />)}
            </ol>
          </section>
        ))}
        {!whole && !log.reading && !log.problem && <button type="button" class="further" onClick={log.further}>read further back</button>}
      </section>
    </div>
  );
}

function Filtering({ filters, params }: { filters: Filters; params: URLSearchParams }) {
  const store = use_store();
  const { contributors, healths } = useMemo(() => {
    const rows = [...store.rows.values()];
    const names = (all: (string | null | undefined)[]) => [...new Set(all.filter((one): one is string => Boolean(one)))].sort();
    return { contributors: names(rows.flatMap((row) => [row.contributor, row.side_a?.contributor, row.side_z?.contributor])), healths: names([...rows.map((row) => row.health), 'healthy', 'impaired', params.get('health')]) };
  }, [store.version, params.get('health')]);
  return (
    <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <span class="segments" role="group" aria-label="time">
        {spans.map((span) => <button key={span.name} type="button" aria-pressed={span.name === filters.span} onClick={() => remember({ span: span.name === '24 h' ? '' : span.name })}>{span.name}</button>)}
      </span>
      <Choice name="kind" label="Kind" value={params.get('kind')} options={['link', 'device']} />
      <Choice name="health" label="Became" value={params.get('health')} options={healths} />
      <Choice name="contributor" label="Contributor" value={params.get('contributor')} options={contributors} />
      <label>
        <span>Record</span>
        <input type="text" value={params.get('record') ?? ''} placeholder="code or pubkey" spellcheck={false} autocomplete="off" onChange={(event) => remember({ record: event.currentTarget.value.trim() })} />
      </label>
      <label>
        <span>Until, UTC</span>
        <input type="datetime-local" value={(params.get('until') ?? '').slice(0, 16)} onChange={(event) => remember({ until: event.currentTarget.value && `${event.currentTarget.value}:00Z` })} />
      </label>
    </form>
  );
}

function Choice({ name, label, value, options }: { name: string; label: string; value: string | null; options: readonly string[] }) {
  const all = value && !options.includes(value) ? [value, ...options] : options;
  return (
    <label>
      <span>{label}</span>
      <select value={value ?? ''} onChange={(event) => remember({ [name]: event.currentTarget.value })}>
        <option value="">any</option>
        {all.map((one) => <option key={one} value={one}>{one}</option>)}
      </select>
    </label>
  );
}
