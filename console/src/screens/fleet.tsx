// The start page: what fails and why, what is on its way into service and when, and everything that is in service.
import { Fragment, type ComponentChildren } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';

import { use_keys } from '../app/keyboard.ts';
import { use_past } from '../app/past.tsx';
import { go, href_of } from '../app/router.ts';
import { arrange, finds, type Counts, type ServiceRow } from '../data/arrange.ts';
import { progress_of, why_no_time } from '../data/progress.ts';
import type { Store } from '../data/store.ts';
import { sides_of, type Finding, type Row } from '../data/types.ts';
import { use_store } from '../data/use.ts';
import { Checks } from '../ui/checks.tsx';
import { Countdown } from '../ui/countdown.tsx';
import { Heartbeat } from '../ui/heartbeat.tsx';
import { MaintenanceTag } from '../ui/maintenance.tsx';
import { Mark, mark_colours, mark_of, Tag } from '../ui/marks.tsx';
import { Still } from '../ui/still.ts';
import { Stepper } from '../ui/stepper.tsx';
import { VirtualList } from '../ui/virtual_list.tsx';
import { FleetThen } from './fleet_then.tsx';
import { Incidents } from './incidents.tsx';
import type { ScreenProps } from './index.ts';

export function Fleet({ params }: ScreenProps) {
  const past = use_past();
  return past ? <FleetThen past={past} query={params.get('q') ?? ''} /> : <FleetNow params={params} />;
}

function FleetNow({ params }: Pick<ScreenProps, 'params'>) {
  const store = use_store();
  const query = params.get('q') ?? '';
  const whole = store.arrangement();
  const shown = useMemo(
    () => (query ? arrange([...store.rows.values()].filter((row) => finds(row, query))) : whole),
    [query, whole, store],
  );
  const heights = use_heights();
  const all = useMemo(() => [...shown.board, ...shown.service.map(({ row }) => row), ...shown.parked], [shown]);
  const chosen = use_choice(all);
  const of = (list: string, from: number, count: number) => ({
    chosen: chosen >= from && chosen < from + count ? chosen - from : -1,
    label: list,
    count,
  });
  const board_end = shown.board.length;
  const service_end = board_end + shown.service.length;

  return (
    <>
      <h1 class="unseen">Fleet</h1>
      <Figures counts={whole.counts} store={store} />
      <Incidents incidents={store.incidents} rows={store.rows} held={shown.held} query={query} />
      <section class="part" aria-labelledby="board">
        <header>
          <h2 id="board">On the way into service</h2>
          <span class="quiet">{board_end === 0 ? '' : `${board_end}, the soonest first`}</span>
        </header>
        <div class="rows">
          {board_end > 0 && <BoardHead />}
          {board_end === 0 && <p class="empty">{none(store, query, 'Everything that is wanted in service is there.')}</p>}
          <Rows store={store} rows={shown.board} height={heights.board} {...of('On the way into service', 0, board_end)}>
            {(index, { findings }) => <BoardRow row={shown.board[index]} findings={findings} />}
          </Rows>
        </div>
      </section>
      <section class="part" aria-labelledby="service">
        <header>
          <h2 id="service">In service</h2>
          <span class="quiet">{shown.service.length === 0 ? '' : `${shown.service.length}, devices with their links; what fails stands first`}</span>
        </header>
        <div class="rows">
          {shown.service.length === 0 && <p class="empty">{none(store, query, 'Nothing is in service.')}</p>}
          <Rows
            store={store}
            rows={shown.service.map(({ row }) => row)}
            height={heights.service}
            also={(index) => `${shown.service[index]?.depth ?? ''} ${shown.service[index]?.last_of.join() ?? ''}`}
            {...of('In service', board_end, shown.service.length)}
          >
            {(index, { beat }) => <InService entry={shown.service[index]} beat={beat} />}
          </Rows>
        </div>
      </section>
      {shown.parked.length > 0 && (
        <section class="part" aria-labelledby="parked">
          <header>
            <h2 id="parked">Out of service, as wanted</h2>
            <span class="quiet">{shown.parked.length}</span>
          </header>
          <div class="rows">
            <Rows store={store} rows={shown.parked} height={heights.service} {...of('Out of service', service_end, shown.parked.length)}>
              {(index) => <Parked row={shown.parked[index]} />}
            </Rows>
          </div>
        </section>
      )}
    </>
  );
}

function none(store: Store, query: string, otherwise: string): string {
  if (store.problem) return `Not read yet: ${store.problem}`;
  if (!store.complete) return 'Being read';
  return query ? `Nothing here has "${query}".` : otherwise;
}

function Figures({ counts, store }: { counts: Counts; store: Store }) {
  const figures: [string, number, string][] = [
    ['in service', counts.in_service, ''],
    ['on the way', counts.onboarding, ''],
    ['failing now', counts.failing, counts.failing > 0 ? 'bad' : ''],
    ['damped', counts.damped, counts.damped > 0 ? 'amber' : ''],
    ['worked on', counts.maintained, ''],
    ['incidents', store.incidents.length, ''],
  ];
  return (
    <dl class="figures">
      {figures.map(([name, value, colour]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class={colour}>{value.toLocaleString('en')}</dd>
        </div>
      ))}
    </dl>
  );
}

