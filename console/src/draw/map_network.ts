// What a map has to show, out of the records and the places of the ledger: metros with their devices, links between them.
// Pure, and the same for the same records in whatever order they come.
import { by_code } from '../data/arrange.ts';
import { at } from '../data/time.ts';
import type { Metro, Row } from '../data/types.ts';
import { is_drained } from '../data/words.ts';
import type { PastRecord } from '../data/past.ts';
import { health_mark, mark_of, type MarkKind } from '../ui/marks.tsx';

export interface MapRecord {
  row: Row;
  mark: MarkKind;
  drained: boolean;
  changed: boolean; // within the hour
  since: string; // when it became what it is; '' where that is not known
  width: number; // of a link: px
}

export interface MapMetro {
  code: string;
  name: string;
  lng: number;
  lat: number;
  devices: MapRecord[];
}

export interface MapLink extends MapRecord {
  metros: readonly [string, string];
  devices: readonly [string, string];
}

export interface Network {
  metros: readonly MapMetro[]; // that have devices, by code
  links: readonly MapLink[];
  nowhere: readonly Row[]; // without a place on the ledger
}

// The worst first: what a place that stands for several shows.
const order: readonly MarkKind[] = ['failing', 'damped', 'needs-action', 'held', 'unknown', 'recovering', 'collecting', 'good'];

export function worse_first(a: MarkKind, b: MarkKind): number {
  return order.indexOf(a) - order.indexOf(b);
}

export function worst(marks: Iterable<MarkKind>): MarkKind {
  return [...marks].sort(worse_first)[0] ?? 'unknown';
}

// A step for each factor of ten: 1 Gbit/s and less 1.6 px, 100 Gbit/s 4 px.
export function width_of(bits_per_second: number | undefined): number {
  const gigabits = (bits_per_second ?? 0) / 1e9;
  if (gigabits <= 1) return 1.6;
  return Math.min(5, 1.6 + Math.log10(gigabits) * 1.2);
}

const hour = 3_600_000;

// `decided`: when the health of a record (by pubkey) was last changed.
export function network_of(rows: Iterable<Row>, places: readonly Metro[], decided: ReadonlyMap<string, number>, now: number): Network {
  const sorted = [...rows].sort(by_code);
  const metros = new Map<string, MapMetro>();
  for (const { kind, code, name, lng, lat } of places) {
    if (kind === 'exchange' && !metros.has(code)) metros.set(code, { code, name, lng, lat, devices: [] });
  }
  const record = (row: Row): MapRecord => {
    const changed_at = Math.max(decided.get(row.pubkey) ?? 0, at(row.condition.since) || 0);
    return { row, mark: mark_of(row), drained: is_drained(row.status), changed: now - changed_at < hour, since: row.condition.since ?? '', width: width_of(row.bandwidth_bps) };
  };
  const nowhere: Row[] = [];
  const links: MapLink[] = [];
  for (const row of sorted) {
    if (row.kind === 'device') {
      const metro = metros.get(row.metro ?? '');
      if (metro) metro.devices.push(record(row));
      else nowhere.push(row);
      continue;
    }
    const [a, z] = [row.side_a?.metro ?? '', row.side_z?.metro ?? ''];
    if (metros.has(a) && metros.has(z)) links.push({ ...record(row), metros: [a, z], devices: [row.side_a?.device ?? '', row.side_z?.device ?? ''] });
    else nowhere.push(row);
  }
  const ends = new Set(links.flatMap((link) => link.metros));
  const used = [...metros.values()].filter((metro) => metro.devices.length > 0 || ends.has(metro.code));
  return { metros: used.sort((a, b) => (a.code < b.code ? -1 : 1)), links, nowhere };
}

// The same places and links, by the health of an earlier time. Drains are not known of it.
export function as_it_was(network: Network, past: ReadonlyMap<string, PastRecord>, time: number): Network {
  const then = <T extends MapRecord>(record: T): T => {
    const known = past.get(record.row.pubkey);
    const decided = known?.decision;
    const changed = decided !== undefined && time - at(decided.at) < hour;
    return { ...record, mark: health_mark(known?.health ?? ''), drained: false, changed, since: decided?.at ?? '' };
  };
  return { ...network, metros: network.metros.map((metro) => ({ ...metro, devices: metro.devices.map(then) })), links: network.links.map(then) };
}
