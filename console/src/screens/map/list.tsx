// The map's records as a list: the worst first, in step with what is seen, pointed at and chosen.
import { href_of } from '../../app/router.ts';
import { moment, at } from '../../data/time.ts';
import type { Row } from '../../data/types.ts';
import { use_now } from '../../data/use.ts';
import type { MapRecord } from '../../draw/map_network.ts';
import { Mark, mark_words } from '../../ui/marks.tsx';
import { VirtualList } from '../../ui/virtual_list.tsx';
import type { Listed } from './view.ts';

const row_height = 42;

interface MapListProps {
  rows: Listed;
  nowhere: readonly Row[];
  chosen: string;
  hovered: string;
  on_hover: (code: string) => void;
  on_choose: (code: string) => void;
  on_all: () => void;
}

export function MapList({ rows, chosen, hovered, on_hover, on_choose, on_all }: MapListProps) {
  const now = use_now();
  const part = rows.shown.length < rows.of;
  return (
    <section class="map-list" aria-labelledby="map-list">
      <header>
        <h2 id="map-list">{part ? `${rows.shown.length} of ${rows.of} in view` : `${rows.of} records`}</h2>
        {part && <button type="button" class="plain" onClick={on_all}>show all</button>}
      </header>
      <div class="rows">
        {rows.shown.length === 0 && <p class="empty">Nothing is in view.</p>}
        <VirtualList
          label="Records on the map"
          count={rows.shown.length}
          row_height={row_height}
          chosen={rows.shown.findIndex((one) => one.row.code === chosen)}
          key_of={(index) => rows.shown[index]?.row.pubkey ?? ''}
          row={(index) => <Entry record={rows.shown[index]} hovered={hovered} now={now} on_hover={on_hover} on_choose={on_choose} />}
        />
      </div>
    </section>
  );
}

interface EntryProps {
  record: MapRecord | undefined;
  hovered: string;
  now: number;
  on_hover: (code: string) => void;
  on_choose: (code: string) => void;
}

function Entry({ record, hovered, now, on_hover, on_choose }: EntryProps) {
  if (!record) return null;
  const { row, mark, drained, changed, since } = record;
  return (
    <div class={`map-row${row.code === hovered ? ' hovered' : ''}`} onMouseEnter={() => on_hover(row.code)} onMouseLeave={() => on_hover('')} onClick={() => on_choose(row.code)}>
      <Mark kind={mark} />
      <div>
        <a class="code" href={href_of(`r/${row.code}`)}>{row.code}</a>
        <div class="meta" title={row.sentence}>
          {[mark_words[mark], drained ? 'drained' : '', changed && since ? `since ${moment(at(since), now)}` : ''].filter(Boolean).join(', ')}
        </div>
      </div>
      <span class="quiet">{row.kind === 'link' ? capacity(row.bandwidth_bps) : row.metro}</span>
    </div>
  );
}

// "100 G", "2.5 G", "800 M"
export function capacity(bits_per_second: number | undefined): string {
  if (!bits_per_second) return '';
  if (bits_per_second >= 1e9) return `${Number((bits_per_second / 1e9).toFixed(1))} G`;
  return `${Math.round(bits_per_second / 1e6)} M`;
}

export function MapLegend() {
  return (
    <ul class="map-legend" aria-label="what the marks mean">
      {(['good', 'damped', 'failing', 'recovering', 'collecting', 'held', 'needs-action', 'unknown'] as const).map((kind) => (
        <li key={kind}><Mark kind={kind} size={12} /> {mark_words[kind]}</li>
      ))}
      <li><svg width="26" height="8" aria-hidden="true"><path d="M0 4h26" stroke="currentColor" stroke-width="2" stroke-dasharray="5 4" /></svg> drained</li>
      <li><svg width="26" height="8" aria-hidden="true"><path d="M0 1.5h26" stroke="currentColor" stroke-width="1.6" /><path d="M0 6h26" stroke="currentColor" stroke-width="4" /></svg> capacity</li>
      <li><svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><circle cx="7" cy="7" r="6" fill="currentColor" opacity=".3" /><circle cx="7" cy="7" r="3" fill="currentColor" /></svg> changed within the hour</li>
    </ul>
  );
}