// What is read of a record beside its row, when it is on the screen.
interface Read {
  findings: readonly Finding[] | undefined; // undefined: not read yet
  beat: string;
}

interface RowsProps {
  store: Store;
  rows: readonly Row[];
  height: number;
  label: string;
  count: number;
  chosen: number;
  also?: (index: number) => unknown; // what a row is made of besides its record
  children: (index: number, read: Read) => ComponentChildren;
}

// What is on the screen is read with its criteria.
function Rows({ store, rows, height, label, count, chosen, also, children }: RowsProps) {
  const [owner] = useState(() => Symbol(label));
  const settle = useCallback(
    (first: number, end: number) => store.want(owner, rows.slice(first, end).map((row) => row.pubkey)),
    [store, owner, rows],
  );
  useEffect(() => () => store.want(owner, []), [store, owner]);
  return (
    <VirtualList
      label={label}
      count={count}
      row_height={height}
      chosen={chosen}
      key_of={(index) => rows[index]?.pubkey ?? ''}
      row={(index) => {
        const row = rows[index];
        const findings = row && store.detail(row.pubkey)?.findings;
        const beat = row ? store.beat(row.pubkey) : '';
        return <Still of={[row, findings, beat, also?.(index)]}>{() => children(index, { findings, beat })}</Still>;
      }}
      on_settle={settle}
    />
  );
}

function BoardHead() {
  return (
    <div class="board-head" aria-hidden="true">
      <span>Record</span>
      <span>Step</span>
      <span class="of-checks">Criteria</span>
      <span class="countdown">Healthy in</span>
      <span>Why</span>
    </div>
  );
}

function BoardRow({ row, findings }: Pick<Read, 'findings'> & { row: Row | undefined }) {
  if (!row) return null;
  return (
    <div class="board-row">
      <Name row={row} meta={place_of(row)} />
      <Stepper progress={progress_of(row, Date.now(), findings)} />
      <Checks findings={findings} />
      <Countdown until={row.healthy_at} otherwise={why_no_time(row)} />
      <div class="sentence" title={row.sentence}>
        <MaintenanceTag of={row.maintenance} />
        {row.sentence}
      </div>
    </div>
  );
}

function InService({ entry, beat }: Pick<Read, 'beat'> & { entry: ServiceRow | undefined }) {
  if (!entry) return null;
  const { row, depth, last_of } = entry;
  const mark = mark_of(row);
  return (
    <div class={`service-row ${mark === 'damped' ? 'damped' : mark === 'failing' ? 'failing' : ''}`}>
      <Name row={row} below={depth === 1} />
      <Heartbeat strip={beat} />
      <span class={`state ${mark === 'good' ? 'quiet' : mark_colours[mark]}`}>{row.health}</span>
      <span class="one-line" title={row.sentence}>
        <MaintenanceTag of={row.maintenance} />
        {last_of.map((device) => (
          <Fragment key={device}>
            <Tag colour="ink">{`last link of ${device}`}</Tag>{' '}
          </Fragment>
        ))}
        <span class={mark === 'good' ? 'quiet' : ''}>{mark === 'good' ? place_of(row) : row.sentence}</span>
      </span>
    </div>
  );
}

function Parked({ row }: { row: Row | undefined }) {
  if (!row) return null;
  return (
    <div class="service-row">
      <Name row={row} />
      <span class="quiet">
        {row.status}, wanted {row.desired_status}
      </span>
      <span class="state quiet">{row.health}</span>
      <span class="one-line quiet">
        <MaintenanceTag of={row.maintenance} />
        {row.sentence}
      </span>
    </div>
  );
}

function Name({ row, meta, below }: { row: Row; meta?: string; below?: boolean }) {
  return (
    <div class={`record${below ? ' below' : ''}`}>
      <Mark kind={mark_of(row)} />
      <div>
        <a class="code row-link" href={href_of(`r/${row.code}`)}>
          {row.code}
        </a>
        {meta !== undefined && <div class="meta">{meta}</div>}
      </div>
    </div>
  );
}

// "link DZX ams → fra · alder, birch"
export function place_of(row: Row): string {
  const contributors = new Set([row.contributor, ...sides_of(row).map((side) => side.contributor)].filter(Boolean));
  const metros = (row.metros ?? [row.metro]).map((metro) => metro ?? '?');
  const where = metros.includes('?') ? '' : metros.join(' → ');
  const kind = row.kind === 'link' && row.link_type ? `${row.link_type} link` : row.kind;
  return [kind, where, [...contributors].join(', ')].filter(Boolean).join(' · ');
}

function use_heights(): { board: number; service: number } {
  const [phone, set_phone] = useState(() => matchMedia('(max-width: 720px)').matches);
  useEffect(() => {
    const query = matchMedia('(max-width: 720px)');
    const look = () => set_phone(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, []);
  return phone ? { board: 138, service: 54 } : { board: 60, service: 32 };
}

// j and k go through all rows of the page, whichever list they are in.
function use_choice(rows: readonly Row[]): number {
  const [chosen, set_chosen] = useState('');
  const index = chosen ? rows.findIndex((row) => row.pubkey === chosen) : -1;
  const move = (by: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index + by))];
    if (!row) return;
    set_chosen(row.pubkey);
  };
  use_keys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => {
      const row = rows[index];
      if (row) go(`r/${row.code}`);
    },
  });
  return index;
}
